import type { ISkyResult } from '../../table/requests';
import type { Range } from '../../table/selection';
import { wrap360, type ISkyFrame } from '../../table/sky';
import type { ITheme } from '../theme';
import type { IBox } from './canvas';
import type { CellPainter } from './cells';
import { placeIn, type Place } from './skyGrid';

/** The rows, one by one or as a density, and the selection: its outline, and a veil over the rest. */
export function drawSkyCounts(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  box: IBox,
  result: ISkyResult,
  ra: Range | null,
  dec: Range | null,
  painter: CellPainter
): void {
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  context.clip();
  if (result.points) {
    drawPoints(context, theme, box, result.frame, result.points);
  } else {
    painter.draw(context, theme, box, result, { toLeft: true });
  }
  if (ra !== null || dec !== null) {
    outline(context, theme, box, result.frame, placeIn(result.frame, box), ra, dec);
  }
  context.restore();
}

/** A dot a row; smaller where they are many. */
function drawPoints(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  box: IBox,
  frame: ISkyFrame,
  points: Float32Array
): void {
  const perX = (box.right - box.left) / (frame.x[1] - frame.x[0]);
  const perY = (box.bottom - box.top) / (frame.y[1] - frame.y[0]);
  const count = points.length / 2;
  const size = count > 1500 ? 2 : count > 300 ? 3 : 4;
  context.fillStyle = theme.accent;
  context.globalAlpha = count > 300 ? 0.7 : 0.85;
  context.beginPath();
  for (let i = 0; i < points.length; i += 2) {
    const x = box.left + (frame.x[1] - points[i]) * perX;
    const y = box.top + (frame.y[1] - points[i + 1]) * perY;
    if (size > 2) {
      context.moveTo(x + size / 2, y);
      context.arc(x, y, size / 2, 0, 2 * Math.PI);
    } else {
      context.rect(x - size / 2, y - size / 2, size, size);
    }
  }
  context.fill();
  context.globalAlpha = 1;
}

function outline(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  box: IBox,
  frame: ISkyFrame,
  place: Place,
  ra: Range | null,
  dec: Range | null
): void {
  const decs = [Math.max(-90, dec?.[0] ?? -90), Math.min(90, dec?.[1] ?? 90)];
  const bounded = ra !== null && ra[0] !== -Infinity && ra[1] !== Infinity;
  const start = bounded ? ra[0] : frame.ra - 179.99;
  const span = bounded ? wrap360(ra[1] - ra[0]) : 359.98;
  const along = (from: [number, number], to: [number, number]) =>
    Array.from({ length: 33 }, (_, i) =>
      place(from[0] + ((to[0] - from[0]) * i) / 32, from[1] + ((to[1] - from[1]) * i) / 32)
    );
  const corners: [number, number][] = [
    [start, decs[0]],
    [start + span, decs[0]],
    [start + span, decs[1]],
    [start, decs[1]]
  ];
  const path = new Path2D();
  corners.forEach((corner, i) => {
    along(corner, corners[(i + 1) % 4]).forEach(([x, y], j) =>
      i === 0 && j === 0 ? path.moveTo(x, y) : path.lineTo(x, y)
    );
  });
  path.closePath();
  // what is not selected is veiled, so that the selection keeps its colours
  const veil = new Path2D();
  veil.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  veil.addPath(path);
  context.globalAlpha = 0.55;
  context.fillStyle = theme.ground;
  context.fill(veil, 'evenodd');
  context.globalAlpha = 1;
  context.strokeStyle = theme.ground;
  context.lineWidth = 3;
  context.stroke(path);
  context.strokeStyle = theme.accent;
  context.lineWidth = 1.5;
  context.stroke(path);
  context.lineWidth = 1;
}
