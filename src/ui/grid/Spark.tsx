import type { IColumnInfo } from '../../table/source';

const WIDTH = 100;
const HEIGHT = 20;

/** A column's distribution in small: bars of its histogram, or of its most frequent values. */
export function Spark({ column }: { readonly column: IColumnInfo }): JSX.Element {
  const counts = column.histogram?.counts ?? column.values?.map(({ count }) => count) ?? [];
  const most = Math.max(1, ...counts);
  // many equal bars of single rows say nothing
  const said = counts.length > 0 && (column.histogram !== null || most > 1);
  const wide = Math.min(WIDTH / Math.max(1, counts.length), 12);
  return (
    <svg
      className="tsm-Spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {said &&
        counts.map((count, i) => {
          const height = count === 0 ? 0 : Math.max(0.8, (count / most) * (HEIGHT - 1));
          return (
            <rect
              key={i}
              x={i * wide}
              y={HEIGHT - height}
              width={Math.max(0.5, wide * 0.86)}
              height={height}
            />
          );
        })}
    </svg>
  );
}
