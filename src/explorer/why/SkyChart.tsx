import type { TranslationBundle } from '@jupyterlab/translation';
import type { IMeasurement } from './explanation';
import { arcsec } from './format';
import { skyOf } from './geometry';
import { Mark, shapeOf } from './Mark';
import { litClass, type ILit } from './lit';

export interface ISkyChartProps extends ILit {
  readonly trans: TranslationBundle;
  readonly measurements: readonly IMeasurement[];
  /** The radius within which measurements were paired, in arcsec. */
  readonly radius: number | null;
  readonly colourOf: (survey: string | null) => string;
}

const SIZE = 128;

/** The measurements of an object on the sky, to scale: north up, east to the left. */
export function SkyChart(props: ISkyChartProps): JSX.Element | null {
  const { trans, measurements, radius, colourOf, lit, onLit } = props;
  const sky = skyOf(measurements, radius, SIZE);
  if (sky === null) {
    return null;
  }
  const { points, labels, circle, bar } = sky;
  const places = points.map(({ measurement: { number, survey, east, north } }) =>
    trans.__(
      '%1 %2: %3 %4, %5 %6',
      number,
      survey ?? '',
      arcsec(Math.abs(east!)),
      east! < 0 ? trans.__('west') : trans.__('east'),
      arcsec(Math.abs(north!)),
      north! < 0 ? trans.__('south') : trans.__('north')
    )
  );
  const said = trans.__('Positions from the centre of the group. %1.', places.join('; '));
  return (
    <figure className="tsm-Why-sky">
      <svg
        width={SIZE}
        height={SIZE + 16}
        viewBox={`0 0 ${SIZE} ${SIZE + 16}`}
        role="img"
        tabIndex={0}
        aria-label={said}
      >
        <rect className="tsm-Why-frame" x={0.5} y={0.5} width={SIZE - 1} height={SIZE - 1} />
        {circle !== null && (
          <circle className="tsm-Why-radius" cx={circle.x} cy={circle.y} r={circle.radius} />
        )}
        <text x={SIZE / 2} y={10} textAnchor="middle">
          {trans.__('N')}
        </text>
        <text x={4} y={SIZE / 2 + 3}>
          {trans.__('E')}
        </text>
        {[...points].reverse().map(({ measurement, x, y }) => (
          <g
            key={measurement.rowId}
            className={litClass(lit, measurement.rowId)}
            onMouseEnter={() => onLit(measurement.rowId)}
            onMouseLeave={() => onLit(null)}
          >
            <title>{`${measurement.number} ${measurement.survey ?? ''}`}</title>
            <circle className="tsm-Why-hit" cx={x} cy={y} r={9} />
            <Mark
              x={x}
              y={y}
              shape={shapeOf(measurement)}
              colour={colourOf(measurement.survey)}
              best={measurement.isBest}
            />
          </g>
        ))}
        {labels.map(({ text, x, y }) => (
          <text
            key={text}
            className="tsm-Why-number"
            x={x + (x > SIZE - 34 ? -9 : 9)}
            y={y - 6}
            textAnchor={x > SIZE - 34 ? 'end' : 'start'}
          >
            {text}
          </text>
        ))}
        <path
          className="tsm-Why-bar"
          d={`M4 ${SIZE + 4}v6M4 ${SIZE + 7}h${bar.length}M${4 + bar.length} ${SIZE + 4}v6`}
        />
        <text x={bar.length + 9} y={SIZE + 11}>
          {arcsec(bar.arcsec)}
        </text>
        {radius !== null && (
          <text
            x={circle === null ? SIZE - 4 : SIZE}
            y={circle === null ? SIZE - 4 : SIZE + 11}
            textAnchor="end"
          >
            {circle === null
              ? trans.__('radius %1: beyond', arcsec(radius))
              : trans.__('radius %1', arcsec(radius))}
          </text>
        )}
      </svg>
    </figure>
  );
}
