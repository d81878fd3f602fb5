import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactNode } from 'react';

import type { IFact, IRegistryEntry } from '../../api';
import { Copy } from '../../explorer/Copy';
import { Chip } from '../../ui/chip';
import { formatCount } from '../../ui/format';
import { useSignal } from '../../ui/hooks';
import { Failure } from '../frame';
import { Part, Pending, ScrollTable } from '../parts';
import type { EntryModel } from './entryModel';
import { Fact, Mark } from './facts';
import { FootprintMap } from './map';
import { Ways } from './ways';
import { rangeText, roleWords, rowsText, rulesWords, scaleWords, typeWords } from './words';

/** What the page of a catalogue asks of the application. */
export interface IEntryActions {
  preview(): void;
  addToRecipe(): void;
  download(): void;
  /** Show a file in the file browser. */
  reveal(path: string): void;
  /** A file that was downloaded, in the explorer. */
  explore(path: string): void;
  /** Make a product of a file that was downloaded. */
  register(path: string): void;
}

export interface IEntryPageProps {
  readonly model: EntryModel;
  readonly actions: IEntryActions;
  readonly trans: TranslationBundle;
}

/** A public catalogue: what it is, what its flags mean, how to get it, what to cite. */
export function EntryPage(props: IEntryPageProps): JSX.Element {
  const { model, trans } = props;
  useSignal(model.changed);
  const { value: entry, trouble } = model.entry;
  const again = () => void model.load();
  if (entry === null) {
    return <Pending {...{ trouble, again, trans }} label={trans.__('Reading the registry …')} />;
  }
  return (
    <article className="tsm-Page-all" aria-label={entry.name}>
      <Head {...props} entry={entry} />
      {trouble && <Failure trouble={trouble} trans={trans} retry={again} />}
      {entry.caveats.length > 0 && (
        <Part title={trans.__('Before you use it')}>
          <ul className="tsm-Page-list tsm-Registry-caveats">
            {entry.caveats.map((one, i) => (
              <li key={i}>
                {String(one.value)} <Mark confidence={one.confidence} trans={trans} />
              </li>
            ))}
          </ul>
        </Part>
      )}
      <Part title={trans.__('How to get it')} count={entry.ways.length}>
        <Ways {...props} entry={entry} />
      </Part>
      <Part title={trans.__('What its flags mean')}>
        <Flags entry={entry} trans={trans} />
      </Part>
      <Part title={trans.__('What to cite')}>
        <Cite entry={entry} trans={trans} />
      </Part>
    </article>
  );
}

function Head({ model, entry, trans }: IEntryPageProps & { readonly entry: IRegistryEntry }): JSX.Element {
  const { rows, z_range: z, area_deg2: area, object_type: objects, coordinates, z_frame: frame } = entry;
  const rules = rulesWords(entry.rules, trans);
  const unknown = <span className="tsm-mod-muted">{trans.__('not known')}</span>;
  const fact = (one: IFact | null, text?: string) =>
    one ? <Fact fact={one} text={text ?? rangeText(one)} trans={trans} /> : unknown;
  const facts: [string, ReactNode][] = [
    [trans.__('Type'), typeWords(entry.type, trans)],
    [trans.__('Redshifts'), fact(rows, rowsText(rows, trans))],
    [trans.__('Range of redshifts'), fact(z)],
    [trans.__('Area'), fact(area, area ? trans.__('%1 deg²', formatValue(area)) : undefined)],
    [trans.__('Fields'), entry.fields.join(', ') || unknown],
    ...(objects ? ([[trans.__('Objects'), fact(objects)]] as [string, ReactNode][]) : []),
    [trans.__('Positions'), fact(coordinates)],
    [trans.__('Frame of the redshifts'), fact(frame)],
    ...Object.entries(entry.matches).map(([release, one]): [string, ReactNode] => [
      trans.__('Objects of %1 that it matches', release.toUpperCase()),
      fact(one, formatValue(one))
    ])
  ];
  return (
    <header className="tsm-Page-head">
      <div className="tsm-Page-title">
        <h2>{entry.name}</h2>
        {entry.survey && <Chip title={trans.__('Survey, as the flag rules call it')}>{entry.survey}</Chip>}
        <Chip kind={rules.kind} title={rules.title}>
          {rules.label}
        </Chip>
        {entry.own && <Chip title={entry.own}>{trans.__('your own')}</Chip>}
      </div>
      {entry.reference && (
        <p>
          {entry.reference.text} <Links entry={entry} trans={trans} />{' '}
          <Mark confidence={entry.reference.confidence} trans={trans} all />
        </p>
      )}
      {entry.unverified > 0 && (
        <p role="note" className="tsm-Page-box tsm-mod-warning">
          {trans._n(
            'One fact on this page is marked unverified: nobody has checked it against the source. Look there before you rely on it.',
            '%1 facts on this page are marked unverified: nobody has checked them against the source. Look there before you rely on them.',
            entry.unverified
          )}
        </p>
      )}
      <div className="tsm-Registry-about">
        <dl className="tsm-Registry-facts">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {entry.footprint ? (
          <FootprintMap
            entries={[entry]}
            pointed={null}
            place={model.region}
            fields={(model.releases.value ?? []).flatMap(release => release.fields)}
            trans={trans}
          />
        ) : (
          <p className="tsm-mod-muted">{trans.__('Its footprint on the sky is not known.')}</p>
        )}
      </div>
    </header>
  );
}

function formatValue({ value }: IFact): string {
  return typeof value !== 'number'
    ? String(value)
    : Number.isInteger(value)
      ? formatCount(value)
      : String(value);
}

function Links({ entry, trans }: { readonly entry: IRegistryEntry; readonly trans: TranslationBundle }) {
  const { bibcode, doi } = entry.reference!;
  const link = (href: string, text: string) => (
    <a key={href} href={href} target="_blank" rel="noreferrer">
      {text}
    </a>
  );
  return (
    <>
      {bibcode && link(`https://ui.adsabs.harvard.edu/abs/${encodeURIComponent(bibcode)}`, trans.__('ADS'))}{' '}
      {doi && link(`https://doi.org/${encodeURI(doi)}`, trans.__('DOI'))}
    </>
  );
}

function Flags({
  entry: { flags },
  trans
}: {
  readonly entry: IRegistryEntry;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const words = rulesWords(flags.status, trans);
  return (
    <>
      <p>
        {flags.meaning ?? trans.__('What they mean is not known here: read the reference.')}{' '}
        <Mark confidence={flags.confidence} trans={trans} />
      </p>
      {flags.note && <p className="tsm-mod-muted">{flags.note}</p>}
      <p>
        <Chip kind={words.kind}>{words.label}</Chip> {words.title}{' '}
        {flags.pack && (
          <span className="tsm-mod-muted">{trans.__('They are in the rule pack %1.', flags.pack)}</span>
        )}
      </p>
      {flags.rules.length > 0 && (
        <ScrollTable
          label={trans.__('Flags and the common scale')}
          head={[trans.__('Where'), trans.__('The survey means'), trans.__('Common scale')]}
        >
          {flags.rules.map((rule, i) => (
            <tr key={i}>
              <td>
                <code>{rule.when}</code>
              </td>
              <td>{rule.meaning}</td>
              <td>{scaleWords(rule.is, trans)}</td>
            </tr>
          ))}
        </ScrollTable>
      )}
    </>
  );
}

/** What is cited, in words. */
export function citationText(entry: IRegistryEntry): string {
  const { reference, citation, acknowledgement } = entry;
  const where = [reference?.bibcode, reference?.doi && `doi:${reference.doi}`].filter(Boolean).join(', ');
  return [
    reference && `${entry.name}: ${reference.text}${where ? ` (${where})` : ''}`,
    citation && String(citation.value),
    acknowledgement && String(acknowledgement.value)
  ]
    .filter(Boolean)
    .join('\n\n');
}

function Cite({
  entry,
  trans
}: {
  readonly entry: IRegistryEntry;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { citation, acknowledgement, licence, bibtex } = entry;
  const marks: [string, IFact | null][] = [
    [trans.__('citation'), citation],
    [trans.__('acknowledgement'), acknowledgement]
  ];
  const unverified = marks.filter(([, one]) => one?.confidence === 'unverified').map(([name]) => name);
  return (
    <>
      <pre className="tsm-Page-box tsm-Registry-cite">{citationText(entry)}</pre>
      {unverified.length > 0 && (
        <p>
          <Mark confidence="unverified" trans={trans} />{' '}
          <span className="tsm-mod-muted">
            {trans.__('Read in the source what it asks for: %1.', unverified.join(', '))}
          </span>
        </p>
      )}
      <p>
        {trans.__('Licence:')}{' '}
        {licence ? (
          <Fact fact={licence} text={String(licence.value)} trans={trans} />
        ) : (
          <span className="tsm-mod-muted">{trans.__('not known')}</span>
        )}
      </p>
      <div className="tsm-Page-actions">
        <Copy trans={trans} label={trans.__('Copy citation')} text={() => citationText(entry)} />
        {bibtex !== null && <Copy trans={trans} label={trans.__('Copy BibTeX')} text={() => bibtex} />}
      </div>
    </>
  );
}

/** The columns of a way, by role. */
export function Columns({
  columns,
  converts,
  trans
}: {
  readonly columns: { readonly [role: string]: readonly string[] };
  readonly converts: { readonly [role: string]: string };
  readonly trans: TranslationBundle;
}): JSX.Element {
  return (
    <ScrollTable
      label={trans.__('Columns')}
      head={[trans.__('What'), trans.__('Its column'), { hidden: trans.__('Conversion') }]}
    >
      {Object.entries(columns).map(([role, names]) => (
        <tr key={role}>
          <th scope="row">{roleWords(role, trans)}</th>
          <td>
            <code>{names[0]}</code>
            {names.length > 1 && (
              <span className="tsm-mod-muted"> {trans.__('or %1', names.slice(1).join(', '))}</span>
            )}
          </td>
          <td>{converts[role] ? trans.__('converted: %1', converts[role]) : ''}</td>
        </tr>
      ))}
    </ScrollTable>
  );
}
