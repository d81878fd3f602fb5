import type { TranslationBundle } from '@jupyterlab/translation';
import { useId, useState } from 'react';
import { parse, type Value } from '../../expr';
import type { ITableInfo } from '../../table/source';
import { categoryName, formatCount } from '../../ui/format';
import { useSignal } from '../../ui/hooks';
import type { CompareModel } from './model';
import { conditionOf, LETTERS, parting, restOf, valuesOf, type ITableHandle, type Side } from './samples';
import '../../../style/fields.css';

export interface ISampleEditorProps {
  readonly model: CompareModel;
  readonly trans: TranslationBundle;
  readonly side: Side;
  /** Ask for another table; null where none was chosen. */
  readonly chooseTable?: () => Promise<ITableHandle | null>;
}

const ALL = '';
const REST = '\u0000rest';
const CONDITION = '\u0000condition';
const OTHER = '\u0000other';

/** Choose the rows of a sample: a part of a table by a value, by a condition, or all of a table. */
export function SampleEditor({ model, trans, side, chooseTable }: ISampleEditorProps): JSX.Element {
  useSignal(model.changed, model.samplesChanged);
  const id = useId();
  const [typing, setTyping] = useState(false);
  const opposite: Side = side === 0 ? 1 : 0;
  const own = model.samples[side];
  const other = model.samples[opposite];
  const sample = own ?? (other === null ? null : { table: other.table, condition: '' });
  const info = model.info(own === null ? opposite : side);
  if (sample === null || info === null) {
    return <fieldset className="tsm-SampleEditor" disabled />;
  }
  const letter = LETTERS[side];
  const parts = parting(info);
  const found = own === null ? null : partOf(own.condition, info);
  const isRest =
    own !== null && other !== null && own.table.key === other.table.key && own.condition !== ''
      ? own.condition === restSafely(other.condition)
      : false;
  const kind =
    own === null
      ? null
      : typing
        ? CONDITION
        : own.condition === ''
          ? ALL
          : isRest
            ? REST
            : (found?.column ?? CONDITION);
  const problem = own === null ? null : model.problem(side);
  const set = (condition: string, table = sample.table) => void model.setSample(side, { table, condition });

  const onKind = (next: string) => {
    setTyping(next === CONDITION);
    if (next === ALL) {
      set('');
    } else if (next === REST) {
      set(restSafely(other!.condition));
    } else if (next !== CONDITION) {
      // a value that the other sample does not have
      const taken = other === null ? null : partOf(other.condition, info);
      const column = parts.find(({ name }) => name === next)!;
      const value = valuesOf(column).find(
        each => taken?.column !== next || taken.value !== each.value
      )?.value;
      set(conditionOf(next, value ?? null));
    }
  };
  const onTable = async (key: string) => {
    const handle =
      key === OTHER
        ? ((await chooseTable?.()) ?? null)
        : (model.samples.find(each => each?.table.key === key)?.table ?? null);
    if (handle !== null && handle.key !== own?.table.key) {
      setTyping(false);
      set('', handle);
    }
  };
  const handles = model.samples.flatMap((each, i) =>
    each !== null && model.samples.findIndex(one => one?.table.key === each.table.key) === i
      ? [{ key: each.table.key, name: model.info(i as Side)?.name ?? each.table.key }]
      : []
  );
  const canRest =
    other !== null &&
    other.condition !== '' &&
    other.table.key === sample.table.key &&
    restable(model, opposite);
  return (
    <fieldset className="tsm-SampleEditor">
      <legend>{trans.__('Rows of %1', letter)}</legend>
      <label>
        {trans.__('Table')}
        <select
          className="tsm-Input"
          aria-label={trans.__('Table of %1', letter)}
          value={sample.table.key}
          onChange={event => void onTable(event.target.value)}
        >
          {handles.map(({ key, name }) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
          {chooseTable !== undefined && <option value={OTHER}>{trans.__('another table…')}</option>}
        </select>
      </label>
      <label>
        {trans.__('Rows')}
        <select
          className="tsm-Input"
          aria-label={trans.__('Which rows are in %1', letter)}
          value={kind ?? ''}
          onChange={event => onKind(event.target.value)}
        >
          {kind === null && (
            <option value="" disabled hidden>
              {trans.__('choose…')}
            </option>
          )}
          <option value={ALL}>{trans.__('all rows')}</option>
          {parts.map(({ name }) => (
            <option key={name} value={name}>
              {trans.__('by %1', name)}
            </option>
          ))}
          {canRest && <option value={REST}>{trans.__('the rest: not in %1', LETTERS[opposite])}</option>}
          <option value={CONDITION}>{trans.__('by a condition')}</option>
        </select>
      </label>
      {found !== null && kind === found.column && (
        <label>
          {found.column} =
          <select
            className="tsm-Input"
            aria-label={trans.__('Value of %1 in %2', found.column, letter)}
            value={categoryName(found.value)}
            onChange={event => {
              const column = parts.find(({ name }) => name === found.column)!;
              const value = valuesOf(column).find(each => categoryName(each.value) === event.target.value);
              set(conditionOf(found.column, value?.value ?? null));
            }}
          >
            {valuesOf(parts.find(({ name }) => name === found.column)!).map(({ value, count }) => (
              <option key={String(value)} value={categoryName(value)}>
                {`${categoryName(value)} (${formatCount(count)})`}
              </option>
            ))}
          </select>
        </label>
      )}
      {kind === CONDITION && (
        <label className="tsm-SampleEditor-condition">
          {trans.__('Condition')}
          <input
            key={own?.condition ?? ''}
            type="text"
            className="tsm-Input tsm-Condition-text"
            spellCheck={false}
            autoComplete="off"
            aria-label={trans.__('Condition of %1', letter)}
            aria-invalid={problem !== null}
            aria-describedby={`${id}-problem`}
            placeholder={trans.__('e.g. redshift BETWEEN 0.2 AND 0.9')}
            defaultValue={own?.condition ?? ''}
            onBlur={event => event.target.value !== (own?.condition ?? '') && set(event.target.value.trim())}
            onKeyDown={event => {
              if (event.key === 'Enter') {
                set(event.currentTarget.value.trim());
              }
            }}
          />
        </label>
      )}
      <span className="tsm-SampleEditor-problem" id={`${id}-problem`} role="alert">
        {problem !== null && `${problem.message} ${problem.remedy ?? ''}`}
      </span>
    </fieldset>
  );
}

function restable(model: CompareModel, side: Side): boolean {
  return model.problem(side) === null;
}

function restSafely(condition: string): string {
  try {
    return restOf(condition);
  } catch {
    return '';
  }
}

/** The column and the value, where a condition is one of the parts that a table offers. */
function partOf(condition: string, info: ITableInfo): { column: string; value: Value } | null {
  for (const column of parting(info)) {
    for (const { value } of valuesOf(column)) {
      if (sameCondition(condition, conditionOf(column.name, value))) {
        return { column: column.name, value };
      }
    }
  }
  return null;
}

function sameCondition(one: string, other: string): boolean {
  try {
    const tree = (text: string) =>
      JSON.stringify(parse(text), (key, value: unknown) =>
        key === 'at' || key === 'quoted' ? undefined : typeof value === 'bigint' ? Number(value) : value
      );
    return one.trim() !== '' && tree(one) === tree(other);
  } catch {
    return false;
  }
}
