"""Pairs of rows, kept by pair of catalogues: a catalogue that is added is searched against all, and no more.

An entry is named by the content of both catalogues (row_ids and positions), the radius and the algorithm, so
that it can never be stale. What is found is the same with and without it.
"""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pz_tsm.ops.combine import pairpacks
from pz_tsm.ops.combine.columns import codes
from pz_tsm.sky import pairs_within, self_pairs, separation

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

ALGORITHM = b"pairs by haversine/1"
FROM_ROWS = 200_000  # below, searching costs less than hashing and reading
MOST_CATALOGUES = 100
MOST_PAIRS = 20  # for a row, on average: with more the entries would be larger than what they save

Both = tuple[int, int]  # numbers of two catalogues: first the one whose digest is smaller


@dataclass
class Catalogues:
    """``code``: which catalogue each row is of, 0 to count - 1; ``ids``: row_ids."""

    code: np.ndarray
    ids: np.ndarray
    count: int


def catalogues(table: pa.Table) -> Catalogues:
    """The catalogues of a table by source_product; rows without one make a catalogue of their own."""
    import numpy as np

    names, code = codes(table, "source_product")
    present = np.bincount(code + 1, minlength=len(names) + 1) > 0  # in front: rows without one
    number = (np.cumsum(present) - 1).astype(np.int16 if len(names) < 1 << 15 else np.int64)
    return Catalogues(number[code + 1], table.column("row_id").to_numpy(), int(present.sum()))


def search(
    ra: np.ndarray, dec: np.ndarray, radius_arcsec: float, catalogues: Catalogues
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], int]:
    """All pairs i < j within the radius with separations, sorted; pairs of catalogues that were reused."""
    if len(ra) < FROM_ROWS or catalogues.count > MOST_CATALOGUES:
        return self_pairs(ra, dec, radius_arcsec), 0
    # radii share the entries of the next power of two: a radius moved in the editor finds them
    reach = 2.0 ** math.ceil(math.log2(radius_arcsec))
    parts = _Parts(ra, dec, reach, catalogues)
    kept = parts.read()
    fresh = _to_search(kept, parts.sizes)
    i, j, sep = parts.sweep(ra, dec, fresh)
    if len(i) <= MOST_PAIRS * len(ra):
        parts.write(parts.keys.keys() - kept.keys(), i, j)
    reused = [both for both in kept if not (fresh[both[0]] or fresh[both[1]])]
    if reused:
        i, j = parts.merged([kept[both] for both in reused], i, j)
        sep = separation(ra[i], dec[i], ra[j], dec[j])
    near = sep <= radius_arcsec
    return (i[near], j[near], sep[near]), len(reused)


def _to_search(kept: dict[Both, object], sizes: np.ndarray) -> np.ndarray:
    """Catalogues that must be searched against all, so that no pair of catalogues is left out."""
    import numpy as np

    missing = np.ones((len(sizes), len(sizes)), dtype=bool)
    for a, b in kept:
        missing[a, b] = missing[b, a] = False
    fresh = missing.diagonal().copy()
    while (left := missing & ~fresh[:, None] & ~fresh[None, :]).any():
        fresh[np.lexsort((sizes, -left.sum(axis=0)))[0]] = (
            True  # the one with most gaps, of equals the smallest
        )
    if 2 * sizes[fresh].sum() > sizes.sum():
        fresh[:] = True
    return fresh


def _row_hashes(ids: np.ndarray, ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
    """64 bits of each row's id and position, mixed by multiplication (odd constants of splitmix64)."""
    import numpy as np

    mixed = np.zeros(len(ids), dtype=np.uint64)
    for values in (ids, ra, dec):
        mixed += np.ascontiguousarray(values).view(np.uint64)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(29)
        mixed *= np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(32)
    return mixed


class _Parts:
    """A table taken apart into its catalogues: their rows, the keys of their pairs, what is kept of them."""

    def __init__(self, ra: np.ndarray, dec: np.ndarray, reach: float, catalogues: Catalogues) -> None:
        import numpy as np
        import xxhash

        self.reach, self.code = reach, catalogues.code
        count = catalogues.count
        order = np.argsort(self.code, kind="stable")
        self.sizes = np.bincount(self.code, minlength=count)
        ends = np.cumsum(self.sizes)
        self.rows = [order[end - size : end] for end, size in zip(ends, self.sizes, strict=True)]
        self.local = np.empty(len(order), dtype=np.int32)
        self.local[order] = np.arange(len(order)) - np.repeat(ends - self.sizes, self.sizes)
        content = _row_hashes(catalogues.ids, ra, dec)[order]
        digests = []
        for end, size in zip(ends, self.sizes, strict=True):
            digests.append(xxhash.xxh3_128_digest(content[end - size : end]))
        self.rank = np.argsort(np.argsort(digests))
        head = ALGORITHM + np.float64(reach).tobytes()
        self.keys: dict[Both, bytes] = {}
        by_rank = np.argsort(self.rank).tolist()
        for place, a in enumerate(by_rank):
            for b in by_rank[place:]:
                self.keys[a, b] = xxhash.xxh3_128_digest(head + digests[a] + digests[b])

    def read(self) -> dict[Both, pairpacks.Entry]:
        """Rows of the table, of each pair of catalogues that a pack holds."""
        found = pairpacks.read(pairpacks.folder(), self.keys.values())
        kept = {}
        for (a, b), key in self.keys.items():
            if key in found:
                first, second = found[key]
                kept[a, b] = pairpacks.Entry(self.rows[a][first], self.rows[b][second])
        return kept

    def sweep(self, ra: np.ndarray, dec: np.ndarray, fresh: np.ndarray) -> tuple[np.ndarray, ...]:
        """Pairs i < j with a row of a catalogue that is fresh, and separations; sorted if all are fresh."""
        import numpy as np

        if fresh.all():
            return self_pairs(ra, dec, self.reach)
        mine = fresh[self.code]
        new, old = np.flatnonzero(mine), np.flatnonzero(~mine)
        a, b, inside = self_pairs(ra[new], dec[new], self.reach)
        c, d, across = pairs_within(ra[new], dec[new], ra[old], dec[old], self.reach)
        one, other = np.concatenate([new[a], new[c]]), np.concatenate([new[b], old[d]])
        return np.minimum(one, other), np.maximum(one, other), np.concatenate([inside, across])

    def merged(
        self, reused: list[pairpacks.Entry], i: np.ndarray, j: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """All of them, each pair i < j, sorted."""
        import numpy as np

        from pz_tsm.sky.zones import in_order

        one = np.concatenate([i, *(entry.first for entry in reused)])
        other = np.concatenate([j, *(entry.second for entry in reused)])
        return in_order(np.minimum(one, other), np.maximum(one, other), len(self.code))

    def write(self, wanted: set[Both], i: np.ndarray, j: np.ndarray) -> None:
        """Keep these pairs of catalogues, out of pairs of rows found; in silence where the disk refuses."""
        import numpy as np

        if not wanted:
            return
        count = len(self.sizes)
        place = np.full(count * count, len(wanted), dtype=np.int16)  # last: pairs that are kept already
        in_turn = sorted(wanted)
        place[[a * count + b for a, b in in_turn]] = np.arange(len(in_turn))
        turned = self.rank[self.code[i]] > self.rank[self.code[j]]
        one, other = np.where(turned, j, i), np.where(turned, i, j)
        mine = place[self.code[one].astype(np.int64) * count + self.code[other]]
        order = np.argsort(mine, kind="stable")
        counts = np.bincount(mine, minlength=len(in_turn) + 1)[: len(in_turn)]
        order = order[: counts.sum()]
        entries = pairpacks.Entry(self.local[one[order]], self.local[other[order]])
        with contextlib.suppress(OSError):
            pairpacks.write(pairpacks.folder(), [self.keys[both] for both in in_turn], counts, entries)
