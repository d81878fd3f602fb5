import type { TranslationBundle } from '@jupyterlab/translation';
import type { Value } from '../../expr';
import type { ICategoriesResult } from '../../table/requests';
import { categoryName, formatCount, formatShare } from '../format';
import { categoryColour } from '../palette';

export interface ICategoryBarsProps {
  readonly trans: TranslationBundle;
  readonly result: ICategoriesResult;
  /** The values chosen, or null for all. */
  readonly chosen: readonly Value[] | null;
  /** Give each value its own colour. */
  readonly coloured?: boolean;
  readonly onChoose?: (values: Value[] | null) => void;
}

/** One bar a value; each is a switch, and several together are a list. */
export function CategoryBars(props: ICategoryBarsProps): JSX.Element {
  const { trans, result, chosen, coloured = false, onChoose } = props;
  const most = Math.max(1, ...result.all);
  const total = result.passed.reduce((sum, count) => sum + count, 0) + result.othersPassed;
  return (
    <div
      className="tsm-CategoryBars"
      role="group"
      aria-label={trans.__('Rows by %1', result.column)}
      onDoubleClick={() => onChoose?.(null)}
      onKeyDown={event => {
        if (event.key === 'Escape' && chosen !== null) {
          event.stopPropagation();
          onChoose?.(null);
        }
      }}
    >
      {result.values.map((value, place) => {
        const on = chosen === null || chosen.includes(value);
        const [passed, all] = [result.passed[place], result.all[place]];
        const name = categoryName(value);
        return (
          <button
            type="button"
            key={String(value)}
            className={`tsm-CategoryBars-row${on ? '' : ' tsm-mod-off'}`}
            aria-pressed={chosen !== null && on}
            title={trans.__(
              '%1 = %2: %3 of %4 rows',
              result.column,
              name,
              formatCount(passed),
              formatCount(all)
            )}
            onClick={() => onChoose?.(toggled(chosen, value))}
          >
            <span className={`tsm-CategoryBars-name${value === null ? ' tsm-mod-null' : ''}`}>{name}</span>
            <span className="tsm-CategoryBars-track" aria-hidden="true">
              <span className="tsm-CategoryBars-all" style={{ width: `${(100 * all) / most}%` }} />
              <span
                className="tsm-CategoryBars-passed"
                style={{
                  width: `${(100 * passed) / most}%`,
                  background: coloured ? categoryColour(value, place) : undefined
                }}
              />
            </span>
            <span className="tsm-CategoryBars-count">{formatCount(passed)}</span>
            <span className="tsm-CategoryBars-share">{formatShare(passed, total)}</span>
          </button>
        );
      })}
      {result.others > 0 && (
        <div className="tsm-CategoryBars-others">
          {trans._n(
            'and %2 rows of 1 other value',
            'and %2 rows of %1 other values',
            result.others,
            formatCount(result.othersPassed)
          )}
        </div>
      )}
    </div>
  );
}

/** The list with a value put in, or taken out; nothing chosen is all. */
export function toggled(chosen: readonly Value[] | null, value: Value): Value[] | null {
  if (chosen === null) {
    return [value];
  }
  const next = chosen.includes(value) ? chosen.filter(other => other !== value) : [...chosen, value];
  return next.length === 0 ? null : next;
}
