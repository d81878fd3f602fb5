import type { ReactNode } from 'react';
import '../../style/recipe-combine.css';

export interface INumberHead {
  readonly label: string;
  readonly title?: string;
  /** Its cells are words, not numbers. */
  readonly isText?: boolean;
}

export interface INumberRow {
  /** What the row is about, then a cell for each of the other heads. */
  readonly cells: readonly ReactNode[];
  readonly key: string | number;
  readonly isMarked?: boolean;
}

export interface INumberTableProps {
  /** For those who do not see the heading above it. */
  readonly caption: string;
  /** The first one is that of the rows' names. */
  readonly heads: readonly INumberHead[];
  readonly rows: readonly INumberRow[];
}

/** A small table of numbers, a name at the head of each row. */
export function NumberTable({ caption, heads, rows }: INumberTableProps): JSX.Element {
  const kind = (place: number) => (place === 0 || heads[place].isText ? undefined : 'tsm-mod-number');
  return (
    <table className="tsm-Combined-table">
      <caption className="tsm-hidden">{caption}</caption>
      <thead>
        <tr>
          {heads.map(({ label, title }, place) => (
            <th key={label} scope="col" className={kind(place)} title={title}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ cells: [name, ...cells], key, isMarked }) => (
          <tr key={key} className={isMarked ? 'tsm-mod-marked' : undefined}>
            <th scope="row">{name}</th>
            {cells.map((cell, place) => (
              <td key={heads[place + 1].label} className={kind(place + 1)}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
