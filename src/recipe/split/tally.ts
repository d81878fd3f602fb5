/** How many rows of each part there are, in all and in every bin. */
import { murmur3All } from '../../table/splitHash';
import { type IBinned, SKY } from './bins';

/** Counts by part, then by bin: part * bins + bin. */
export interface ITally {
  readonly parts: number;
  readonly rows: Float64Array;
  /** Keys: galaxies, or objects, each once. */
  readonly objects: Float64Array;
  readonly redshift: Uint32Array;
  readonly magnitude: Uint32Array;
  readonly sky: Uint32Array;
}

/** Rows in the order of their hashes, and counts of all rows before every block of them. */
export interface IHashOrder {
  readonly hash: Uint32Array;
  /** 1 on the first row of each key. */
  readonly first: Uint8Array;
  readonly redshiftBin: Uint8Array;
  readonly magnitudeBin: Uint8Array;
  readonly cell: Uint16Array;
  readonly before: {
    readonly first: Uint32Array;
    readonly redshift: Uint32Array;
    readonly magnitude: Uint32Array;
    readonly sky: Uint32Array;
  };
  readonly redshiftBins: number;
  readonly magnitudeBins: number;
}

const BLOCK = 4096;
const CELLS = SKY.columns * SKY.rows;

/** What `HashTally` counts from; of millions of rows it takes seconds: better in a worker. */
export function hashOrder(binned: IBinned, seed: number): IHashOrder {
  const { key, rows } = binned;
  const hashes = murmur3All(key, seed);
  const order = orderOf(hashes);
  const hash = taken(hashes, order, Uint32Array);
  const first = firstsOf(hash, order, key);
  const redshiftBin = taken(binned.redshiftBin, order, Uint8Array);
  const magnitudeBin = taken(binned.magnitudeBin, order, Uint8Array);
  const cell = taken(binned.cell, order, Uint16Array);
  const redshiftBins = binned.redshift?.bins ?? 0;
  const magnitudeBins = binned.magnitude?.bins ?? 0;
  const blocks = Math.floor(rows / BLOCK) + 1;
  return {
    ...{ hash, first, redshiftBin, magnitudeBin, cell, redshiftBins, magnitudeBins },
    before: {
      first: cumulated(first, 1, blocks, 1),
      redshift: cumulated(redshiftBin, redshiftBins, blocks),
      magnitude: cumulated(magnitudeBin, magnitudeBins, blocks),
      sky: cumulated(cell, binned.sky ? CELLS : 0, blocks)
    }
  };
}

/** Parts by hash of any proportions, at once: a part is a stretch of the rows in the order of their hashes. */
export class HashTally {
  constructor(private readonly _order: IHashOrder) {}

  /** Counts for these proportions, which sum to 1. */
  count(shares: readonly number[]): ITally {
    const { hash, before, redshiftBins, magnitudeBins } = this._order;
    const parts = shares.length;
    const sky = before.sky.length > 0 ? CELLS : 0;
    const tally: ITally = {
      parts,
      rows: new Float64Array(parts),
      objects: new Float64Array(parts),
      redshift: new Uint32Array(parts * redshiftBins),
      magnitude: new Uint32Array(parts * magnitudeBins),
      sky: new Uint32Array(parts * sky)
    };
    let sum = 0;
    let start = 0;
    shares.forEach((share, part) => {
      sum += share;
      const end = part === parts - 1 ? hash.length : lowerBound(hash, sum * 2 ** 32);
      const to = Math.max(start, end);
      tally.rows[part] = to - start;
      this._add(tally, part, to, 1);
      this._add(tally, part, start, -1);
      start = to;
    });
    return tally;
  }

  /** Add (or take away) all rows before a place. */
  private _add(tally: ITally, part: number, place: number, sign: 1 | -1): void {
    const { before, first, redshiftBin, magnitudeBin, cell, redshiftBins, magnitudeBins } = this._order;
    const block = Math.floor(place / BLOCK);
    const row = block * BLOCK;
    let objects = before.first[block];
    for (let i = row; i < place; i++) {
      objects += first[i];
    }
    tally.objects[part] += sign * objects;
    add(tally.redshift, part, before.redshift, redshiftBins, block, redshiftBin, row, place, sign);
    add(tally.magnitude, part, before.magnitude, magnitudeBins, block, magnitudeBin, row, place, sign);
    add(tally.sky, part, before.sky, before.sky.length > 0 ? CELLS : 0, block, cell, row, place, sign);
  }
}

function add(
  target: Uint32Array,
  part: number,
  before: Uint32Array,
  bins: number,
  block: number,
  bin: Uint8Array | Uint16Array,
  from: number,
  to: number,
  sign: 1 | -1
): void {
  const at = part * bins;
  const head = block * bins;
  for (let i = 0; i < bins; i++) {
    target[at + i] += sign * before[head + i];
  }
  for (let i = from; i < to; i++) {
    if (bin[i] < bins) {
      target[at + bin[i]] += sign;
    }
  }
}

/** Counts of parts that somebody else worked out; -1 is no part. */
export function countParts(
  binned: IBinned,
  first: Uint8Array | null,
  number: Int8Array,
  parts: number
): ITally {
  const redshiftBins = binned.redshift?.bins ?? 0;
  const magnitudeBins = binned.magnitude?.bins ?? 0;
  const sky = binned.sky ? CELLS : 0;
  const tally: ITally = {
    parts,
    rows: new Float64Array(parts),
    objects: new Float64Array(parts),
    redshift: new Uint32Array(parts * redshiftBins),
    magnitude: new Uint32Array(parts * magnitudeBins),
    sky: new Uint32Array(parts * sky)
  };
  const { redshiftBin, magnitudeBin, cell } = binned;
  for (let i = 0; i < number.length; i++) {
    const part = number[i];
    if (part < 0) {
      continue;
    }
    tally.rows[part] += 1;
    tally.objects[part] += first === null ? 1 : first[i];
    if (redshiftBin[i] < redshiftBins) {
      tally.redshift[part * redshiftBins + redshiftBin[i]] += 1;
    }
    if (magnitudeBin[i] < magnitudeBins) {
      tally.magnitude[part * magnitudeBins + magnitudeBin[i]] += 1;
    }
    if (cell[i] < sky) {
      tally.sky[part * sky + cell[i]] += 1;
    }
  }
  return tally;
}

/** 1 on one row of each key, in the rows' own order. */
export function firstRows(key: BigInt64Array): Uint8Array {
  const hashes = murmur3All(key, 0);
  const order = orderOf(hashes);
  const sorted = firstsOf(taken(hashes, order, Uint32Array), order, key);
  const first = new Uint8Array(key.length);
  order.forEach((row, place) => (first[row] = sorted[place]));
  return first;
}

/** Places in ascending order of the hashes: two passes of 16 bits. */
function orderOf(hashes: Uint32Array): Uint32Array {
  let order = new Uint32Array(hashes.length);
  for (let i = 0; i < order.length; i++) {
    order[i] = i;
  }
  for (const shift of [0, 16]) {
    const starts = new Uint32Array(65537);
    for (let i = 0; i < hashes.length; i++) {
      starts[((hashes[i] >>> shift) & 65535) + 1] += 1;
    }
    for (let i = 0; i < 65536; i++) {
      starts[i + 1] += starts[i];
    }
    const next = new Uint32Array(hashes.length);
    for (let i = 0; i < order.length; i++) {
      next[starts[(hashes[order[i]] >>> shift) & 65535]++] = order[i];
    }
    order = next;
  }
  return order;
}

/** 1 on the first row of each key: rows of one key have one hash. */
function firstsOf(hash: Uint32Array, order: Uint32Array, key: BigInt64Array): Uint8Array {
  const words = new Int32Array(key.buffer, key.byteOffset, 2 * key.length);
  const first = new Uint8Array(hash.length).fill(1);
  for (let i = 1; i < hash.length; i++) {
    for (let j = i - 1; j >= 0 && hash[j] === hash[i]; j--) {
      if (
        words[2 * order[i]] === words[2 * order[j]] &&
        words[2 * order[i] + 1] === words[2 * order[j] + 1]
      ) {
        first[i] = 0;
        break;
      }
    }
  }
  return first;
}

function cumulated(
  bin: Uint8Array | Uint16Array,
  bins: number,
  blocks: number,
  only: number | null = null
): Uint32Array {
  const before = new Uint32Array(blocks * bins);
  const now = new Uint32Array(bins);
  for (let block = 0; block < blocks && bins > 0; block++) {
    before.set(now, block * bins);
    const end = Math.min(bin.length, (block + 1) * BLOCK);
    for (let i = block * BLOCK; i < end; i++) {
      if (only !== null) {
        now[0] += bin[i] === only ? 1 : 0;
      } else if (bin[i] < bins) {
        now[bin[i]] += 1;
      }
    }
  }
  return before;
}

function taken<T extends Uint8Array | Uint16Array | Uint32Array>(
  values: T,
  order: Uint32Array,
  make: new (length: number) => T
): T {
  const found = new make(order.length);
  for (let i = 0; i < order.length; i++) {
    found[i] = values[order[i]];
  }
  return found;
}

/** How many hashes lie below a bound. */
function lowerBound(sorted: Uint32Array, bound: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < bound) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
