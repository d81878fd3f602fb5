import type { TranslationBundle } from '@jupyterlab/translation';
import { useRef } from 'react';
import { formatValue, useSize } from '../../ui';
import type { IMeasurement } from './explanation';
import { redshiftText } from './format';
import { axisOf, placeOn, rangeOn, type IAxis } from './geometry';
import { litClass, type ILit } from './lit';
import { Mark, shapeOf } from './Mark';

export interface IRedshiftAxisProps extends ILit {
  readonly trans: TranslationBundle;
  readonly measurements: readonly IMeasurement[];
  /** |dz|/(1+z) within which redshifts agree. */
  readonly tolerance: { readonly [type: string]: number } | null;
  readonly colourOf: (survey: string | null) => string;
}

const LEFT = 22;
const RIGHT = 8;
const TOP = 6;
const FOOT = 20;
/** What redshifts of spectra agree within, where the table doesn't tell. */
const TOLERANCE = 0.005;

/** The redshifts of an object with their errors, one below the other; the axis is broken where they lie far apart. */
export function RedshiftAxis(props: IRedshiftAxisProps): JSX.Element | null {
  const { trans, measurements, tolerance, colourOf, lit, onLit } = props;
  const host = useRef<HTMLElement>(null);
  const { width: room } = useSize(host);
  const width = Math.max(160, room || 300);
  const first = measurements.find(({ redshift }) => redshift !== null);
  const within = tolerance?.[first?.type ?? 's'] ?? TOLERANCE;
  const axis = axisOf(measurements, tolerance?.s ?? TOLERANCE, LEFT, width - RIGHT);
  if (first === undefined || axis === null) {
    return null;
  }
  const shown = measurements.filter(({ redshift }) => redshift !== null);
  const row = shown.length <= 5 ? 22 : shown.length <= 12 ? 16 : shown.length <= 30 ? 9 : 5;
  const bottom = TOP + row * shown.length + 2;
  const half = within * (1 + first.redshift!);
  const band = rangeOn(axis, first.redshift!, first.redshift! - half, first.redshift! + half);
  const list = shown.map(one => `${one.number} ${one.survey ?? ''}: ${redshiftText(one)}`).join('; ');
  const said = trans.__('Redshifts. %1.', list);
  return (
    <figure className="tsm-Why-axis" ref={host}>
      <svg
        width={width}
        height={bottom + FOOT}
        viewBox={`0 0 ${width} ${bottom + FOOT}`}
        role="img"
        tabIndex={0}
        aria-label={axis.isBroken ? trans.__('%1 The axis is broken.', said) : said}
      >
        {band !== null && tolerance !== null && (
          <rect
            className="tsm-Why-band"
            x={band.from}
            y={TOP - 4}
            width={Math.max(1, band.to - band.from)}
            height={bottom - TOP + 4}
          />
        )}
        <AxisLine axis={axis} y={bottom} />
        {shown.map((one, i) => (
          <g
            key={one.rowId}
            className={litClass(lit, one.rowId)}
            onMouseEnter={() => onLit(one.rowId)}
            onMouseLeave={() => onLit(null)}
          >
            <title>{`${one.number} ${one.survey ?? ''}: ${redshiftText(one)}`}</title>
            <rect className="tsm-Why-hit" x={0} y={TOP + i * row} width={width} height={row} />
            {row > 6 && (
              <text className="tsm-Why-number" x={LEFT - 12} y={TOP + (i + 0.5) * row + 3.5} textAnchor="end">
                {one.number}
              </text>
            )}
            <ErrorBar axis={axis} measurement={one} y={TOP + (i + 0.5) * row} colour={colourOf(one.survey)} />
            <Mark
              x={placeOn(axis, one.redshift!) ?? LEFT}
              y={TOP + (i + 0.5) * row}
              shape={shapeOf(one)}
              colour={colourOf(one.survey)}
              best={one.isBest}
              size={row > 12 ? 4 : 2.5}
            />
          </g>
        ))}
      </svg>
      <figcaption className="tsm-Explorer-muted">
        {axis.isBroken ? trans.__('redshift, axis broken, one scale') : trans.__('redshift')}
        {tolerance !== null &&
          ' · ' +
            trans.__('shaded: agrees with %1 within %2 (1 + z)', first.number, formatValue(within, 'other'))}
      </figcaption>
    </figure>
  );
}

/** The line, its ticks, and two strokes where it is broken. */
function AxisLine({ axis, y }: { readonly axis: IAxis; readonly y: number }): JSX.Element {
  return (
    <g className="tsm-Why-scale">
      {axis.segments.map(({ low, high, left, right, ticks }, i) => (
        <g key={left}>
          <path d={`M${left} ${y}H${right}`} />
          {i > 0 && <path d={`M${left - 11} ${y + 4}l4 -8M${left - 7} ${y + 4}l4 -8`} />}
          {ticks.map(({ value, label }) => {
            const x = left + ((value - low) / (high - low || 1)) * (right - left);
            const room = label.length * 3.1;
            return (
              <g key={value}>
                <path d={`M${x} ${y}v4`} />
                <text
                  x={Math.min(Math.max(x, left - 4 + room), right + 4 - room)}
                  y={y + 15}
                  textAnchor="middle"
                >
                  {label}
                </text>
              </g>
            );
          })}
        </g>
      ))}
    </g>
  );
}

interface IErrorBarProps {
  readonly axis: IAxis;
  readonly measurement: IMeasurement;
  readonly y: number;
  readonly colour: string;
}

/** One error to both sides; an end that is cut off has no cap. */
function ErrorBar({ axis, measurement, y, colour }: IErrorBarProps): JSX.Element | null {
  const { redshift, error } = measurement;
  if (redshift === null || error === null || !(error > 0)) {
    return null;
  }
  const range = rangeOn(axis, redshift, redshift - error, redshift + error);
  if (range === null) {
    return null;
  }
  const cap = (x: number) => `M${x} ${y - 3}v6`;
  return (
    <path
      className="tsm-Why-error"
      style={{ stroke: colour }}
      d={`M${range.from} ${y}H${range.to}${range.cutLow ? '' : cap(range.from)}${range.cutHigh ? '' : cap(range.to)}`}
    />
  );
}
