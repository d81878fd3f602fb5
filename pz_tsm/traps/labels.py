"""One survey under several names: VVDS, VVDS-F02, vvds_final."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Finding
from pz_tsm.traps.contained import pairs as contained
from pz_tsm.traps.neighbours import READINGS
from pz_tsm.traps.remedies import set_input, step_at
from pz_tsm.traps.sight import Sight, examples

if TYPE_CHECKING:
    import numpy as np

CODE = "surveys-labelled-differently"
NEAR = 1.0  # arcsec
ROUNDING = 6e-5  # of redshifts given to four decimals
RELATED, UNRELATED = (3, 0.5), (20, 0.9)  # least identical pairs, and their share of all pairs of two names
RELEASE = re.compile(r"(final|survey|specz|(e?d|pd|p)?r?[0-9]+|v[0-9]+)$")
MOST = 500  # names: beyond it the column is none of surveys


def look(sight: Sight) -> Iterator[tuple[str, Finding]]:
    """Names that differ only in case and punctuation, and names whose rows are identical where they meet."""
    codes, names, counts = _labels(sight)
    if not 2 <= len(names) <= MOST:
        return
    met, same = _meetings(sight, codes)
    together = (
        {frozenset(pair[:2]) for pair in contained(sight.neighbours)} if len(sight.tables) > 1 else set()
    )
    for (i, a), (j, b) in combinations(enumerate(names), 2):
        identical = same.get((i, j), [])
        least, share = RELATED if _related(a, b) else UNRELATED
        overlap = len(identical) >= least and len(identical) >= share * met[i, j]
        alike = _bare(a) == _bare(b)
        if not (alike or overlap):
            continue
        owners = [_owners(counts, code) for code in (i, j)]
        if not alike and not _related(a, b) and frozenset((*owners[0], *owners[1])) in together:
            continue  # one catalogue inside the other has been told
        kept, other = _order(sight, a, b, counts)
        name = max(counts, key=lambda one: counts[one].get(names.index(other), 0))
        more = (
            f": {len(identical):,} of {met[i, j]:,} pairs looked at, at the same positions, have the same "
            "redshift"
            if overlap
            else ", but differ in case or punctuation only"
        )
        whole = set(counts[name]) == {names.index(other)}
        rows = sorted({row for owner, row in identical if owner == name})
        yield (
            name,
            Finding(
                "warning",
                f"Surveys '{a}' and '{b}' seem to be one{more}.",
                "Give them one name: rules, ranks and parts by survey go by the name.",
                name,
                counts[name][names.index(other)],
                CODE,
                examples(sight.tables[name], rows or range(3), ("ra", "dec", "redshift")),
                [set_input(name, "survey", kept, f"Call all of '{name}' {kept}")] if whole else [],
            ),
        )


def _labels(sight: Sight) -> tuple[dict[str, np.ndarray], list[str], dict[str, Counter[int]]]:
    """Per input each row's survey as a code (-1: none); the names; per input how often each code occurs."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    names: list[str] = []
    codes, counts = {}, {}
    for name, table in sight.tables.items():
        codes[name], counts[name] = np.full(table.num_rows, -1), Counter()
        if "survey" not in table.column_names:
            continue
        column = table.column("survey").cast(pa.string()).dictionary_encode().unify_dictionaries()
        column = column.combine_chunks()
        column = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
        texts = column.dictionary.to_pylist()
        if len(texts) > MOST:
            continue
        for text in texts:
            if text not in names:
                names.append(text)
        places = np.array([*(names.index(text) for text in texts), -1])
        codes[name] = places[pc.fill_null(column.indices, -1).to_numpy(zero_copy_only=False)]
        found, how_many = np.unique(codes[name], return_counts=True)
        counts[name] = Counter({int(c): int(n) for c, n in zip(found, how_many, strict=True) if c >= 0})
    return codes, names, counts


def _meetings(
    sight: Sight, codes: dict[str, np.ndarray]
) -> tuple[Counter[tuple[int, int]], dict[tuple[int, int], list[tuple[str, int]]]]:
    """Pairs of two names within an arcsecond: how many with redshifts, and the rows of those identical."""
    import numpy as np

    found = sight.neighbours
    use = (found.reading == READINGS.index("as it is")) & (found.sep <= NEAR) & np.isfinite(found.dz)
    use = np.flatnonzero(use)
    start = np.concatenate([[0], np.cumsum([len(one) for one in codes.values()])])
    flat = np.concatenate(list(codes.values()))
    one = flat[start[found.a[use]] + found.row_a[use]]
    other = flat[start[found.b[use]] + found.row_b[use]]
    differ = (one != other) & (one >= 0) & (other >= 0)
    use, one, other = use[differ], one[differ], other[differ]
    met: Counter[tuple[int, int]] = Counter()
    same: dict[tuple[int, int], list[tuple[str, int]]] = {}
    for place, a, b in zip(use.tolist(), one.tolist(), other.tolist(), strict=True):
        key = (min(a, b), max(a, b))
        met[key] += 1
        if found.dz[place] <= ROUNDING:
            same.setdefault(key, []).append((found.names[found.a[place]], int(found.row_a[place])))
    return met, same


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _related(a: str, b: str) -> bool:
    """Whether one name begins with the other, their releases aside."""
    one, other = (RELEASE.sub("", _bare(text)) or _bare(text) for text in (a, b))
    short, long = sorted((one, other), key=len)
    return len(short) >= 3 and long.startswith(short)


def _owners(counts: dict[str, Counter[int]], code: int) -> list[str]:
    return [name for name, of in counts.items() if of.get(code)]


def _order(sight: Sight, a: str, b: str, counts: dict[str, Counter[int]]) -> tuple[str, str]:
    """(the name to keep, the other): the one that the rules know, else the one with more rows."""
    from pz_tsm.ops.homogenize import packs as rule_packs

    known = {a: False, b: False}
    step = step_at(sight.recipe, "homogenize")
    try:
        params = step[1] if step else None
        packs = rule_packs.select(
            params.rules if params else "default", params.surveys if params else {}, sight.base
        )
        known = {text: any(pack.find(text.strip().upper()) for pack in packs) for text in (a, b)}
    except (TsmError, OSError):
        pass
    if known[a] != known[b]:
        return (a, b) if known[a] else (b, a)
    exact = [text for text in (a, b) if text == text.strip().upper()]
    if len(exact) == 1:
        return exact[0], b if exact[0] == a else a
    return (a, b) if len(a) <= len(b) else (b, a)
