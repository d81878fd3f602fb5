import type { TranslationBundle } from '@jupyterlab/translation';
import { isSecure, type IMeasurement } from './explanation';

export type MarkShape = 'secure' | 'unsure' | 'photometric';

export function shapeOf(measurement: IMeasurement): MarkShape {
  return measurement.type === 'p' ? 'photometric' : isSecure(measurement) ? 'secure' : 'unsure';
}

export interface IMarkProps {
  readonly x: number;
  readonly y: number;
  readonly shape: MarkShape;
  readonly colour: string;
  readonly best: boolean;
  readonly size?: number;
}

/** A measurement in a picture: its colour is the survey's, its shape says how far it can be trusted. */
export function Mark({ x, y, shape, colour, best, size = 4.5 }: IMarkProps): JSX.Element {
  const paint = { stroke: colour, fill: shape === 'secure' ? colour : 'none' };
  const d = size * 1.25;
  return (
    <>
      {best && <circle className="tsm-Why-best" cx={x} cy={y} r={size + 3.5} />}
      {shape === 'photometric' ? (
        <path
          className="tsm-Why-mark"
          d={`M${x} ${y - d}L${x + d} ${y}L${x} ${y + d}L${x - d} ${y}Z`}
          style={paint}
        />
      ) : (
        <circle className="tsm-Why-mark" cx={x} cy={y} r={size} style={paint} />
      )}
    </>
  );
}

/** What the shapes in the pictures mean; only those that are there. */
export function MarkLegend({
  trans,
  measurements
}: {
  readonly trans: TranslationBundle;
  readonly measurements: readonly IMeasurement[];
}): JSX.Element {
  const words: [MarkShape, string][] = [
    ['secure', trans.__('secure spectrum')],
    ['unsure', trans.__('not secure')],
    ['photometric', trans.__('photometric')]
  ];
  const there = words.filter(([shape]) => measurements.some(one => shapeOf(one) === shape));
  const sample = (shape: MarkShape, best: boolean) => (
    <svg viewBox="0 0 18 18" aria-hidden="true">
      <Mark x={9} y={9} shape={shape} colour="currentColor" best={best} size={4} />
    </svg>
  );
  return (
    <p className="tsm-Why-legend">
      {measurements.some(({ isBest }) => isBest) && (
        <span>
          {sample('secure', true)} {trans.__('best')}
        </span>
      )}
      {there.map(([shape, word]) => (
        <span key={shape}>
          {sample(shape, false)} {word}
        </span>
      ))}
    </p>
  );
}
