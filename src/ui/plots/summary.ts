import type { TranslationBundle } from '@jupyterlab/translation';
import type { ICategoriesResult, IDensityResult, IHistogramResult, ISkyResult } from '../../table/requests';
import type { Range } from '../../table/selection';
import { unproject } from '../../table/sky';
import { categoryName, formatCount, formatShare, formatTick } from '../format';

/** What a plot shows, in words: for those who can't see it. */

export function histogramSummary(
  trans: TranslationBundle,
  label: string,
  result: IHistogramResult,
  selection: Range | null
): string {
  const [low, high] = result.range;
  const step = (high - low) / result.bins;
  const peak = densest(result.passed);
  const words = [
    trans.__(
      'Histogram of %1: %2 rows from %3 to %4, in %5 steps of %6.',
      label,
      formatCount(result.total),
      formatTick(low, step),
      formatTick(high, step),
      result.bins,
      formatTick(step, step)
    )
  ];
  if (result.total > 0) {
    words.push(
      trans.__(
        'Most between %1 and %2: %3 rows.',
        formatTick(low + peak * step, step),
        formatTick(low + (peak + 1) * step, step),
        formatCount(result.passed[peak])
      )
    );
  }
  if (result.groups.length > 1) {
    const sums = result.groups.map((_, group) => sumOf(result.grouped, group * result.bins, result.bins));
    words.push(
      `${result.groups.map((value, i) => `${categoryName(value)} ${formatCount(sums[i])}`).join(', ')}.`
    );
  }
  return [...words, selected(trans, [[label, selection]])].join(' ');
}

export function densitySummary(
  trans: TranslationBundle,
  xLabel: string,
  yLabel: string,
  result: IDensityResult,
  x: Range | null,
  y: Range | null
): string {
  const { nx, ny, xRange, yRange } = result;
  const [dx, dy] = [(xRange[1] - xRange[0]) / nx, (yRange[1] - yRange[0]) / ny];
  const words = [
    trans.__(
      'Density of %1 rows: %2 from %3 to %4 across',
      formatCount(result.total),
      xLabel,
      formatTick(xRange[0], dx),
      formatTick(xRange[1], dx)
    ) +
      ', ' +
      trans.__('%1 from %2 to %3 upwards.', yLabel, formatTick(yRange[0], dy), formatTick(yRange[1], dy))
  ];
  if (result.total > 0) {
    const peak = densest(result.passed);
    words.push(
      trans.__(
        'Densest near %1 %2 and %3 %4: %5 rows.',
        xLabel,
        formatTick(xRange[0] + ((peak % nx) + 0.5) * dx, dx / 10),
        yLabel,
        formatTick(yRange[0] + (Math.floor(peak / nx) + 0.5) * dy, dy / 10),
        formatCount(result.passed[peak])
      )
    );
  }
  return [
    ...words,
    selected(trans, [
      [xLabel, x],
      [yLabel, y]
    ])
  ].join(' ');
}

export function skySummary(
  trans: TranslationBundle,
  result: ISkyResult,
  ra: Range | null,
  dec: Range | null
): string {
  const { frame, nx, ny } = result;
  const [width, height] = [frame.x[1] - frame.x[0], frame.y[1] - frame.y[0]];
  const words = [
    frame.kind === 'all'
      ? trans.__('Sky map of %1 rows, all sky.', formatCount(result.total))
      : trans.__(
          'Sky map of %1 rows, %2 by %3 degrees around RA %4, dec %5.',
          formatCount(result.total),
          formatTick(width, width / 10),
          formatTick(height, height / 10),
          ...middleOf(result)
        )
  ];
  if (result.total > 0) {
    const peak = densest(result.passed);
    const x = frame.x[0] + (((peak % nx) + 0.5) / nx) * width;
    const y = frame.y[0] + ((Math.floor(peak / nx) + 0.5) / ny) * height;
    const position = unproject(frame, x, y);
    if (position !== null) {
      words.push(
        trans.__(
          'Densest near RA %1, dec %2.',
          formatTick(position[0], width / nx),
          formatTick(position[1], height / ny)
        )
      );
    }
  }
  return [
    ...words,
    selected(trans, [
      ['RA', ra],
      ['dec', dec]
    ])
  ].join(' ');
}

function middleOf({ frame }: ISkyResult): [string, string] {
  const width = frame.x[1] - frame.x[0];
  const place = unproject(frame, (frame.x[0] + frame.x[1]) / 2, (frame.y[0] + frame.y[1]) / 2);
  return place === null ? ['?', '?'] : [formatTick(place[0], width / 100), formatTick(place[1], width / 100)];
}

export function categoriesSummary(trans: TranslationBundle, result: ICategoriesResult): string {
  const total = sumOf(result.passed, 0, result.passed.length) + result.othersPassed;
  const most = densest(result.passed);
  return total === 0
    ? trans.__('Rows by %1: none.', result.column)
    : trans.__(
        'Rows by %1: %2 values; most are %3, %4 of %5 rows, %6.',
        result.column,
        result.values.length + result.others,
        categoryName(result.values[most]),
        formatCount(result.passed[most]),
        formatCount(total),
        formatShare(result.passed[most], total)
      );
}

function selected(trans: TranslationBundle, ranges: [string, Range | null][]): string {
  const parts = ranges.flatMap(([label, range]) =>
    range === null
      ? []
      : [
          range[0] === -Infinity
            ? trans.__('%1 up to %2', label, range[1])
            : range[1] === Infinity
              ? trans.__('%1 from %2', label, range[0])
              : trans.__('%1 from %2 to %3', label, range[0], range[1])
        ]
  );
  return parts.length === 0
    ? trans.__('Nothing selected here.')
    : trans.__('Selected: %1.', parts.join(', '));
}

function densest(counts: Uint32Array): number {
  let place = 0;
  for (let i = 1; i < counts.length; i++) {
    if (counts[i] > counts[place]) {
      place = i;
    }
  }
  return place;
}

function sumOf(counts: Uint32Array, from: number, length: number): number {
  let sum = 0;
  for (let i = from; i < from + length; i++) {
    sum += counts[i];
  }
  return sum;
}
