/** How a figure looks on paper: a light ground, black ink, one typeface, ticks outside a closed frame. */

/** A Vega-Lite specification, or a part of one. */
export type Spec = { readonly [key: string]: unknown };

export const INK = '#1a1a1a';
export const FAINT = '#d9d9d9';
export const MAIN = '#4477aa';
/** Below lines of the main colour. */
export const FILL = '#b4c9dd';
export const BRUSH = '#7a5c00';
const MUTED = '#555555';
const FONT = 'Helvetica, Arial, "Liberation Sans", sans-serif';

/** Width of a plot, in points, and the usual height. */
export const WIDTH = 440;
export const HEIGHT = 300;

export const CONFIG: Spec = {
  background: 'white',
  font: FONT,
  padding: 12,
  view: { stroke: INK, strokeWidth: 1 },
  axis: {
    // above the marks, which may touch it
    domainColor: INK,
    grid: false,
    labelColor: INK,
    labelFlush: false,
    labelFontSize: 12,
    labelPadding: 4,
    tickColor: INK,
    tickSize: 5,
    titleColor: INK,
    titleFontSize: 13,
    titleFontWeight: 'normal',
    titlePadding: 10,
    zindex: 1
  },
  legend: {
    labelColor: INK,
    labelFontSize: 12,
    labelLimit: 200,
    titleColor: INK,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titleLimit: 200,
    symbolType: 'square'
  },
  title: {
    anchor: 'start',
    color: INK,
    fontSize: 15,
    fontWeight: 'bold',
    frame: 'group',
    offset: 12,
    subtitleColor: MUTED,
    subtitleFontSize: 11,
    subtitleLineHeight: 15,
    subtitlePadding: 5
  }
};

/** A text in lines of about this many characters, broken between words; the last line says if there is more. */
export function wrapped(text: string, width = 78, lines = 4): string[] {
  const found: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      found.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  found.push(line);
  return found.length > lines ? [...found.slice(0, lines - 1), `${found[lines - 1]} …`] : found;
}

/** 1, 10, 100 … up to a count; the count itself where it is small. */
export function powers(most: number): number[] {
  const found = [];
  for (let value = 1; value <= most; value *= 10) {
    found.push(value);
  }
  return found.length > 1 ? found : [...new Set([1, most])];
}

/** A number without the noise of its last digits. */
export function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

/** The bounds of bin `i` of so many between low and high. */
export function edge([low, high]: readonly [number, number], bins: number, i: number): number {
  return tidy(low + ((high - low) * i) / bins);
}
