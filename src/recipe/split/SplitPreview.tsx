/** The parts of a split before anything is written: sizes, n(z), magnitudes, sky, leaks; live while a slider moves. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useContext, useEffect, useMemo, useRef, useState } from 'react';

import { formatCount, formatShare } from '../../ui/format';
import { useSignal } from '../../ui/hooks';
import { categoryColour } from '../../ui/palette';
import { Loading } from '../../ui/states';
import type { IOperation, ISplitPreview } from '../backend';
import type { IStep } from '../document';
import type { RecipeModel } from '../model';
import { NumberTable } from '../NumberTable';
import { parametersOf } from '../schema';
import { isRecord } from '../values';
import { SplitContext } from './context';
import { Leaks } from './Leaks';
import { methodOf } from './method';
import { type ISplitBackend, type IWanted, SplitModel } from './model';
import { SkyOfParts, StepsOfParts } from './Plots';
import { unusedOf } from './summary';
import '../../../style/recipe-split.css';

export interface ISplitPreviewProps {
  readonly model: RecipeModel;
  readonly step: IStep;
  readonly index: number;
  readonly trans: TranslationBundle;
}

export function SplitPreview(props: ISplitPreviewProps): JSX.Element | null {
  const backend = props.model.splitBackend;
  const operation = props.model.operations?.ops.find(one => one.name === 'split');
  return backend && operation ? <Preview {...props} backend={backend} operation={operation} /> : null;
}

function Preview(
  props: ISplitPreviewProps & { readonly backend: ISplitBackend; readonly operation: IOperation }
): JSX.Element {
  const { model, step, index, operation, trans } = props;
  const { draft } = useContext(SplitContext);
  const [split, setSplit] = useState<SplitModel | null>(null);
  const [magnitude, setMagnitude] = useState<string | null>(null);
  const [same, setSame] = useState(false);
  const given = parametersOf(operation, step.value);
  const methods = model.operations?.split_methods ?? [];
  const wanted = wantedOf(operation, given, methodOf(methods, given)?.own_parts === true);
  const latest = useRef({ wanted, backend: props.backend });
  latest.current = { wanted, backend: props.backend };

  useEffect(() => {
    const made = new SplitModel({
      preview: (...asked) => latest.current.backend.preview(...asked),
      columns: (...asked) => latest.current.backend.columns(...asked)
    });
    setSplit(made);
    return () => made.dispose();
  }, [model]);

  const { plan, planIsOld, text } = model;
  const good = !planIsOld && plan?.steps.some(one => one.index === index && one.op === 'split' && one.report);
  const table = model.lastRun?.result?.tables[0]?.path ?? null;
  useEffect(() => {
    if (split && good) {
      void split.ask(text, { step: index, magnitude, table }, latest.current.wanted);
    }
    // the text is that of the plan
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [split, plan, good, index, magnitude, table]);

  const parts = JSON.stringify(wanted.parts);
  useEffect(() => split?.show(latest.current.wanted), [split, parts]);
  useEffect(() => {
    let frame = 0;
    const slot = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        const { wanted: now } = latest.current;
        split?.show(draft.parts ? { ...now, parts: draft.parts } : now);
      });
    };
    draft.changed.connect(slot);
    return () => {
      cancelAnimationFrame(frame);
      draft.changed.disconnect(slot);
    };
  }, [split, draft]);

  return split ? (
    <Shown
      split={split}
      old={planIsOld}
      same={same}
      setSame={setSame}
      setMagnitude={setMagnitude}
      wanted={wanted}
      trans={trans}
    />
  ) : (
    <Loading label={trans.__('Dividing…')} />
  );
}

interface IShownProps {
  readonly split: SplitModel;
  /** An edit is not planned yet. */
  readonly old: boolean;
  readonly same: boolean;
  readonly setSame: (same: boolean) => void;
  readonly setMagnitude: (name: string) => void;
  readonly wanted: IWanted;
  readonly trans: TranslationBundle;
}

function Shown(props: IShownProps): JSX.Element {
  const { split, old, same, setSame, setMagnitude, wanted, trans } = props;
  const { draft } = useContext(SplitContext);
  useSignal(split.changed, draft.changed);
  const { info, tally, grounds, labels, trouble } = split;
  const shares = draft.parts ?? wanted.parts;
  const legend = useMemo(() => [...labels], [labels]);
  if (trouble && !split.asking) {
    return (
      <p className="tsm-Field-error" role="alert">
        {[trouble.message, trouble.remedy].filter(Boolean).join(' ')}
      </p>
    );
  }
  if (!info || !tally || !grounds) {
    return <Loading label={trans.__('Dividing…')} />;
  }
  const total = tally.rows.reduce((sum, rows) => sum + rows, 0);
  const moving = draft.parts !== null;
  const waits = !split.atOnce && (moving || old || split.asking);
  return (
    <div className="tsm-Split">
      <p className="tsm-Field-description" role="status">
        {sourceWords(info, trans)}{' '}
        {split.atOnce
          ? ''
          : waits
            ? trans.__('Dividing again…')
            : trans.__('The engine divides anew after each change.')}
      </p>
      <div className={waits ? 'tsm-mod-old' : undefined}>
        <NumberTable
          caption={trans.__('Sizes of the parts')}
          heads={[
            { label: trans.__('Part') },
            { label: trans.__('rows') },
            { label: trans.__('objects') },
            { label: trans.__('share of the rows') },
            { label: trans.__('asked for') }
          ]}
          rows={legend.map((label, part) => ({
            key: label,
            cells: [
              <>
                <span
                  className="tsm-Swatch"
                  style={{ background: categoryColour(label, part) }}
                  aria-hidden="true"
                />{' '}
                {label}
              </>,
              formatCount(tally.rows[part]),
              formatCount(tally.objects[part]),
              `${total > 0 ? ((100 * tally.rows[part]) / total).toFixed(2) : '0'} %`,
              shares?.[label] === undefined ? '–' : `${Number((100 * shares[label]).toFixed(2))} %`
            ]
          }))}
        />
        {unusedOf(info.report) > 0 ? (
          <p className="tsm-Field-description">
            {trans.__(
              'Unused: %1 rows that are not the best measurement, or that the method leaves out.',
              formatCount(unusedOf(info.report))
            )}
          </p>
        ) : null}
        <div className="tsm-Split-figures">
          {grounds.redshift ? (
            <StepsOfParts
              title={trans.__('n(z)')}
              summary={trans.__('Redshifts of each part, in bins of %1', widthText(grounds.redshift))}
              {...{ labels: legend, counts: tally.redshift, axis: grounds.redshift, same }}
            />
          ) : null}
          {grounds.magnitude && info.magnitude ? (
            <StepsOfParts
              title={trans.__('Magnitude')}
              summary={trans.__(
                '%1 of each part, in bins of %2 mag',
                info.magnitude,
                widthText(grounds.magnitude)
              )}
              {...{ labels: legend, counts: tally.magnitude, axis: grounds.magnitude, same }}
            >
              <select
                className="jp-mod-styled tsm-Split-choice"
                aria-label={trans.__('Magnitude shown')}
                value={info.magnitude}
                onChange={event => setMagnitude(event.target.value)}
              >
                {info.magnitudes.map(name => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </select>
            </StepsOfParts>
          ) : null}
          {grounds.sky ? (
            <SkyOfParts
              title={trans.__('Sky')}
              summary={trans.__('Positions of each part, RA to the left')}
              labels={legend}
              counts={tally.sky}
            />
          ) : null}
        </div>
        <label className="tsm-Rows-switch tsm-Split-same">
          <input type="checkbox" checked={same} onChange={event => setSame(event.target.checked)} />
          {trans.__('Compare shapes: each part fills the same area')}
        </label>
      </div>
      <div className={moving || old || split.asking ? 'tsm-mod-old' : undefined}>
        <Leaks report={info.report} trans={trans} />
      </div>
    </div>
  );
}

/** Whose rows are shown. */
function sourceWords(info: ISplitPreview, trans: TranslationBundle): string {
  const rows = formatCount(info.rows);
  const sample =
    info.of > info.rows
      ? ` ${trans.__('A sample of %1: the plots and sizes are those of the sample.', formatShare(info.rows, info.of))}`
      : '';
  switch (info.source) {
    case 'run':
      return (
        trans.__(
          'The match runs only with the recipe: shown are the %1 rows of the last run, divided as the recipe says now.',
          rows
        ) + sample
      );
    case 'before_match':
      return (
        trans.__(
          'The match runs only with the recipe: shown are the %1 rows that go into it. Those that it or a later step leaves out will be missing, and galaxies that share an object will move together.',
          rows
        ) + sample
      );
    default:
      return trans.__('%1 rows get a part; the run gives the same.', rows) + sample;
  }
}

function wantedOf(operation: IOperation, given: Record<string, unknown>, own: boolean): IWanted {
  const properties = (operation.schema.properties ?? {}) as Record<string, { default?: unknown }>;
  const parts = given.parts ?? properties.parts?.default;
  return {
    method: String(given.method ?? properties.method?.default ?? 'random'),
    parts: !own && isRecord(parts) ? (parts as Record<string, number>) : null,
    options: isRecord(given.options) ? given.options : {}
  };
}

function widthText({ low, high, bins }: { low: number; high: number; bins: number }): number {
  return Number(((high - low) / bins).toPrecision(3));
}
