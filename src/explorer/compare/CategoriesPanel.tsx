import type { Value } from '../../expr';
import type { ICategoriesResult } from '../../table/requests';
import { ColumnSelect } from '../../ui/ColumnSelect';
import { categoryName, formatCount } from '../../ui/format';
import { useSignal } from '../../ui/hooks';
import { toggled } from '../../ui/plots/CategoryBars';
import { countable } from '../defaults';
import { commonColumns } from './matching';
import { Panel } from './Panel';
import { pairOf, type IPartProps } from './part';
import { LETTERS, SIDES } from './samples';
import { percent } from './words';
import { Waits } from './Waits';

interface IValueRow {
  readonly value: Value;
  readonly counts: readonly [number, number];
}

/** The values of both, those of A first as they stand there. */
export function valuesOfBoth([a, b]: readonly [ICategoriesResult, ICategoriesResult]): IValueRow[] {
  const inB = new Map(b.values.map((value, i) => [value, b.passed[i]]));
  const rows = a.values.map((value, i): IValueRow => {
    const other = inB.get(value) ?? 0;
    inB.delete(value);
    return { value, counts: [a.passed[i], other] };
  });
  inB.forEach((count, value) => rows.push({ value, counts: [0, count] }));
  return rows.filter(({ counts }) => counts[0] + counts[1] > 0);
}

/** The share of each value in A and in B; each row is a switch that restricts both. */
export function CategoriesPanel({ model, trans, colours, menu }: IPartProps): JSX.Element {
  useSignal(model.changed, model.counted, model.selection.changed);
  const info = model.info(0)!;
  const column = model.axes.category;
  const pair = pairOf(model, 'category', 'categories');
  const common = model.matching === null ? [] : commonColumns(info, model.matching);
  const shown = model.result?.plan.axes.category ?? null;
  const chosen = shown === null ? null : model.selection.values(shown);
  const rows = pair === null ? [] : valuesOfBoth(pair);
  const counted = rows.filter(({ value }) => chosen === null || chosen.includes(value));
  const totals = SIDES.map(
    side =>
      counted.reduce((sum, { counts }) => sum + counts[side], 0) +
      (chosen === null ? (pair?.[side].othersPassed ?? 0) : 0)
  );
  const share = (count: number, side: number) => (totals[side] === 0 ? 0 : count / totals[side]);
  const most = Math.max(1e-9, ...rows.flatMap(({ counts }) => counts.map(share)));
  const others = pair === null ? 0 : Math.max(pair[0].others, pair[1].others);
  return (
    <Panel
      name="category"
      title={trans.__('shares')}
      menu={menu?.('category')}
      controls={
        <ColumnSelect
          label={trans.__('Column of the shares')}
          columns={countable(common, info.roles)}
          value={column}
          onChange={name => model.setAxis('category', name)}
        />
      }
      footer={
        pair === null
          ? null
          : [
              trans._n('%1 value', '%1 values', rows.length),
              ...(others > 0 ? [trans.__('and %1 rarer ones', formatCount(others))] : [])
            ].join(' · ')
      }
    >
      {pair === null || shown === null ? (
        <Waits
          model={model}
          trans={trans}
          chosen={column !== null}
          why={trans.__('Both have no column with few values in common.')}
        />
      ) : (
        <div
          className="tsm-CategoryBars tsm-Pairs"
          role="group"
          aria-label={trans.__('Shares of the values of %1 in A and in B', shown)}
        >
          {rows.map(({ value, counts }) => {
            const on = chosen === null || chosen.includes(value);
            const name = categoryName(value);
            const parts = SIDES.map(side => percent(share(counts[side], side)));
            return (
              <button
                type="button"
                key={String(value)}
                className={`tsm-CategoryBars-row${on ? '' : ' tsm-mod-off'}`}
                aria-pressed={chosen !== null && on}
                aria-label={trans.__('%1: A %2, B %3', name, ...parts)}
                title={trans.__(
                  '%1: A %2 rows, B %3 rows',
                  name,
                  formatCount(counts[0]),
                  formatCount(counts[1])
                )}
                onClick={() => model.selection.setValues(shown, toggled(chosen, value))}
              >
                <span className={`tsm-CategoryBars-name${value === null ? ' tsm-mod-null' : ''}`}>
                  {name}
                </span>
                <span className="tsm-Pairs-bars" aria-hidden="true">
                  {SIDES.map(side => (
                    <span
                      key={LETTERS[side]}
                      style={{
                        width: `${(100 * share(counts[side], side)) / most}%`,
                        background: colours[side]
                      }}
                    />
                  ))}
                </span>
                <span className="tsm-Pairs-numbers">
                  {parts.map((part, i) => (
                    <span key={i}>{part}</span>
                  ))}
                </span>
              </button>
            );
          })}
        </div>
      )}
    </Panel>
  );
}
