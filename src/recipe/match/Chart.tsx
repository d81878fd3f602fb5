import { useId, type ReactNode } from 'react';

import { type ITick, ticksOf } from '../../ui/plots/axes';

export interface IScales {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

export interface IChartProps {
  /** What it shows, in words: for who can't see it. */
  readonly summary: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
  readonly yTicks: readonly ITick[];
  readonly marks: readonly { readonly at: number; readonly name: string; readonly className: string }[];
  readonly children: (scales: IScales) => ReactNode;
}

const WIDTH = 420;
const HEIGHT = 210;
const BOX = { left: 52, right: 12, top: 10, bottom: 38 };

/** Axes, vertical marks, and whatever is drawn between; sizes follow the place. */
export function Chart(props: IChartProps): JSX.Element {
  const { xRange, yRange, marks, children } = props;
  const id = useId();
  const right = WIDTH - BOX.right;
  const bottom = HEIGHT - BOX.bottom;
  const x = (value: number) =>
    BOX.left + ((right - BOX.left) * (value - xRange[0])) / (xRange[1] - xRange[0] || 1);
  const y = (value: number) =>
    bottom - ((bottom - BOX.top) * (value - yRange[0])) / (yRange[1] - yRange[0] || 1);
  return (
    <svg
      className="tsm-MatchChart"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-labelledby={id}
      preserveAspectRatio="xMidYMid meet"
    >
      <title id={id}>{props.summary}</title>
      {props.yTicks.map(({ value, label }) => (
        <g key={value} className="tsm-MatchChart-tick">
          <path d={`M${BOX.left} ${y(value)}H${right}`} />
          <text x={BOX.left - 5} y={y(value) + 4} textAnchor="end">
            {label}
          </text>
        </g>
      ))}
      {ticksOf(xRange[0], xRange[1], 5).map(({ value, label }) => (
        <text key={value} className="tsm-MatchChart-label" x={x(value)} y={bottom + 15} textAnchor="middle">
          {label}
        </text>
      ))}
      <text className="tsm-MatchChart-label" x={(BOX.left + right) / 2} y={HEIGHT - 6} textAnchor="middle">
        {props.xLabel}
      </text>
      <text
        className="tsm-MatchChart-label"
        transform={`translate(11 ${(BOX.top + bottom) / 2}) rotate(-90)`}
        textAnchor="middle"
      >
        {props.yLabel}
      </text>
      {children({ x, y })}
      {marks
        .filter(mark => mark.at >= xRange[0] && mark.at <= xRange[1])
        .map(mark => (
          <g key={mark.name} className={`tsm-MatchChart-mark ${mark.className}`}>
            <path d={`M${x(mark.at)} ${BOX.top}V${bottom}`} />
          </g>
        ))}
    </svg>
  );
}
