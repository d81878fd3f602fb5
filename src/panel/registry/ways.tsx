import type { TranslationBundle } from '@jupyterlab/translation';
import { useState } from 'react';

import type { IArchiveDownload, IRegistryEntry, IReleaseField, IWay } from '../../api';
import { formatBytes, formatCount } from '../../ui/format';
import { Failure } from '../frame';
import { Button } from '../parts';
import { Columns, type IEntryPageProps } from './entry';
import type { EntryModel } from './entryModel';
import { Mark } from './facts';
import { NumberField } from './search';
import { wayWords } from './words';

type IWaysProps = IEntryPageProps & { readonly entry: IRegistryEntry };

/** The ways to get it, how much of it is wanted, and what can be done with that. */
export function Ways(props: IWaysProps): JSX.Element {
  const { model, entry, trans } = props;
  const way = entry.ways[model.access] as IWay | undefined;
  return (
    <>
      {entry.no_access && <p>{entry.no_access}</p>}
      <div
        role="radiogroup"
        aria-label={trans.__('Ways to get it')}
        className="tsm-Page-list tsm-Registry-ways"
      >
        {entry.ways.map((one, i) => (
          <Way key={i} {...props} way={one} place={i} />
        ))}
      </div>
      {way && Object.keys(way.columns).length > 0 && (
        <details>
          <summary>
            {trans.__('Columns that are used')} <Mark confidence={way.columns_confidence} trans={trans} all />
          </summary>
          {way.columns_note && <p className="tsm-mod-muted">{way.columns_note}</p>}
          <Columns columns={way.columns} converts={way.converts} trans={trans} />
        </details>
      )}
      {way && way.source !== null ? (
        <Use {...props} way={way} />
      ) : (
        <p>
          {trans.__(
            'It can’t be asked for from here. Download the file by hand, then use it as a file of your own: its columns are proposed to you.'
          )}
        </p>
      )}
    </>
  );
}

function Way({
  model,
  trans,
  way,
  place
}: IWaysProps & { readonly way: IWay; readonly place: number }): JSX.Element {
  const facts = [
    way.rows === null ? null : trans.__('%1 rows', formatCount(way.rows)),
    way.size,
    way.file && way.source !== null ? way.file : null,
    way.note
  ].filter(Boolean);
  return (
    <label className="tsm-Registry-way">
      <input
        type="radio"
        name={`tsm-way-${model.id}`}
        checked={model.access === place}
        onChange={() => (model.access = place)}
      />
      <span>
        {wayWords(way, trans)} <Mark confidence={way.confidence} trans={trans} all />{' '}
        {way.page && /^https?:/.test(way.page) && (
          <a href={way.page} target="_blank" rel="noreferrer">
            {trans.__('web page')}
          </a>
        )}
        {facts.length > 0 && <span className="tsm-mod-muted tsm-Registry-note"> {facts.join(' · ')}</span>}
      </span>
    </label>
  );
}

/** How much of it, and what to do with it. */
function Use(props: IWaysProps & { readonly way: IWay }): JSX.Element {
  const { model, actions, entry, trans } = props;
  const busy = model.busy !== null;
  const { value: counted, trouble, loading } = model.counted;
  return (
    <>
      <div className="tsm-Registry-wanted" role="group" aria-label={trans.__('How much of it')}>
        <Region model={model} entry={entry} trans={trans} />
        <label className="tsm-Registry-check">
          <input
            type="checkbox"
            checked={model.columns === 'needed'}
            onChange={event => (model.columns = event.target.checked ? 'needed' : 'all')}
          />
          <span>{trans.__('Only the columns that a training set needs')}</span>
        </label>
        <div className="tsm-Page-actions">
          <Button label={trans.__('Count rows')} disabled={loading} run={() => void model.count()} />
          {loading && (
            <>
              <span role="status">{trans.__('Asking the service …')}</span>
              <Button label={trans.__('Stop')} run={() => model.stop()} />
            </>
          )}
          {counted && !loading && (
            <span role="status">
              {counted.rows === null
                ? trans.__('The service does not tell how many rows these are.')
                : counted.exact
                  ? trans.__('%1 rows', formatCount(counted.rows))
                  : trans.__('about %1 rows', formatCount(counted.rows))}
              {counted.bytes !== null && ` · ${trans.__('about %1', formatBytes(counted.bytes))}`}
              {counted.columns ? ` · ${trans.__('%1 columns', counted.columns)}` : ''}
            </span>
          )}
        </div>
        {trouble && <Failure trouble={trouble} trans={trans} retry={() => void model.count()} />}
      </div>
      <div className="tsm-Page-actions" role="group" aria-label={trans.__('What to do with it')}>
        <Button accent label={trans.__('Add to recipe')} disabled={busy} run={() => actions.addToRecipe()} />
        <Button label={trans.__('Preview')} disabled={busy} run={() => actions.preview()} />
        <Button label={trans.__('Download to a file')} disabled={busy} run={() => actions.download()} />
        {busy && (
          <>
            <span role="status">{model.busy}</span>
            <Button label={trans.__('Stop')} run={() => model.stop()} />
          </>
        )}
      </div>
      {model.trouble && <Failure trouble={model.trouble} trans={trans} />}
      {model.changes.length > 0 && (
        <ul className="tsm-Page-list" aria-label={trans.__('Other than the registry says')}>
          {model.changes.map(one => (
            <li key={one} className="tsm-Page-box tsm-mod-warning">
              {one}
            </li>
          ))}
        </ul>
      )}
      <Downloads {...props} />
    </>
  );
}

interface IRegionProps {
  readonly model: EntryModel;
  readonly entry: IRegistryEntry;
  readonly trans: TranslationBundle;
}

const WHOLE = '';
const CIRCLE = 'circle';

/** All of it, a field of a release, or a circle on the sky. */
function Region({ model, entry, trans }: IRegionProps): JSX.Element {
  const { region } = model;
  const [kind, setKind] = useState(WHOLE);
  const [typed, setTyped] = useState<{ ra?: number; dec?: number; radius_deg?: number }>({});
  const groups = (model.releases.value ?? []).map(release => ({
    title: release.title,
    note: release.note,
    fields: release.fields.map(field => ({ field, touches: touches(entry, release.name, field) }))
  }));
  const fields = groups.flatMap(group => group.fields.map(one => one.field));
  const choose = (value: string) => {
    setKind(value);
    if (value === WHOLE) {
      model.region = null;
    } else if (value !== CIRCLE) {
      const { ra, dec, radius_deg } = fields[Number(value)];
      model.region = { ra, dec, radius_deg };
    } else {
      setTyped(region ?? {});
    }
  };
  const type = (change: typeof typed) => {
    const next = { ...typed, ...change };
    setTyped(next);
    const { ra, dec, radius_deg } = next;
    model.region = ra === undefined || dec === undefined || !radius_deg ? null : { ra, dec, radius_deg };
  };
  return (
    <div className="tsm-Registry-region">
      <label>
        <span>{trans.__('Region')}</span>
        <select className="jp-mod-styled" value={kind} onChange={event => choose(event.target.value)}>
          <option value={WHOLE}>{trans.__('the whole catalogue')}</option>
          <option value={CIRCLE}>{trans.__('around a position …')}</option>
          {groups.map(group => (
            <optgroup key={group.title} label={group.title}>
              {group.fields.map(({ field, touches: how }) => (
                <option key={field.name} value={fields.indexOf(field)} disabled={how === false}>
                  {how === false
                    ? trans.__('%1: it has nothing there', field.name)
                    : how === null
                      ? field.name
                      : trans.__('%1: they overlap', field.name)}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      {kind === CIRCLE && (
        <span className="tsm-Registry-circle">
          <NumberField
            label={trans.__('RA in degrees')}
            value={typed.ra}
            bounds={{ low: 0, high: 360, hint: trans.__('RA') }}
            trans={trans}
            set={ra => type({ ra })}
          />
          <NumberField
            label={trans.__('Dec in degrees')}
            value={typed.dec}
            bounds={{ low: -90, high: 90, hint: trans.__('Dec') }}
            trans={trans}
            set={dec => type({ dec })}
          />
          <span>±</span>
          <NumberField
            label={trans.__('Radius in degrees')}
            value={typed.radius_deg}
            bounds={{ low: 0, high: 180, hint: trans.__('radius') }}
            trans={trans}
            set={radius_deg => type({ radius_deg })}
          />
          {trans.__('deg')}
          {region === null && <span className="tsm-mod-muted">{trans.__('give all three')}</span>}
        </span>
      )}
      {kind !== WHOLE && kind !== CIRCLE && region && (
        <span className="tsm-mod-muted">
          {trans.__('within %1° of %2° %3°', region.radius_deg, region.ra, region.dec)}
        </span>
      )}
    </div>
  );
}

/** Whether it has something in a field; null where that is not known. */
function touches(entry: IRegistryEntry, release: string, field: IReleaseField): boolean | null {
  return entry.overlaps === null
    ? null
    : (entry.overlaps[release] ?? []).some(one => one.name === field.name);
}

function Downloads({ model, actions, trans }: IWaysProps): JSX.Element | null {
  if (model.downloads.length === 0) {
    return null;
  }
  return (
    <ul className="tsm-Page-list tsm-Registry-downloads" aria-label={trans.__('Downloads')}>
      {model.downloads.slice(0, 3).map(one => (
        <li key={one.id}>
          <Progress one={one} trans={trans} />
          {one.state === 'running' && (
            <Button label={trans.__('Stop')} run={() => void model.stopDownload(one.id)} />
          )}
          {one.state === 'done' && one.path !== null && (
            <>
              <Button label={trans.__('Open in explorer')} run={() => actions.explore(one.path!)} />
              <Button label={trans.__('Show in file browser')} run={() => actions.reveal(one.path!)} />
              <Button
                label={trans.__('Register on the PZ Server …')}
                run={() => actions.register(one.path!)}
              />
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

function Progress({
  one,
  trans
}: {
  readonly one: IArchiveDownload;
  readonly trans: TranslationBundle;
}): JSX.Element {
  switch (one.state) {
    case 'running': {
      const said = one.message || trans.__('Asking the service …');
      return (
        <>
          <progress value={one.fraction ?? undefined} max={1} aria-label={one.name} />
          <span role="status">{said}</span>
        </>
      );
    }
    case 'done':
      return (
        <span role="status">
          {trans.__(
            '%1 is there: %2 rows, %3.',
            one.name,
            formatCount(one.rows ?? 0),
            formatBytes(one.bytes)
          )}
        </span>
      );
    case 'stopped':
      return (
        <span role="status">{trans.__('%1: stopped. What came is kept for the next try.', one.name)}</span>
      );
    case 'failed':
      return (
        <span role="alert">
          {one.trouble?.message} {one.trouble?.remedy}
        </span>
      );
  }
}
