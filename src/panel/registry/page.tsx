import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRegistryBrief } from '../../api';
import { Chip } from '../../ui/chip';
import { formatCount } from '../../ui/format';
import { useSignal } from '../../ui/hooks';
import { Empty, Loading, Trouble } from '../../ui/states';
import { Failure } from '../frame';
import { Mark } from './facts';
import { FootprintMap } from './map';
import type { RegistryModel } from './model';
import { Search } from './search';
import { factNote, rangeText, rowsText, rulesWords, serviceWords, typeWords, unknownWords } from './words';

export interface IRegistryPageProps {
  readonly model: RegistryModel;
  readonly trans: TranslationBundle;
  /** The page of a catalogue. */
  open(entry: IRegistryBrief): void;
}

/** All public catalogues that are known, and those that one looks for. */
export function RegistryPage({ model, trans, open }: IRegistryPageProps): JSX.Element {
  useSignal(model.changed);
  const { value, trouble } = model.found;
  const again = () => void model.load();
  if (value === null) {
    return trouble ? (
      <Trouble title={trouble.message} actions={[{ label: trans.__('Try again'), run: again }]}>
        {trouble.remedy}
      </Trouble>
    ) : (
      <Loading label={trans.__('Reading the registry …')} />
    );
  }
  const { entries, of } = value;
  const release = value.releases.find(one => one.name === model.query.release);
  const fit = entries.filter(one => one.unknown.length === 0).length;
  const maybe = entries.length - fit;
  const count = !model.narrowed
    ? trans.__('%1 catalogues', formatCount(of))
    : maybe === 0
      ? trans.__('%1 of %2 catalogues', formatCount(fit), formatCount(of))
      : trans.__('%1 of %2 catalogues, and %3 that may fit', formatCount(fit), formatCount(of), maybe);
  return (
    <article className="tsm-Page-all tsm-Registry-all" aria-label={trans.__('Public catalogues')}>
      <header className="tsm-Page-head">
        <div className="tsm-Page-title">
          <h2>{trans.__('Public catalogues')}</h2>
        </div>
        <p>
          {trans.__(
            'Redshift catalogues that anybody may have: where they are, what their columns and flags mean, what to cite.'
          )}
        </p>
        <p className="tsm-mod-muted">
          <Mark confidence="unverified" trans={trans} />{' '}
          {trans.__(
            'marks what nobody has checked against the source. Look there before you rely on it, and tell us what you find.'
          )}
        </p>
      </header>
      <div className="tsm-Registry-top">
        <Search model={model} trans={trans} />
        <FootprintMap
          entries={entries}
          pointed={model.pointed}
          place={model.place}
          fields={release?.fields ?? NONE}
          trans={trans}
          pick={(ra, dec) => model.pick(ra, dec)}
        />
      </div>
      {value.problems.map(one => (
        <Failure key={one.message} trouble={one} trans={trans} />
      ))}
      {release?.note && <p className="tsm-mod-muted">{release.note}</p>}
      {trouble && <Failure trouble={trouble} trans={trans} retry={again} />}
      <h3 aria-live="polite">{count}</h3>
      {entries.length === 0 ? (
        <Empty
          title={trans.__('No catalogue fits.')}
          action={{ label: trans.__('Show all'), run: () => model.clear() }}
        >
          {trans.__('Take a part of the search away, or widen the radius.')}
        </Empty>
      ) : (
        <ul className="tsm-Registry-list" aria-label={trans.__('Catalogues that fit')}>
          {entries.map(entry => (
            <Line key={entry.id} entry={entry} trans={trans} model={model} open={open} />
          ))}
        </ul>
      )}
    </article>
  );
}

const NONE: readonly never[] = [];

function Line({
  entry,
  model,
  trans,
  open
}: IRegistryPageProps & { readonly entry: IRegistryBrief }): JSX.Element {
  const { rows, z_range: z } = entry;
  const rules = rulesWords(entry.rules, trans);
  const maybe = unknownWords(entry, trans);
  return (
    <li
      className="tsm-Registry-line"
      onMouseEnter={() => model.point(entry.id)}
      onMouseLeave={() => model.point(null)}
      onFocus={() => model.point(entry.id)}
      onBlur={() => model.point(null)}
    >
      <div className="tsm-Registry-name">
        <button type="button" className="tsm-Panel-textButton" onClick={() => open(entry)}>
          {entry.name}
        </button>
        <span className="tsm-mod-muted">{typeWords(entry.type, trans)}</span>
        {entry.own && <Chip title={entry.own}>{trans.__('your own')}</Chip>}
      </div>
      <div className="tsm-Registry-number">
        <span title={rows ? factNote(rows, trans) : undefined}>
          {rowsText(rows, trans)}
          {rows && <span className="tsm-mod-muted"> {trans.__('redshifts')}</span>}
        </span>
        {rows && <Mark confidence={rows.confidence} trans={trans} />}
      </div>
      <div>
        {z ? <span title={factNote(z, trans)}>z {rangeText(z)} </span> : null}
        {z ? (
          <Mark confidence={z.confidence} trans={trans} />
        ) : (
          <span className="tsm-mod-muted">{trans.__('z not known')}</span>
        )}
      </div>
      <div className="tsm-Registry-where">
        {entry.fields.join(', ') || <span className="tsm-mod-muted">{trans.__('fields not known')}</span>}
        {entry.footprint === null && (
          <span className="tsm-mod-muted"> · {trans.__('footprint not known')}</span>
        )}
      </div>
      <div>
        {entry.access.length > 0
          ? entry.access.map(kind => serviceWords(kind, trans)).join(', ')
          : trans.__('by hand only')}
      </div>
      <div className="tsm-Registry-marks">
        <Chip kind={rules.kind} title={rules.title}>
          {rules.label}
        </Chip>
        {entry.unverified > 0 && (
          <span className="tsm-mod-muted">
            {trans._n('1 fact unverified', '%1 facts unverified', entry.unverified)}
          </span>
        )}
      </div>
      {maybe && <p className="tsm-Registry-maybe">{maybe}</p>}
    </li>
  );
}
