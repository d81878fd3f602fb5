import { useId, type ReactNode } from 'react';

import { formatTick } from '../../ui/format';

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
  readonly yTick: (value: number) => string;
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
  const step = niceStep((xRange[1] - xRange[0]) / 5);
  const xTicks = Array.from({ length: Math.floor((xRange[1] - xRange[0]) / step + 1e-9) + 1 }, (_, i) =>
    Number((xRange[0] + i * step).toPrecision(6))
  );
  const yTicks = [0, 0.25, 0.5, 0.75, 1].map(part => yRange[0] + part * (yRange[1] - yRange[0]));
  return (
    <svg
      className="tsm-MatchChart"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-labelledby={id}
      preserveAspectRatio="xMidYMid meet"
    >
      <title id={id}>{props.summary}</title>
      {yTicks.map(value => (
        <g key={value} className="tsm-MatchChart-tick">
          <path d={`M${BOX.left} ${y(value)}H${right}`} />
          <text x={BOX.left - 5} y={y(value) + 4} textAnchor="end">
            {props.yTick(value)}
          </text>
        </g>
      ))}
      {xTicks.map(value => (
        <text key={value} className="tsm-MatchChart-label" x={x(value)} y={bottom + 15} textAnchor="middle">
          {formatTick(value, step)}
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

/** The smallest of 1, 2, 5 times a power of ten that is no less. */
export function niceStep(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value > 0 ? value : 1));
  return [1, 2, 5, 10].map(one => one * power).find(one => one >= value * (1 - 1e-9)) ?? 10 * power;
}
