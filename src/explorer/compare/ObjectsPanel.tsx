import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useRef, useState } from 'react';
import { formatCount } from '../../ui/format';
import { useSignal } from '../../ui/hooks';
import { Loading, Trouble } from '../../ui/states';
import { troubleOf, type ITrouble } from '../trouble';
import type { CompareModel } from './model';
import { CHANGES, type Change, type IObjects, type IObjectsService } from './objects';
import { Panel } from './Panel';
import '../../../style/compare-objects.css';

const RADIUS = 0.75;
const SHOWN = 12;

export interface IObjectsPanelProps {
  readonly model: CompareModel;
  readonly trans: TranslationBundle;
  readonly service: IObjectsService;
}

/** Object by object: what the second table added, lost or changed; only of two tables, and when asked for. */
export function ObjectsPanel({ model, trans, service }: IObjectsPanelProps): JSX.Element | null {
  useSignal(model.changed, model.samplesChanged);
  const [radius, setRadius] = useState(String(RADIUS));
  const [objects, setObjects] = useState<IObjects | null>(null);
  const [trouble, setTrouble] = useState<ITrouble | null>(null);
  const [busy, setBusy] = useState(false);
  const asked = useRef<AbortController | null>(null);
  const [a, b] = model.samples;
  const keys = `${a?.table.key} ${b?.table.key}`;
  useEffect(() => {
    setObjects(null);
    setTrouble(null);
    return () => asked.current?.abort();
  }, [keys]);
  if (a === null || b === null || model.single) {
    return null;
  }
  const arcsec = Number(radius.replace(',', '.'));
  const usable = arcsec > 0 && arcsec <= 60;
  const match = async () => {
    asked.current?.abort();
    const abort = (asked.current = new AbortController());
    setBusy(true);
    setTrouble(null);
    try {
      const found = await service.match(a.table, b.table, arcsec, abort.signal);
      if (!abort.signal.aborted) {
        setObjects(found);
      }
    } catch (error) {
      if (!abort.signal.aborted) {
        setTrouble(troubleOf(error));
      }
    } finally {
      if (asked.current === abort) {
        setBusy(false);
      }
    }
  };
  return (
    <Panel
      name="objects"
      title={trans.__('objects, one by one')}
      controls={
        <form
          className="tsm-Objects-ask"
          onSubmit={event => {
            event.preventDefault();
            if (usable && !busy) {
              void match();
            }
          }}
        >
          <label>
            {trans.__('the same within')}
            <input
              className="tsm-Input"
              type="text"
              inputMode="decimal"
              value={radius}
              aria-invalid={!usable}
              aria-label={trans.__('Radius in arcsec')}
              onChange={event => setRadius(event.target.value)}
            />
            {trans.__('arcsec')}
          </label>
          <button type="submit" className="tsm-Button" disabled={!usable || busy}>
            {objects === null ? trans.__('Match the objects') : trans.__('Match again')}
          </button>
        </form>
      }
      footer={objects === null ? null : footOf(trans, objects)}
    >
      {busy ? (
        <Loading label={trans.__('Matching the objects…')} />
      ) : trouble !== null ? (
        <Trouble
          title={trouble.message}
          actions={[{ label: trans.__('Try again'), run: () => void match() }]}
        >
          {trouble.remedy}
        </Trouble>
      ) : objects === null ? (
        <p className="tsm-Objects-intro tsm-Explorer-muted">
          {usable
            ? trans.__(
                'Which objects B has and A has not, which it lost, and whose redshift, flag, type or best survey changed. A table that marks best rows counts with these alone, any other with all its rows.'
              )
            : trans.__('The radius must be a number above 0 and at most 60 arcsec.')}
        </p>
      ) : (
        <div className="tsm-Objects">
          <Changes objects={objects} trans={trans} service={service} />
          <Moved objects={objects} trans={trans} service={service} />
        </div>
      )}
    </Panel>
  );
}

interface IPartProps {
  readonly objects: IObjects;
  readonly trans: TranslationBundle;
  readonly service: IObjectsService;
}

/** A bar for each change; it opens its objects. */
function Changes({ objects, trans, service }: IPartProps): JSX.Element {
  const words = meanings(trans);
  const most = Math.max(1, ...CHANGES.map(change => objects.counts[change] ?? 0));
  return (
    <div
      className="tsm-CategoryBars"
      role="group"
      aria-label={trans.__('Objects by change, from %1 to %2', objects.first, objects.second)}
    >
      {CHANGES.map(change => {
        const count = objects.counts[change] ?? 0;
        return (
          <button
            type="button"
            key={change}
            className="tsm-CategoryBars-row tsm-Objects-row"
            disabled={count === 0}
            title={trans.__('Open these objects (change = %1)', change)}
            aria-label={trans.__('%1: %2 objects. Open them.', words[change], formatCount(count))}
            onClick={() => service.open(objects, `change = '${change}'`)}
          >
            <span className="tsm-Objects-name">{words[change]}</span>
            <span className="tsm-Objects-bar" aria-hidden="true">
              <span
                className={`tsm-mod-${change.replace(' ', '-')}`}
                style={{ width: `${(100 * count) / most}%` }}
              />
            </span>
            <span className="tsm-Objects-count">{formatCount(count)}</span>
          </button>
        );
      })}
    </div>
  );
}

/** From which survey to which the best measurement went. */
function Moved({ objects, trans, service }: IPartProps): JSX.Element | null {
  if (objects.surveys.length === 0) {
    return null;
  }
  const none = trans.__('no survey');
  return (
    <table className="tsm-Objects-moved">
      <caption>{trans.__('The best measurement went from one survey to another')}</caption>
      <thead>
        <tr>
          <th scope="col">{trans.__('from')}</th>
          <th scope="col">{trans.__('to')}</th>
          <th scope="col" className="tsm-mod-number">
            {trans.__('objects')}
          </th>
        </tr>
      </thead>
      <tbody>
        {objects.surveys.slice(0, SHOWN).map(({ from, to, objects: count }) => (
          <tr key={`${from} ${to}`}>
            <td>{from ?? none}</td>
            <td>{to ?? none}</td>
            <td className="tsm-mod-number">
              <button
                type="button"
                className="tsm-Objects-link"
                aria-label={trans.__(
                  'Open %1 objects from %2 to %3',
                  formatCount(count),
                  from ?? none,
                  to ?? none
                )}
                onClick={() =>
                  service.open(objects, `${isText('survey_1', from)} AND ${isText('survey_2', to)}`)
                }
              >
                {formatCount(count)}
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function isText(column: string, value: string | null): string {
  return value === null ? `${column} IS NULL` : `${column} = '${value.replace(/'/g, "''")}'`;
}

function footOf(trans: TranslationBundle, objects: IObjects): string {
  return [
    trans
      ._n('%1 object', '%1 objects', objects.objects)
      .replace(String(objects.objects), formatCount(objects.objects)),
    trans.__('the same within %1″', objects.radius_arcsec),
    trans.__('a redshift has changed beyond |dz|/(1+z) = %1', objects.delta_z)
  ].join(' · ');
}

function meanings(trans: TranslationBundle): { [change in Change]: string } {
  return {
    added: trans.__('only in B'),
    lost: trans.__('only in A'),
    settled: trans.__('measured in both, best row only in B'),
    'set aside': trans.__('measured in both, best row only in A'),
    redshift: trans.__('another redshift'),
    flag: trans.__('another flag'),
    type: trans.__('another type'),
    survey: trans.__('another best survey only'),
    same: trans.__('no change')
  };
}
