import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useRef } from 'react';
import type { Value } from '../../expr';
import { categoryName, formatCount, shortCount } from '../format';
import { inFrame, notInFrame } from '../live';
import { categoryColour } from '../palette';

export interface ILegendProps {
  readonly trans: TranslationBundle;
  /** The column of the categories. */
  readonly column: string;
  readonly values: readonly Value[];
  readonly counts: readonly number[];
  /** The values chosen, or null for all. */
  readonly chosen: readonly Value[] | null;
  readonly onToggle: (value: Value) => void;
  /** Where newer counts come from, written without a render. */
  readonly live?: { counts(): readonly number[]; watch(listener: () => void): () => void };
}

/** The categories' colours; each is a switch that filters. */
export function Legend({ trans, column, values, counts, chosen, onToggle, live }: ILegendProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const titleOf = (value: Value, count: number) =>
    trans.__('%1 = %2: %3 rows', column, categoryName(value), formatCount(count));
  const title = useRef(titleOf);
  title.current = titleOf;
  useEffect(() => {
    if (live === undefined) {
      return;
    }
    const write = () => {
      const now = live.counts();
      host.current?.querySelectorAll<HTMLElement>('button').forEach((button, place) => {
        const node = button.querySelector('.tsm-Legend-count');
        const text = shortCount(now[place] ?? 0);
        if (node !== null && node.textContent !== text) {
          node.textContent = text;
        }
        button.title = title.current(values[place], now[place] ?? 0);
      });
    };
    write();
    const slot = () => inFrame(write);
    const stop = live.watch(slot);
    return () => {
      stop();
      notInFrame(write);
    };
  }, [live, values, chosen]);
  return (
    <div ref={host} className="tsm-Legend" role="group" aria-label={trans.__('Filter by %1', column)}>
      {values.map((value, place) => {
        const on = chosen === null || chosen.includes(value);
        return (
          <button
            type="button"
            key={String(value)}
            className={`tsm-Legend-item${on ? '' : ' tsm-mod-off'}`}
            aria-pressed={chosen !== null && on}
            title={titleOf(value, counts[place])}
            onClick={() => onToggle(value)}
          >
            <span className="tsm-Legend-colour" style={{ background: categoryColour(value, place) }} />
            {categoryName(value)} <span className="tsm-Legend-count">{shortCount(counts[place])}</span>
          </button>
        );
      })}
    </div>
  );
}
