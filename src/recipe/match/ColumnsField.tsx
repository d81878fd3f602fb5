/** What the match takes along: flux families, columns that a preset reads, and single columns. */
import type { FieldProps } from '@rjsf/utils';
import { useId } from 'react';

import { IconButton, TextInput } from '../combine/inputs';
import type { IFormContext } from '../fields';
import { equal, isRecord } from '../values';
import { type IOffers, offersOf } from './summary';

export function ColumnsField(props: FieldProps): JSX.Element {
  const { trans, presets, report, releases, given } = props.formContext as IFormContext;
  const list = useId();
  const name = isRecord(given.release) ? given.release.profile : given.release;
  const offers: IOffers = offersOf(report) ?? {
    fluxes: releases.find(one => one.name === name)?.fluxes ?? [],
    default: [],
    presets: [],
    columns: [],
    several: true
  };
  const value = props.formData as string[] | string | undefined;
  const asked = value === undefined || value.length === 0 ? null : [value].flat();
  const chosen = asked ?? offers.default;
  const has = (one: string) => chosen.some(other => other.toLowerCase() === one.toLowerCase());
  const change = (next: readonly string[]) =>
    props.onChange(next.length === 0 || equal(next, offers.default) ? undefined : next);
  const toggle = (one: string) =>
    change(has(one) ? chosen.filter(other => other.toLowerCase() !== one.toLowerCase()) : [...chosen, one]);
  const families = [...offers.fluxes, ...offers.presets];
  const singles = chosen.filter(one => !families.some(family => family.toLowerCase() === one.toLowerCase()));
  if (!offers.several) {
    return (
      <select
        id={props.idSchema.$id}
        className="jp-mod-styled"
        value={asked?.[0] ?? ''}
        disabled={props.disabled}
        onChange={event => props.onChange(event.target.value ? [event.target.value] : undefined)}
      >
        <option value="">{trans.__('The usual: %1', offers.default.join(', '))}</option>
        {[...new Set([...offers.fluxes, ...(asked ?? [])])].map(one => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    );
  }
  const box = (one: string, title?: string) => (
    <label key={one} className="tsm-Columns-box" title={title}>
      <input type="checkbox" checked={has(one)} disabled={props.disabled} onChange={() => toggle(one)} />
      {one}
    </label>
  );
  return (
    <div className="tsm-Rows" role="group" id={props.idSchema.$id} aria-label={props.schema.title}>
      {offers.fluxes.length ? (
        <div className="tsm-Columns" role="group" aria-label={trans.__('Flux families')}>
          <span className="tsm-Columns-head">{trans.__('Fluxes')}</span>
          <span className="tsm-Columns-boxes">{offers.fluxes.map(one => box(one))}</span>
        </div>
      ) : null}
      {offers.presets.length ? (
        <div className="tsm-Columns" role="group" aria-label={trans.__('What a preset reads')}>
          <span className="tsm-Columns-head" title={trans.__('The columns that these conditions read')}>
            {trans.__('For')}
          </span>
          <span className="tsm-Columns-boxes">{offers.presets.map(one => box(one, presets[one]))}</span>
        </div>
      ) : null}
      {singles.length ? (
        <ul className="tsm-Columns-chips">
          {singles.map(one => (
            <li key={one} className="tsm-mod-code">
              {one}
              <IconButton
                label={trans.__('Remove %1', one)}
                sign="✕"
                disabled={props.disabled}
                onClick={() => toggle(one)}
              />
            </li>
          ))}
        </ul>
      ) : null}
      <TextInput
        label={trans.__('Add a column of the release')}
        value=""
        clears
        list={list}
        placeholder={
          offers.columns.length
            ? trans.__('Add one of %1 columns…', offers.columns.length)
            : trans.__('Add a column…')
        }
        disabled={props.disabled}
        onCommit={text => {
          const named = text.split(/[\s,]+/).filter(one => one && !has(one));
          if (named.length) {
            change([...chosen, ...named]);
          }
        }}
      />
      <datalist id={list}>
        {offers.columns.map(one => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </div>
  );
}
