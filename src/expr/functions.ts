import type { Value } from './columns';

/**
 * Arithmetic and functions on single values. A null gives null. Whole numbers stay whole and exact as long as they are
 * 64-bit integers; what is beyond has no value.
 */

type Num = bigint | number;

const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

/** A whole number as plain number where that is exact, else BigInt; null beyond 64 bits. */
export function whole(value: bigint): Num | null {
  if (value < LEAST || value > MOST) {
    return null;
  }
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

export function negative(value: Num): Value {
  return typeof value === 'bigint' ? whole(-value) : -value;
}

export function abs(value: Num): Value {
  return value < 0 ? negative(value) : value;
}

export function log10(value: Num): Value {
  const number = Number(value);
  return number > 0 ? Math.log10(number) : null;
}

export function floor(value: Num): Value {
  return typeof value === 'bigint' ? value : Math.floor(value);
}

/** To this many decimals, halves away from zero. */
export function round(value: Num, decimals: Num = 0): Value {
  if (typeof value === 'bigint') {
    return value;
  }
  const scale = 10 ** Number(decimals);
  return Math.sign(value) * (Math.floor(Math.abs(value) * scale + 0.5) / scale);
}

/** Last digit of the whole part: 13, 213 and '3b' give 3, 2.5 gives 2; null for what is negative or no number. */
export function digit(value: Value): Value {
  if (typeof value === 'string') {
    const match = /^\s*\+?([0-9]+)/.exec(value);
    return match === null ? null : Number(match[1].slice(-1));
  }
  if (typeof value === 'bigint') {
    return value < 0n ? null : Number(value % 10n);
  }
  return typeof value === 'number' && value > -1 && value < 2 ** 53 ? Math.trunc(value) % 10 : null;
}

/** A LIKE pattern as a regular expression: % is any text, _ any one character. */
export function likePattern(pattern: string): RegExp {
  const source = [...pattern]
    .map(char =>
      char === '%' ? '[^]*' : char === '_' ? '[^]' : char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    )
    .join('');
  return new RegExp(`^${source}$`, 'u');
}
