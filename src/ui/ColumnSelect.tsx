import type { IColumnInfo } from '../table/source';

export interface IColumnSelectProps {
  readonly label: string;
  readonly columns: readonly IColumnInfo[];
  readonly value: string | null;
  /** The words of the choice for no column; without them, one has to be chosen. */
  readonly none?: string;
  readonly onChange: (column: string | null) => void;
}

/** Choose one of the columns. */
export function ColumnSelect({ label, columns, value, none, onChange }: IColumnSelectProps): JSX.Element {
  return (
    <select
      className="tsm-ColumnSelect"
      aria-label={label}
      title={label}
      value={value ?? ''}
      onChange={event => onChange(event.target.value === '' ? null : event.target.value)}
    >
      {(none !== undefined || value === null) && <option value="">{none ?? label}</option>}
      {columns.map(({ name, unit }) => (
        <option key={name} value={name}>
          {unit ? `${name} (${unit})` : name}
        </option>
      ))}
    </select>
  );
}
