/** Cells that rows are counted in: a column, or an expression of columns, and how wide its cells are. */
import type { FieldProps } from '@rjsf/utils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useContext, useId } from 'react';

import { IconButton, NumberInput, TextInput } from '../combine/inputs';
import type { IFormContext } from '../fields';
import { SplitContext } from './context';

type Cells = [name: string, width: number | null][];

export interface ICellsProps {
  readonly id: string;
  readonly title: string;
  readonly value: Readonly<Record<string, number | null>>;
  readonly columns: readonly string[];
  readonly disabled?: boolean;
  readonly trans: TranslationBundle;
  readonly onChange: (value: Record<string, number | null> | undefined) => void;
}

export function CellsField(props: FieldProps): JSX.Element {
  const { trans, columns } = props.formContext as IFormContext;
  return (
    <CellRows
      id={props.idSchema.$id}
      title={props.schema.title ?? props.name}
      value={(props.formData ?? {}) as Record<string, number | null>}
      columns={columns}
      disabled={props.disabled}
      trans={trans}
      onChange={props.onChange}
    />
  );
}

export function CellRows({ id, title, value, columns, disabled, trans, onChange }: ICellsProps): JSX.Element {
  const { texts } = useContext(SplitContext);
  const list = useId();
  const cells = Object.entries(value) as Cells;
  const change = (next: Cells) => onChange(next.length ? Object.fromEntries(next) : undefined);
  const add = (text: string) => {
    if (text && !cells.some(([used]) => used === text)) {
      change([...cells, [text, texts.has(text) ? null : widthOf(text)]]);
    }
  };
  return (
    <div className="tsm-Rows" role="group" id={id} aria-label={title}>
      <datalist id={list}>
        {columns
          .filter(column => !cells.some(([used]) => used === column))
          .map(column => (
            <option key={column} value={column} />
          ))}
      </datalist>
      <ul className="tsm-Rows-list">
        {cells.map(([column, width], index) => (
          <li key={column} className="tsm-Rows-number">
            <TextInput
              label={trans.__('Column of cell %1', index + 1)}
              value={column}
              list={list}
              monospace
              disabled={disabled}
              onCommit={text =>
                text &&
                !cells.some(([used]) => used === text) &&
                change(cells.map((one, i) => (i === index ? [text, one[1]] : one)))
              }
            />
            <NumberInput
              label={trans.__('Width of the cells of %1', column)}
              value={width}
              min={0}
              placeholder={trans.__('each value')}
              disabled={disabled}
              onChange={number =>
                (number === null || number > 0) &&
                change(cells.map((one, i) => (i === index ? [one[0], number] : one)))
              }
            />
            <IconButton
              label={trans.__('Remove %1', column)}
              sign="✕"
              disabled={disabled}
              onClick={() => change(cells.filter((_, i) => i !== index))}
            />
          </li>
        ))}
      </ul>
      <TextInput
        key={cells.length}
        label={trans.__('Add a cell: %1', title)}
        value=""
        list={list}
        monospace
        placeholder={trans.__('Add a column, or g_mag - r_mag')}
        disabled={disabled}
        onCommit={add}
      />
    </div>
  );
}

/** How wide cells usually are: 0.1 in redshift, half a magnitude, a quarter in colour. */
export function widthOf(column: string): number {
  if (/redshift|(^|_)z(_|$)/i.test(column)) {
    return 0.1;
  }
  if (/ - /.test(column)) {
    return 0.25;
  }
  return /mag/i.test(column) ? 0.5 : 1;
}
