import type { TranslationBundle } from '@jupyterlab/translation';
import { type ReactNode, useEffect, useState } from 'react';

import type { IRegistryQuery } from '../../api';
import { Button } from '../parts';
import type { RegistryModel } from './model';
import { typeWords } from './words';

export interface ISearchProps {
  readonly model: RegistryModel;
  readonly trans: TranslationBundle;
}

/** What the list is narrowed to. */
export function Search({ model, trans }: ISearchProps): JSX.Element {
  const { query, found } = model;
  const number = (key: keyof IRegistryQuery, label: string, bounds: IBounds = {}) => (
    <NumberField
      label={label}
      value={query[key] as number | undefined}
      bounds={bounds}
      trans={trans}
      set={value => model.narrow({ [key]: value })}
    />
  );
  return (
    <div className="tsm-Registry-search" role="search" aria-label={trans.__('Public catalogues')}>
      <Group name={trans.__('Text')}>
        <input
          type="search"
          className="jp-mod-styled"
          aria-label={trans.__('Name, survey, field or reference')}
          placeholder={trans.__('Name, survey, field or reference')}
          value={query.text ?? ''}
          onChange={event => model.narrow({ text: event.target.value })}
        />
      </Group>
      <Group name={trans.__('Type')}>
        <select
          className="jp-mod-styled"
          aria-label={trans.__('Type')}
          value={query.type ?? ''}
          onChange={event => model.narrow({ type: event.target.value })}
        >
          <option value="">{trans.__('all')}</option>
          {['s', 'g', 'p'].map(type => (
            <option key={type} value={type}>
              {typeWords(type, trans)}
            </option>
          ))}
        </select>
      </Group>
      <Group name={trans.__('Release')}>
        <select
          className="jp-mod-styled"
          aria-label={trans.__('Release that it overlaps with')}
          value={query.release ?? ''}
          onChange={event => model.narrow({ release: event.target.value })}
        >
          <option value="">{trans.__('any')}</option>
          {(found.value?.releases ?? []).map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </Group>
      <Group name={trans.__('Redshift')}>
        {number('zmin', trans.__('Redshift from'), { low: 0 })}
        {trans.__('to')}
        {number('zmax', trans.__('Redshift to'), { low: 0 })}
      </Group>
      <Group name={trans.__('Number')}>
        {number('rmin', trans.__('Number of redshifts from'), { low: 0 })}
        {trans.__('to')}
        {number('rmax', trans.__('Number of redshifts to'), { low: 0 })}
      </Group>
      <Group name={trans.__('Position')}>
        {number('ra', trans.__('RA in degrees'), { low: -360, high: 360, hint: trans.__('RA') })}
        {number('dec', trans.__('Dec in degrees'), { low: -90, high: 90, hint: trans.__('Dec') })}
        <span>±</span>
        {number('radius', trans.__('Radius in degrees'), { low: 0, high: 180, hint: trans.__('radius') })}
        {trans.__('deg')}
      </Group>
      {model.narrowed && (
        <div>
          <Button label={trans.__('Show all')} run={() => model.clear()} />
        </div>
      )}
    </div>
  );
}

function Group({ name, children }: { readonly name: string; readonly children: ReactNode }): JSX.Element {
  return (
    <div className="tsm-Registry-group">
      <span aria-hidden="true">{name}</span>
      <div>{children}</div>
    </div>
  );
}

interface IBounds {
  readonly low?: number;
  readonly high?: number;
  readonly hint?: string;
}

interface INumberProps {
  readonly label: string;
  readonly value: number | undefined;
  readonly bounds: IBounds;
  readonly trans: TranslationBundle;
  set(value: number | undefined): void;
}

/** A number that is typed; what is none is said and not used. */
export function NumberField({ label, value, bounds, trans, set }: INumberProps): JSX.Element {
  const [text, setText] = useState(String(value ?? ''));
  useEffect(() => {
    // of a number that is being typed, `1.` and `1.0` are the same
    setText(old => (old.trim() !== '' && Number(old) === value ? old : String(value ?? '')));
  }, [value]);
  const { low = -Infinity, high = Infinity, hint } = bounds;
  const fits = (one: string) => one.trim() === '' || (Number(one) >= low && Number(one) <= high);
  const wrong = !fits(text);
  const said = Number.isFinite(high)
    ? trans.__('%1: a number from %2 to %3', label, low, high)
    : trans.__('%1: a number from %2', label, low);
  return (
    <input
      className="jp-mod-styled"
      inputMode="decimal"
      aria-label={label}
      aria-invalid={wrong || undefined}
      title={wrong ? said : label}
      placeholder={hint}
      value={text}
      onChange={event => {
        setText(event.target.value);
        if (fits(event.target.value)) {
          set(event.target.value.trim() === '' ? undefined : Number(event.target.value));
        }
      }}
    />
  );
}
