import type { TranslationBundle } from '@jupyterlab/translation';
import { useCallback, useMemo, useRef, useState } from 'react';

import type { Footprint, ICircle, IRegistryBrief, IReleaseField } from '../../api';
import { ALL_SKY, fitFrame, type ISkyFrame } from '../../table/sky';
import { type ISize, useSize } from '../../ui/hooks';
import { type IBox, PlotCanvas } from '../../ui/plots/canvas';
import { drawSkyGrid, placeIn } from '../../ui/plots/skyGrid';
import { positionAt, positionText } from '../../ui/plots/skyPlace';
import { type ITheme, useTheme } from '../../ui/theme';
import { coverage, covers, isCircle, middle, reach } from './footprint';

/** CSS pixels of a cell of the map. */
const CELL = 2;
/** Catalogues on one place from which on it gets no darker. */
const MANY = 6;
/** Names that a tip has room for. */
const NAMES = 5;
/** Right ascension of the map's middle: so its edge goes through the Milky Way and few surveys. */
const MIDDLE = 90;

export interface ISkyMapProps {
  readonly entries: readonly IRegistryBrief[];
  /** The one that is pointed at. */
  readonly pointed: IRegistryBrief | null;
  /** What is asked for. */
  readonly place: ICircle | null;
  /** Fields of a release, drawn as outlines. */
  readonly fields: readonly IReleaseField[];
  readonly trans: TranslationBundle;
  /** Not given: the map is only looked at. */
  readonly pick?: (ra: number, dec: number) => void;
}

/** Where on the sky catalogues are, all of it, equal-area, RA to the left; a click picks a position. */
export function FootprintMap(props: ISkyMapProps): JSX.Element {
  const { entries, pointed, place, fields, trans, pick } = props;
  const host = useRef<HTMLDivElement>(null);
  const size = useSize(host);
  const theme = useTheme(host);
  const [tip, setTip] = useState<string | null>(null);
  const box = useMemo(() => boxOf(size), [size]);
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const frame = useMemo(() => fitFrame({ ...ALL_SKY, ra: MIDDLE }, width, height), [width, height]);

  const known = useMemo(() => entries.filter(one => one.footprint !== null), [entries]);
  const footprints = useMemo(() => known.map(one => one.footprint!), [known]);
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      drawCoverage(context, theme, box, frame, footprints, theme.accent);
      drawSkyGrid(context, theme, box, frame);
      if (pointed?.footprint) {
        drawCoverage(context, theme, box, frame, [pointed.footprint], theme.ink);
      }
      for (const field of fields) {
        outline(context, theme, box, frame, field, theme.ink, 1);
      }
      if (place !== null) {
        outline(context, theme, box, frame, place, theme.accent, 2.5);
      }
    },
    [theme, box, frame, footprints, pointed, fields, place]
  );

  const positionOf = (event: React.MouseEvent): [number, number] | null => {
    const bounds = host.current!.getBoundingClientRect();
    const [x, y] = [event.clientX - bounds.left - box.left, event.clientY - bounds.top - box.top];
    return positionAt(frame, x, y, width, height);
  };
  const look = (event: React.MouseEvent) => {
    const position = positionOf(event);
    if (position === null) {
      setTip(null);
      return;
    }
    const bounds = host.current!.getBoundingClientRect();
    const at = { x: event.clientX - bounds.left - box.left, y: event.clientY - bounds.top - box.top };
    const here = known.filter(one => covers(one.footprint!, ...position)).map(one => one.name);
    const more = here.length - NAMES;
    const names = more > 0 ? [...here.slice(0, NAMES), trans.__('%1 more', more)] : here;
    setTip([positionText(frame, at, width, height), names.join(', ')].filter(Boolean).join(' · '));
  };
  const unknown = entries.length - known.length;
  return (
    <figure className="tsm-Registry-map">
      <div
        ref={host}
        className={`tsm-Registry-sky${pick ? ' tsm-mod-picks' : ''}`}
        role="img"
        aria-label={trans.__(
          'Sky map, RA to the left: footprints of %1 catalogues. A position can be typed in the fields RA and Dec.',
          known.length
        )}
        onMouseMove={look}
        onMouseLeave={() => setTip(null)}
        onClick={event => {
          const position = positionOf(event);
          if (position !== null) {
            pick?.(...position);
          }
        }}
      >
        <PlotCanvas size={size} draw={draw} />
        {tip !== null && <div className="tsm-Plot-tip tsm-mod-bottom">{tip}</div>}
      </div>
      <figcaption className="tsm-mod-muted">
        {[
          pick ? trans.__('Click on the sky to look there.') : null,
          entries.length > 1 ? trans.__('Darker: more catalogues.') : null,
          fields.length > 0 ? trans.__('Rings: fields of the release.') : null,
          unknown > 0
            ? trans._n(
                'The footprint of 1 catalogue is not known: it is not on the map.',
                'The footprints of %1 catalogues are not known: they are not on the map.',
                unknown
              )
            : null
        ]
          .filter(Boolean)
          .join(' ')}
      </figcaption>
    </figure>
  );
}

function boxOf({ width, height }: ISize): IBox {
  return { left: 4, top: 4, right: Math.max(5, width - 4), bottom: Math.max(5, height - 4) };
}

/** Cells that are covered, darker where by more; what is smaller than a few of them is a dot. */
function drawCoverage(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  box: IBox,
  frame: ISkyFrame,
  footprints: readonly Footprint[],
  colour: string
): void {
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const [columns, rows] = [Math.floor(width / CELL), Math.floor(height / CELL)];
  const pixel = (frame.x[1] - frame.x[0]) / width; // degrees
  const large = footprints.map(one => one.filter(part => reach(part) > 2 * CELL * pixel));
  const counts = coverage(large, columns, rows, (column, row) =>
    positionAt(frame, (column + 0.5) * CELL, (row + 0.5) * CELL, width, height)
  );
  context.save();
  context.fillStyle = colour;
  counts.forEach((count, i) => {
    if (count > 0) {
      context.globalAlpha = 0.12 + (0.68 * Math.min(count, MANY)) / MANY;
      const [column, row] = [i % columns, Math.floor(i / columns)];
      context.fillRect(box.left + column * CELL, box.top + row * CELL, CELL, CELL);
    }
  });
  context.globalAlpha = 0.9;
  const placed = placeIn(frame, box);
  for (const part of footprints.flat()) {
    if (reach(part) <= 2 * CELL * pixel) {
      const [x, y] = placed(...middle(part));
      context.beginPath();
      context.arc(x, y, 3, 0, 2 * Math.PI);
      context.fill();
      context.strokeStyle = theme.ground;
      context.stroke();
    }
  }
  context.restore();
}

/** A ring, at least large enough to be seen. */
function outline(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  box: IBox,
  frame: ISkyFrame,
  part: ICircle,
  colour: string,
  thick: number
): void {
  if (!isCircle(part)) {
    return;
  }
  const [x, y] = placeIn(frame, box)(part.ra, part.dec);
  const pixel = (frame.x[1] - frame.x[0]) / (box.right - box.left);
  context.save();
  context.beginPath();
  context.arc(x, y, Math.max(5, part.radius_deg / pixel), 0, 2 * Math.PI);
  context.lineWidth = thick + 2;
  context.strokeStyle = theme.ground;
  context.stroke();
  context.lineWidth = thick;
  context.strokeStyle = colour;
  context.stroke();
  context.restore();
}
