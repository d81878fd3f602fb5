import { ALL_SKY, unproject, type ISkyFrame } from '../../table/sky';

/** Wider than this, a map shows all sky; the projection of a field would bend it too much. */
const WIDEST_FIELD = 100;
/** 2 arcsec: no catalogue has more to show. */
const NARROWEST = 2 / 3600;

/** A frame closer (factor below 1) or farther, with the place under the pointer (0 to 1, from the top left) kept. */
export function zoomed(frame: ISkyFrame, factor: number, at: { x: number; y: number } = MIDDLE): ISkyFrame {
  const [width, height] = [frame.x[1] - frame.x[0], frame.y[1] - frame.y[0]];
  const times = Math.max(factor, NARROWEST / width);
  const px = frame.x[1] - at.x * width;
  const py = frame.y[1] - at.y * height;
  return windowAt(
    frame,
    px + (at.x - 0.5) * width * times,
    py + (at.y - 0.5) * height * times,
    width * times,
    height * times
  );
}

/** A frame moved by parts of its width and height, as the sky follows the hand. */
export function panned(frame: ISkyFrame, right: number, down: number): ISkyFrame {
  const [width, height] = [frame.x[1] - frame.x[0], frame.y[1] - frame.y[0]];
  const [x, y] = centreOf(frame);
  return windowAt(frame, x + right * width, y + down * height, width, height);
}

const MIDDLE = { x: 0.5, y: 0.5 };

function centreOf(frame: ISkyFrame): [number, number] {
  return [(frame.x[0] + frame.x[1]) / 2, (frame.y[0] + frame.y[1]) / 2];
}

/** A window around a place of the frame's plane; a narrow one is a field with the projection's centre in its middle. */
function windowAt(frame: ISkyFrame, x: number, y: number, width: number, height: number): ISkyFrame {
  const full = ALL_SKY.x[1] - ALL_SKY.x[0];
  const wide = Math.max(width, height);
  if (wide >= WIDEST_FIELD) {
    if (frame.kind === 'field' || width >= full) {
      return ALL_SKY;
    }
    // never beyond the edge of the sky
    const inside = (middle: number, size: number, [low, high]: readonly [number, number]): number =>
      size >= high - low ? (low + high) / 2 : Math.max(low + size / 2, Math.min(high - size / 2, middle));
    const [cx, cy] = [inside(x, width, ALL_SKY.x), inside(y, height, ALL_SKY.y)];
    return { ...frame, x: [cx - width / 2, cx + width / 2], y: [cy - height / 2, cy + height / 2] };
  }
  const centre = unproject(frame, x, y) ?? unproject(frame, ...centreOf(frame)) ?? [frame.ra, frame.dec];
  return {
    kind: 'field',
    ra: centre[0],
    dec: centre[1],
    x: [-width / 2, width / 2],
    y: [-height / 2, height / 2]
  };
}

/**
 * How a picture of one frame lies in another: where it is moved and how it grows, in parts of the box. Exact in its
 * middle; good enough while the counts of the other frame are on their way. Null where they have little in common.
 */
export function lyingIn(
  from: ISkyFrame,
  to: ISkyFrame,
  place: (frame: ISkyFrame, ra: number, dec: number) => [number, number]
): { x: number; y: number; scale: number } | null {
  const centre = unproject(from, ...centreOf(from));
  if (centre === null) {
    return null;
  }
  const scale = (from.x[1] - from.x[0]) / (to.x[1] - to.x[0]);
  const [x, y] = place(to, ...centre);
  return Number.isFinite(x + y) && scale < 20 && scale > 0.02 ? { x: x - 0.5, y: y - 0.5, scale } : null;
}
