import type { TranslationBundle } from '@jupyterlab/translation';
import type { Value } from '../expr';
import type { IColumnInfo, ITableInfo } from '../table/source';
import { categoryName, formatCount, formatShare, toggled } from '../ui';
import type { ExplorerModel } from './model';

export interface IProfileValuesProps {
  readonly trans: TranslationBundle;
  readonly model: ExplorerModel;
  readonly info: ITableInfo;
  readonly column: IColumnInfo;
}

/** The most frequent values; a click filters by one, or lets go of it. */
export function ProfileValues({ trans, model, info, column }: IProfileValuesProps): JSX.Element | null {
  const values = column.values ?? [];
  if (values.length === 0) {
    return null;
  }
  const chosen = model.selection.values(column.name);
  const most = Math.max(1, ...values.map(({ count }) => count));
  const shown = values.length < (column.distinct ?? 0);
  return (
    <section className="tsm-Details-group">
      <h4>{shown ? trans.__('Most frequent values') : trans.__('Values')}</h4>
      {values.map(({ value, count }) => {
        const exact = exactValue(column, value);
        const on = chosen?.includes(exact) ?? false;
        return (
          <button
            key={String(value)}
            type="button"
            className={`tsm-Profile-value${chosen !== null && !on ? ' tsm-mod-off' : ''}`}
            aria-pressed={on}
            onClick={() => model.selection.setValues(column.name, toggled(chosen, exact))}
          >
            <span className={value === null ? 'tsm-mod-null' : ''}>{categoryName(value)}</span>
            <span className="tsm-Profile-bar" style={{ width: `${(100 * count) / most}%` }} />
            <span className="tsm-Profile-count">
              {formatCount(count)} · {formatShare(count, info.rows)}
            </span>
          </button>
        );
      })}
    </section>
  );
}

/** An integer beyond 2**53 comes as text. */
export function exactValue(column: IColumnInfo, value: Value): Value {
  return column.type === 'int' && typeof value === 'string' ? BigInt(value) : value;
}
