/** Few texts that many rows share: bytes are compared, and each text is made once. */

import type { Data } from 'apache-arrow';

const START = 256;

/**
 * Codes of the texts of one part of a column, and the texts in the order in which they come; -1 for null.
 *
 * Open addressing over a hash of the bytes (FNV-1a, 32 bits): a string a row would cost more than all else.
 */
export function codesOf(part: Data, valid: Uint8Array | null): { codes: Int32Array; texts: string[] } {
  const bytes = part.values as Uint8Array;
  const offsets = smallOffsets(part.valueOffsets as ArrayLike<number> | BigInt64Array, part.length);
  const codes = new Int32Array(part.length);
  const texts: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const hashes: number[] = [];
  const decoder = new TextDecoder();
  let slots = new Int32Array(START).fill(-1);
  const place = (hash: number, start: number, end: number): number => {
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let code = slots[slot]; code >= 0; code = slots[slot]) {
      if (hashes[code] === hash && isSame(bytes, starts[code], ends[code], start, end)) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
    return slot;
  };
  for (let row = 0; row < codes.length; row++) {
    if (valid !== null && valid[row] === 0) {
      codes[row] = -1;
      continue;
    }
    const start = offsets[row];
    const end = offsets[row + 1];
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) {
      hash = Math.imul(hash ^ bytes[i], 0x01000193);
    }
    let slot = place(hash, start, end);
    if (slots[slot] < 0) {
      if (2 * texts.length >= slots.length) {
        slots = new Int32Array(2 * slots.length).fill(-1);
        hashes.forEach((known, code) => (slots[free(slots, known)] = code));
        slot = place(hash, start, end);
      }
      slots[slot] = texts.length;
      texts.push(decoder.decode(bytes.subarray(start, end)));
      starts.push(start);
      ends.push(end);
      hashes.push(hash);
    }
    codes[row] = slots[slot];
  }
  return { codes, texts };
}

function free(slots: Int32Array, hash: number): number {
  const mask = slots.length - 1;
  let slot = hash & mask;
  while (slots[slot] >= 0) {
    slot = (slot + 1) & mask;
  }
  return slot;
}

function isSame(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): boolean {
  if (aEnd - a !== bEnd - b) {
    return false;
  }
  for (; a < aEnd; a++, b++) {
    if (bytes[a] !== bytes[b]) {
      return false;
    }
  }
  return true;
}

/** Offsets as plain numbers: those of large texts come as 64-bit integers. */
function smallOffsets(offsets: ArrayLike<number> | BigInt64Array, length: number): ArrayLike<number> {
  if (offsets instanceof BigInt64Array) {
    return Float64Array.from({ length: length + 1 }, (_, i) => Number(offsets[i]));
  }
  return offsets;
}
