import { ALL_SKY, fitFrame, type ISkyFrame } from '../../table/sky';
import { drawSkyGrid, placeIn } from '../plots/skyGrid';
import type { ITheme } from '../theme';

const box = { left: 4, top: 4, right: 404, bottom: 204 };
const theme = { font: 'sans-serif', fontSize: 12 } as ITheme;

/** What is drawn: curves as points, and texts with their places. */
function drawn(frame: ISkyFrame) {
  const curves: [number, number][][] = [];
  const labels: { text: string; x: number; y: number }[] = [];
  let open: [number, number][] = [];
  const context = {
    save: () => {},
    restore: () => {},
    rect: () => {},
    clip: () => {},
    strokeRect: () => {},
    strokeText: () => {},
    beginPath: () => (open = []),
    moveTo: (x: number, y: number) => open.push([x, y]),
    lineTo: (x: number, y: number) => open.push([x, y]),
    stroke: () => curves.push(open),
    fillText: (text: string, x: number, y: number) => labels.push({ text, x, y }),
    measureText: (text: string) => ({ width: 7 * text.length })
  };
  drawSkyGrid(context as unknown as CanvasRenderingContext2D, theme, box, frame);
  return { curves, labels };
}

/** Where the curves pass a height, but for those that lie along it. */
function passes(curves: [number, number][][], y: number): number[] {
  return curves
    .flatMap(points =>
      points.flatMap(([x1, y1], i) => {
        const [x0, y0] = points[Math.max(0, i - 1)];
        return (y0 - y) * (y1 - y) < 0 ? [x0 + ((x1 - x0) * (y - y0)) / (y1 - y0)] : [];
      })
    )
    .sort((a, b) => a - b);
}

describe('the grid of an all-sky map', () => {
  const frame = fitFrame(ALL_SKY, 400, 200);

  it('ends with a meridian on the left and one on the right', () => {
    const { curves } = drawn(frame);
    const found = passes(curves, 120);
    const [left, right] = [179.9999, -179.9999].map(ra => placeIn(frame, box)(ra, -20)[0]);
    // a little below the equator, the map is a little narrower
    expect(found).toHaveLength(7);
    expect(found[0]).toBeGreaterThan(box.left);
    expect(found[0]).toBeLessThan(left);
    expect(found[6]).toBeLessThan(box.right);
    expect(found[6]).toBeGreaterThan(right);
    expect(found[0] - box.left).toBeCloseTo(box.right - found[6], 2);
  });

  it('ends so too where its middle is between two meridians', () => {
    const { curves } = drawn({ ...frame, ra: 100 });
    const found = passes(curves, 120);
    expect(found).toHaveLength(8);
    expect(found[0] - box.left).toBeCloseTo(box.right - found[7], 2);
  });

  it('says right ascension on the equator and declination at the left edge', () => {
    const { labels } = drawn(frame);
    expect(labels.map(label => label.text)).toEqual([
      '240°',
      '300°',
      '0°',
      '60°',
      '120°',
      '−60°',
      '−30°',
      '+30°',
      '+60°'
    ]);
    const [zero, sixty] = ['0°', '60°'].map(text => labels.find(label => label.text === text)!);
    expect(zero.x).toBeCloseTo(204, 6);
    expect(sixty.x).toBeLessThan(zero.x);
    expect(labels.find(label => label.text === '+30°')!.y).toBeLessThan(104);
  });
});

it('the grid of a field is labelled where its lines meet the edges', () => {
  const frame = {
    kind: 'field' as const,
    ra: 359.9,
    dec: 40,
    x: [-2, 2] as const,
    y: [-1, 1] as const
  };
  const { labels } = drawn(frame);
  // RA grows to the left, through 0
  const along = labels.filter(label => label.y === box.bottom - 3);
  expect(along.map(label => label.text)).toEqual(['358°', '0°', '2°']);
  expect(along.every((label, i) => i === 0 || label.x < along[i - 1].x)).toBe(true);
  const [x] = placeIn(frame, box)(360, 39);
  expect(Math.abs(along[1].x - x)).toBeLessThan(4);
  const up = labels.filter(label => label.x === box.left + 4);
  expect(up.map(label => label.text)).toEqual(['+40°']);
});
