/** Which part a row belongs to: the same function as in Python, so that a preview is the result. */

/** murmur3_x86_32 of a key's eight little-endian bytes. */
export function murmur3(key: bigint, seed: number): number {
  const bits = BigInt.asUintN(64, key);
  return finished(mixed(Number(bits >> 32n), mixed(Number(bits & 0xffffffffn), seed | 0)));
}

/** murmur3 of many keys; no big integer is made of one. */
export function murmur3All(keys: BigInt64Array, seed: number): Uint32Array {
  const words = new Int32Array(keys.buffer, keys.byteOffset, 2 * keys.length);
  const hashes = new Uint32Array(keys.length);
  for (let i = 0; i < hashes.length; i++) {
    hashes[i] = finished(mixed(words[2 * i + 1], mixed(words[2 * i], seed | 0)));
  }
  return hashes;
}

function mixed(word: number, hash: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  hash ^= Math.imul(k, 0x1b873593);
  hash = (hash << 13) | (hash >>> 19);
  return (Math.imul(hash, 5) + 0xe6546b64) | 0;
}

function finished(hash: number): number {
  hash ^= 8;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return hash >>> 0;
}

/** A key's place in [0, 1). */
export function splitU(key: bigint, seed: number): number {
  return murmur3(key, seed) / 2 ** 32;
}

/**
 * The part of a key: the first whose cumulative proportion exceeds its place.
 *
 * Proportions that sum to less than one leave the rest in 'unused'.
 */
export function splitPart(
  key: bigint,
  seed: number,
  proportions: readonly (readonly [string, number])[] | { readonly [part: string]: number }
): string {
  const parts = Array.isArray(proportions)
    ? (proportions as readonly (readonly [string, number])[])
    : Object.entries(proportions as { readonly [part: string]: number });
  const u = splitU(key, seed);
  let sum = 0;
  for (const [name, proportion] of parts) {
    sum += proportion;
    if (u < sum) {
      return name;
    }
  }
  // proportions such as 0.7 + 0.2 + 0.1 sum to a little less than one
  return parts.length > 0 && Math.abs(sum - 1) < 1e-9 ? parts[parts.length - 1][0] : 'unused';
}
