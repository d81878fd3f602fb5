/** The release to match to: one that is known here, or the folder of a catalogue and its profile. */
import type { FieldProps } from '@rjsf/utils';
import { useContext, useEffect, useId, useState } from 'react';

import { TextInput } from '../combine/inputs';
import type { IFormContext } from '../fields';
import { equal, isRecord } from '../values';
import { isSame, MovingContext, useMoved } from './moving';
import { OtherRelease } from './OtherRelease';

interface IFolder {
  readonly hats: string;
  readonly profile: string;
  /** What else the recipe says of it. */
  readonly rest: { readonly [key: string]: unknown };
}

const FOLDER = '/folder';

export function ReleaseField(props: FieldProps): JSX.Element {
  const { trans, releases } = props.formContext as IFormContext;
  const list = useId();
  const written: unknown = props.formData;
  const [considered, setConsidered] = useState<unknown>(undefined); // another release, and what it would change
  const { move } = useContext(MovingContext);
  const moved = useMoved(considered);
  const value = considered ?? written;
  const known =
    typeof value === 'string'
      ? releases.find(one => one.name.toLowerCase() === value.toLowerCase())
      : undefined;
  const [wanted, setWanted] = useState(false); // a folder is to be given, and is not yet
  const recipes = JSON.stringify(written);
  useEffect(() => {
    setWanted(false);
    setConsidered(undefined);
  }, [recipes]);
  const choose = (next: unknown) => {
    if (move && nameOf(written) && next !== undefined) {
      setConsidered(equal(next, written) ? undefined : next);
    } else {
      props.onChange(next);
    }
  };
  const { onChange } = props;
  useEffect(() => {
    if (moved?.moved && isSame(moved.moved)) {
      onChange(considered);
    }
    // asked once an answer
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [moved]);
  const asFolder = wanted || (!known && value !== undefined && value !== '');
  const folder = folderOf(value, known?.name);
  const set = (part: Partial<IFolder>) => {
    const { hats, profile, rest } = { ...folder, ...part };
    if (hats || profile) {
      choose({ ...rest, ...(hats ? { hats } : {}), ...(profile ? { profile } : {}) });
    }
  };
  return (
    <div className="tsm-Rows">
      <select
        id={props.idSchema.$id}
        className="jp-mod-styled"
        value={asFolder ? FOLDER : (known?.name ?? '')}
        disabled={props.disabled}
        onChange={event => {
          const chosen = event.target.value;
          if (chosen === FOLDER) {
            setWanted(true);
          } else {
            setWanted(false);
            choose(chosen || undefined);
          }
        }}
      >
        {known || asFolder ? null : <option value="">{trans.__('Choose a release…')}</option>}
        {releases.map(({ name, title, path }) => (
          <option key={name} value={name}>
            {path ? `${name} · ${title}` : trans.__('%1 · %2 · not on this machine', name, title)}
          </option>
        ))}
        <option value={FOLDER}>{trans.__('A HATS catalogue in a folder…')}</option>
      </select>
      {!asFolder && known ? (
        <p className="tsm-Field-description">
          {known.path ? (
            <span className="tsm-mod-code">{known.path}</span>
          ) : (
            trans.__(
              'Where it stands on this machine is not known: give its folder, or match where it is (Run: on the PZ Server, or by TAP).'
            )
          )}
        </p>
      ) : null}
      {asFolder ? (
        <ul className="tsm-Rows-list">
          <li className="tsm-Rows-labelled">
            <span>{trans.__('Folder')}</span>
            <TextInput
              label={trans.__('Folder of the release')}
              value={folder.hats}
              placeholder={trans.__('with hats.properties or collection.properties')}
              monospace
              disabled={props.disabled}
              onCommit={hats => set({ hats })}
            />
          </li>
          <li className="tsm-Rows-labelled">
            <span>{trans.__('Profile')}</span>
            <TextInput
              label={trans.__('Profile of the release')}
              value={folder.profile}
              list={list}
              placeholder={trans.__('dp1, dp2, or a YAML file of your own')}
              disabled={props.disabled}
              onCommit={profile => set({ profile })}
            />
            <datalist id={list}>
              {releases.map(({ name, title }) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </datalist>
          </li>
        </ul>
      ) : null}
      {considered === undefined ? null : (
        <OtherRelease
          answer={moved}
          now={nameOf(written)}
          name={nameOf(considered)}
          disabled={props.disabled ?? false}
          trans={trans}
          onApply={() => props.onChange(considered)}
          onKeep={() => {
            setWanted(false);
            setConsidered(undefined);
          }}
        />
      )}
    </div>
  );
}

/** What people call it: its name, or its folder's. */
function nameOf(value: unknown): string {
  const { hats, profile } = isRecord(value) ? value : { hats: value, profile: '' };
  return text(hats).replace(/\/+$/, '').split('/').at(-1) || text(profile);
}

function folderOf(value: unknown, known: string | undefined): IFolder {
  if (isRecord(value)) {
    const { hats, profile, ...rest } = value;
    return { hats: text(hats), profile: text(profile), rest };
  }
  // who had chosen dp1 and now names a folder means a folder of dp1
  return { hats: known ? '' : text(value), profile: known ?? '', rest: {} };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
