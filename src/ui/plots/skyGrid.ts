import { project, type ISkyFrame } from '../../table/sky';
import type { ITheme } from '../theme';
import { haloText, setFont } from './axes';
import type { IBox } from './canvas';
import { graticule, skyEdges, type ISkyLine, type Point } from './graticule';

export type Place = (ra: number, dec: number) => Point;

/** Where a position lies in a box that shows a frame. */
export function placeIn(frame: ISkyFrame, box: IBox): Place {
  return (a, d) => inBox(frame, box, project(frame, a, d));
}

/** Where a place of the plane lies in a box that shows a frame. */
function inBox(frame: ISkyFrame, box: IBox, [x, y]: Point): Point {
  return [
    box.left + ((frame.x[1] - x) / (frame.x[1] - frame.x[0])) * (box.right - box.left),
    box.top + ((frame.y[1] - y) / (frame.y[1] - frame.y[0])) * (box.bottom - box.top)
  ];
}

/** The graticule with its labels, and a line around a field or all sky. */
export function drawSkyGrid(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  box: IBox,
  frame: ISkyFrame
): void {
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  context.clip();
  const lines = graticule(frame, { ra: (box.right - box.left) / 90, dec: (box.bottom - box.top) / 55 });
  setFont(context, theme);
  context.globalAlpha = 0.6;
  for (const points of [...lines.map(line => line.points), ...skyEdges(frame)]) {
    context.beginPath();
    points.forEach((point, i) => {
      const [x, y] = inBox(frame, box, point);
      return i === 0 ? context.moveTo(x, y) : context.lineTo(x, y);
    });
    context.stroke();
  }
  context.globalAlpha = 1;
  drawLabels(context, theme, box, frame, lines);
  context.restore();
  if (frame.kind === 'field') {
    context.strokeStyle = theme.line;
    context.strokeRect(box.left + 0.5, box.top + 0.5, box.right - box.left - 1, box.bottom - box.top - 1);
  }
}

function drawLabels(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  box: IBox,
  frame: ISkyFrame,
  lines: readonly ISkyLine[]
): void {
  context.textBaseline = 'bottom';
  let last = Infinity;
  for (const { kind, text, foot } of lines) {
    if (foot === null) {
      continue;
    }
    const [x, y] = inBox(frame, box, foot);
    if (kind === 'dec') {
      context.textAlign = 'left';
      if (y > box.top + 18 && y < box.bottom - 18) {
        haloText(context, theme, text, Math.max(box.left, x) + 4, y - 2);
      }
      continue;
    }
    context.textAlign = 'center';
    const half = context.measureText(text).width / 2 + 2;
    // RA grows to the left: each label is left of the one before
    if (x - half > box.left && x + half < box.right && x + half < last) {
      haloText(context, theme, text, x, frame.kind === 'all' ? y - 2 : box.bottom - 3);
      last = x - half;
    }
  }
}
