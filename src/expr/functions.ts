import type { Value } from './columns';

/** Arithmetic and functions on single values. A null gives null; whole numbers stay whole and exact. */

type Num = bigint | number;

/** A whole number as plain number where that is exact, else BigInt. */
export function whole(value: bigint): Num {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value;
}

/** Whether the value is of an integer type cannot be seen from a JavaScript number: the caller says so. */
export function arithmetic(op: '+' | '-' | '*' | '/', integers: boolean): (a: Num, b: Num) => Value {
  if (op === '/') {
    // true division; by zero there is no value
    return (a, b) => (Number(b) === 0 ? null : Number(a) / Number(b));
  }
  const float =
    op === '+'
      ? (a: number, b: number) => a + b
      : op === '-'
        ? (a: number, b: number) => a - b
        : (a: number, b: number) => a * b;
  if (!integers) {
    return (a, b) => float(Number(a), Number(b));
  }
  const big =
    op === '+'
      ? (a: bigint, b: bigint) => a + b
      : op === '-'
        ? (a: bigint, b: bigint) => a - b
        : (a: bigint, b: bigint) => a * b;
  return (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') {
      const result = float(a, b);
      if (Number.isSafeInteger(result)) {
        return result;
      }
    }
    return whole(big(BigInt(a), BigInt(b)));
  };
}

/** Remainder with the sign of the dividend, as in ADQL. */
export function mod(a: Num, b: Num): Value {
  if (Number(b) === 0) {
    return null;
  }
  if (typeof a === 'number' && typeof b === 'number') {
    return a % b;
  }
  if (isWhole(a) && isWhole(b)) {
    return whole(BigInt(a) % BigInt(b));
  }
  return Number(a) % Number(b);
}

function isWhole(value: Num): boolean {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}

export function abs(value: Num): Value {
  return value < 0 ? -value : value;
}

export function log10(value: Num): Value {
  const number = Number(value);
  return number > 0 ? Math.log10(number) : NaN;
}

export function floor(value: Num): Value {
  return typeof value === 'bigint' ? value : Math.floor(value);
}

/** To the nearest whole number, halves away from zero. */
export function round(value: Num): Value {
  return typeof value === 'bigint' ? value : Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
}

/** To this many decimals, halves away from zero. */
export function roundTo(value: Num, decimals: Num): Value {
  if (typeof value === 'bigint' && Number(decimals) >= 0) {
    return value;
  }
  const number = Number(value);
  const scaled = Number(`${Math.abs(number)}e${Number(decimals)}`);
  const rounded = Number(`${Math.floor(scaled + 0.5)}e${-Number(decimals)}`);
  return Number.isNaN(rounded) ? number : Math.sign(number) * rounded;
}

/** Last digit of the integer part; of a text, of the number that it starts with. */
export function digit(value: Value): Value {
  if (typeof value === 'string') {
    const match = /^\s*[+-]?(\d+)/.exec(value);
    return match === null ? null : Number(match[1].slice(-1));
  }
  if (typeof value === 'bigint') {
    return Number(value < 0n ? -value % 10n : value % 10n);
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) ? Math.trunc(Math.abs(value)) % 10 : null;
  }
  return null;
}

/** A LIKE pattern as a regular expression: % is any text, _ any one character. */
export function likePattern(pattern: string): RegExp {
  const source = [...pattern]
    .map(char => (char === '%' ? '[^]*' : char === '_' ? '[^]' : char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}$`, 'u');
}
