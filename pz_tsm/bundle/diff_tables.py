"""What differs between the tables of two bundles: rows, redshifts, flags, parts, values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.bundle.diff import Difference

MANY = 20  # rows named one by one
SOME = 3  # redshifts told with their values
FLAGS = ("z_flag_homogenized", "instrument_type", "spec_class", "is_best", "verdict")
KEYS = ("row_id", "objectId")
IDS = ("tsm_id", "row_id", "group_id", "split_key", "rival", "source_product")  # all follow from row_id
CLOSE = 1e-9  # two numbers are the same; as in the digest of tables
BINS = 40  # of redshift, in the picture


def compare(a: pa.Table, b: pa.Table, found: Difference) -> None:
    """Put into ``found`` what differs from ``a`` to ``b``. A row is known by row_id and, where both tables
    have one, objectId."""
    import pyarrow as pa_

    names = [name for name in KEYS if name in a.column_names and name in b.column_names]
    first, second = _codes(a, b, names)
    new = np.flatnonzero(~np.isin(second, first))
    gone = np.flatnonzero(~np.isin(first, second))
    _, i, j = np.intersect1d(first, second, return_indices=True)
    k, m = _renamed(a, b, gone, new)
    if len(k):
        i, j = np.concatenate([i, gone[k]]), np.concatenate([j, new[m]])
        gone, new = np.delete(gone, k), np.delete(new, m)
    found.rows = {"added": len(new), "removed": len(gone), "moved": 0, "same": len(i), "renamed": len(k)}
    _columns(a, b, found)
    if len(k):
        found.lines.append(
            f"{len(k)} rows are of a catalogue whose content has changed, so that their row_id is another: "
            "they are paired by survey and id"
        )
    for what, table, places in (("added", b, new), ("removed", a, gone)):
        if len(places):
            found.lines.append(f"{len(places)} rows {what}: {_named(table, places)}")
    x, y = a.take(pa_.array(i)), b.take(pa_.array(j))
    _parts(a, b, x, y, found)
    _redshifts(x, y, found)
    _flags(x, y, found)
    counts = {}
    for name in x.column_names:
        if name in y.column_names and name not in ("split", "redshift", *FLAGS, *(IDS if len(k) else ())):
            count = int(differ(x[name], y[name]).sum())
            if count:
                counts[name] = count
    for name in ("redshift", *FLAGS):
        if name in x.column_names and name in y.column_names and differ(x[name], y[name]).any():
            found.columns["changed"].append(name)
    found.columns["changed"] += counts
    if counts:
        told = ", ".join(f"{name} ({count})" for name, count in counts.items())
        found.lines.append(f"values differ in rows of both: {told}")
    found.redshift_counts = _histograms(a, b)


def differ(x: pa.ChunkedArray, y: pa.ChunkedArray) -> np.ndarray:
    """True where two columns of the same rows differ; null is like null, NaN like NaN."""
    import pyarrow as pa_
    import pyarrow.compute as pc
    import pyarrow.types as pt

    there_x, there_y = (pc.is_valid(one).to_numpy() for one in (x, y))
    if all(pt.is_floating(one.type) or pt.is_integer(one.type) for one in (x, y)):
        if pt.is_integer(x.type) and pt.is_integer(y.type):
            same = pc.fill_null(x, 0).to_numpy() == pc.fill_null(y, 0).to_numpy()
        else:
            values = [one.cast(pa_.float64()).to_numpy(zero_copy_only=False) for one in (x, y)]
            same = np.isclose(*values, rtol=CLOSE, atol=0, equal_nan=True)
    else:
        try:
            same = pc.fill_null(pc.equal(x.cast(pa_.string()), y.cast(pa_.string())), True).to_numpy()
        except (pa_.ArrowInvalid, pa_.ArrowNotImplementedError):  # lists and the like
            same = np.array([one == two for one, two in zip(x.to_pylist(), y.to_pylist(), strict=True)])
    return (there_x != there_y) | (there_x & there_y & ~same)


def _codes(a: pa.Table, b: pa.Table, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """A number for each row; the same number, the same keys."""
    kind = np.dtype([(name, np.int64) for name in names])
    both = np.zeros(a.num_rows + b.num_rows, dtype=kind)
    for name in names:
        both[name] = np.concatenate([one[name].fill_null(0).to_numpy() for one in (a, b)])
    codes = np.unique(both, return_inverse=True)[1]
    return codes[: a.num_rows], codes[a.num_rows :]


def _renamed(a: pa.Table, b: pa.Table, gone: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places in ``gone`` and in ``new`` of rows that are the same by survey, the survey's own id and object:
    a catalogue with other content has another name, and its rows other row_ids."""
    import pyarrow.compute as pc

    names = ["survey", "source_row_id", *(["objectId"] if "objectId" in a.column_names else [])]
    none = np.array([], dtype=np.int64)
    if not len(gone) or not len(new) or any(set(names) - set(one.column_names) for one in (a, b)):
        return none, none
    keys = []
    for table, places in ((a, gone), (b, new)):
        texts = [table[name].take(places).cast("string") for name in names]
        known = pc.fill_null(pc.not_equal(texts[1], ""), False).to_numpy()
        joined = pc.binary_join_element_wise(*texts, "\x1f", null_handling="replace").to_pylist()
        values, back, counts = np.unique(np.array(joined), return_inverse=True, return_counts=True)
        keys.append(np.where(known & (counts[back] == 1), np.array(joined), ""))
    _, k, m = np.intersect1d(*keys, return_indices=True)
    good = keys[0][k] != ""
    return k[good], m[good]


def _columns(a: pa.Table, b: pa.Table, found: Difference) -> None:
    gone = [name for name in a.column_names if name not in b.column_names]
    new = [name for name in b.column_names if name not in a.column_names]
    found.columns = {"removed": gone, "added": new, "changed": []}
    if gone:
        found.lines.append(f"columns gone: {', '.join(gone)}")
    if new:
        found.lines.append(f"columns new: {', '.join(new)}")


def _parts(a: pa.Table, b: pa.Table, x: pa.Table, y: pa.Table, found: Difference) -> None:
    """Sizes of the parts, and rows that moved from one to another."""
    sizes = [_sizes(table) for table in (a, b)]
    for name in dict.fromkeys([*sizes[0], *sizes[1]]):
        before, after = (one.get(name, 0) for one in sizes)
        found.parts[name] = [before, after]
        if before != after:
            found.lines.append(f"part '{name}': {before} rows became {after}")
    for old, new, places in _changes(x, y, "split"):
        found.rows["moved"] += len(places)
        found.lines.append(f"{len(places)} rows moved from '{old}' to '{new}': {_named(x, places)}")


def _sizes(table: pa.Table) -> dict[str, int]:
    if "split" not in table.column_names:
        return {}
    counts = {str(one["values"]): one["counts"] for one in table["split"].value_counts().to_pylist()}
    return dict(sorted(counts.items()))


def _redshifts(x: pa.Table, y: pa.Table, found: Difference) -> None:
    if "redshift" not in x.column_names or "redshift" not in y.column_names:
        return
    places = np.flatnonzero(differ(x["redshift"], y["redshift"]))
    if not len(places):
        return
    old, new = (one["redshift"].to_numpy(zero_copy_only=False).astype(float)[places] for one in (x, y))
    change = np.abs(new - old) / (1 + old)
    found.redshifts = {
        "changed": len(places),
        "lost": int((np.isfinite(old) & ~np.isfinite(new)).sum()),
        "gained": int((~np.isfinite(old) & np.isfinite(new)).sum()),
        "largest": float(np.nanmax(change)) if np.isfinite(change).any() else None,
    }
    order = np.argsort(-np.where(np.isfinite(change), change, np.inf), kind="stable")[:SOME]
    ids = x["row_id"].to_numpy()[places]
    told = ", ".join(f"row_id {ids[k]} {_z(old[k])} became {_z(new[k])}" for k in order)
    most = found.redshifts["largest"]
    size = f", by {most:.3g} of 1+z at most" if most is not None else ""
    found.lines.append(f"{len(places)} redshifts changed{size}: {told}")


def _z(value: float) -> str:
    return f"{value:.6g}" if np.isfinite(value) else "none"


def _flags(x: pa.Table, y: pa.Table, found: Difference) -> None:
    for name in FLAGS:
        for old, new, places in _changes(x, y, name):
            found.flags.append({"column": name, "from": old, "to": new, "rows": len(places)})
            found.lines.append(f"{name}: {len(places)} rows from {_word(old)} to {_word(new)}")


def _changes(x: pa.Table, y: pa.Table, name: str) -> list[tuple[Any, Any, np.ndarray]]:
    """Old value, new value, places of the rows; the most frequent change first."""
    if name not in x.column_names or name not in y.column_names:
        return []
    places = np.flatnonzero(differ(x[name], y[name]))
    pairs: dict[tuple[Any, Any], list[int]] = {}
    olds, news = (one[name].take(places).to_pylist() for one in (x, y))
    for place, old, new in zip(places, olds, news, strict=True):
        pairs.setdefault((old, new), []).append(place)
    ordered = sorted(pairs.items(), key=lambda one: (-len(one[1]), str(one[0])))
    return [(old, new, np.array(rows)) for (old, new), rows in ordered]


def _word(value: Any) -> str:
    if value is None:
        return "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _histograms(a: pa.Table, b: pa.Table) -> dict[str, Any]:
    """Counts of the training rows (unused ones left out) by redshift, in the same bins for both."""
    values = [_training(table) for table in (a, b)]
    every = np.concatenate(values)
    if not len(every):
        return {}
    top = float(np.quantile(every, 0.995)) or 1.0
    edges = np.linspace(0, top, BINS + 1)
    counts = [np.histogram(np.clip(one, 0, top), edges)[0].tolist() for one in values]
    return {"width": top / BINS, "a": counts[0], "b": counts[1]}


def _training(table: pa.Table) -> np.ndarray:
    import pyarrow.compute as pc

    if "redshift" not in table.column_names:
        return np.array([])
    if "is_best" in table.column_names:
        table = table.filter(pc.fill_null(table["is_best"], False))
    if "split" in table.column_names:
        table = table.filter(pc.fill_null(pc.not_equal(table["split"], "unused"), False))
    found = table["redshift"].to_numpy(zero_copy_only=False).astype(float)
    return found[np.isfinite(found)]


def _named(table: pa.Table, places: np.ndarray) -> str:
    ids = table["row_id"].take(places[:MANY]).to_pylist()
    return ", ".join(f"row_id {one}" for one in ids) + (", ..." if len(places) > MANY else "")
