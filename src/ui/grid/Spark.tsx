import { memo } from 'react';

const HEIGHT = 24;

export interface ISparkProps {
  readonly counts: ArrayLike<number>;
  /** The part of them that passes, drawn over them. */
  readonly passed?: ArrayLike<number>;
}

/** A distribution in small: bars from edge to edge, with those of the passing rows before those of all. */
export const Spark = memo(function Spark({ counts, passed }: ISparkProps): JSX.Element {
  const most = Math.max(1, ...Array.from(counts));
  return (
    <svg
      className="tsm-Spark"
      viewBox={`0 0 ${Math.max(1, counts.length)} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path className={passed === undefined ? 'tsm-mod-passed' : ''} d={bars(counts, most)} />
      {passed !== undefined && <path className="tsm-mod-passed" d={bars(passed, most)} />}
    </svg>
  );
});

function bars(counts: ArrayLike<number>, most: number): string {
  let path = '';
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] > 0) {
      const height = Math.max(0.8, (Math.min(counts[i], most) / most) * (HEIGHT - 1));
      path += `M${i} ${HEIGHT}V${(HEIGHT - height).toFixed(1)}h0.9V${HEIGHT}z`;
    }
  }
  return path;
}
