"""The digest of tables is the one that locks of bundles hold: the way in which it was first worked out stands
here, and gives the same for tables of all kinds."""

from __future__ import annotations

import hashlib
import struct
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt
from hypothesis import given, settings
from hypothesis import strategies as st

from pz_tsm import digest

BLOCK = 1 << 14
LARGEST = 300
INTEGERS = (pa.int8(), pa.uint8(), pa.int16(), pa.int32(), pa.uint32(), pa.int64())
FLOATS = st.one_of(
    st.floats(),
    st.floats(16, 27),
    st.integers(-320, 308).flatmap(lambda n: st.sampled_from([float(f"1e{n}"), -float(f"9.999999995e{n}")])),
)
FEW = st.sampled_from(["", "train", "test", "café", "a\x00b"])


def one_column(count: int) -> st.SearchStrategy[pa.Array]:
    """An array of some type with gaps, or without."""

    def of(values: st.SearchStrategy, kind: pa.DataType) -> st.SearchStrategy[pa.Array]:
        some = st.one_of(values, st.none()) if kind != pa.null() else values
        lists = st.lists(values, min_size=count, max_size=count) | st.lists(
            some, min_size=count, max_size=count
        )
        return lists.map(lambda found: pa.array(found, kind))

    whole = [of(st.integers(0, 100), kind) for kind in INTEGERS]
    texts = [of(st.text(max_size=12), kind) for kind in (pa.string(), pa.large_string())]
    few = [of(FEW, kind) for kind in (pa.string(), pa.large_string())]
    return st.one_of(
        *whole,
        *texts,
        *few,
        *(column.map(lambda found: found.dictionary_encode()) for column in (*few, *texts, whole[5])),
        of(st.integers(-(2**63), 2**63 - 1), pa.int64()),
        of(st.booleans(), pa.bool_()),
        of(FLOATS, pa.float64()),
        of(st.floats(width=32), pa.float32()),
        of(st.none(), pa.null()),
        of(st.lists(st.integers(0, 5), max_size=3), pa.list_(pa.int64())),
        of(st.dates(), pa.date32()),
    )


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    """A table of any types, in one piece or in several."""
    count = draw(st.integers(0, 40))
    names = draw(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True))
    made = {name: draw(one_column(count)) for name in names}
    if draw(st.booleans()):
        ids = draw(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=count, max_size=count, unique=True))
        made["row_id"] = pa.array(sorted(ids) if draw(st.booleans()) else ids, pa.int64())
    else:  # in order, so that no column has to be sortable
        made["row_id"] = pa.array(range(count), pa.int64())
    table = pa.table(made)
    cut = draw(st.integers(0, count))
    if draw(st.booleans()):
        return pa.concat_tables([table.slice(0, cut), table.slice(cut)])
    return table.slice(cut)


@settings(max_examples=300, deadline=None)
@given(tables())
def test_the_digest_is_what_it_always_was(table: pa.Table) -> None:
    assert digest.table_digest(table) == first_digest(table)


def test_so_it_is_of_a_long_table() -> None:
    rng, rows = np.random.default_rng(3), 50_000
    z = rng.normal(0, 1, rows) * 10.0 ** rng.integers(-300, 300, rows)
    z[::1000], z[7], z[8], z[30_000] = 0, np.inf, -np.inf, np.nan
    table = pa.table(
        {
            "row_id": rng.permutation(rows),
            "z": pa.array(z, mask=rng.random(rows) < 0.1),
            "mag": rng.uniform(16, 27, rows),
            "part": pa.array(rng.choice(["train", "test", None], rows)).dictionary_encode(),
            "name": pa.array([f"object {k}" for k in range(rows)]),
        }
    )
    ordered = pa.concat_tables([table.sort_by("row_id").slice(0, 100), table.sort_by("row_id").slice(100)])
    assert digest.table_digest(table) == digest.table_digest(ordered) == first_digest(ordered)


def test_a_digest_of_years_ago_is_still_the_same() -> None:
    table = pa.table({"row_id": [2, 1], "z": [0.1, None], "t": ["x", None], "b": [True, None]})
    assert digest.table_digest(table) == "617b2dea5b3756d20364d5896cb8f5b451ac9ec6d0a87a5c76a1236f078b6e27"


def first_digest(table: pa.Table) -> str:
    """sha256 of the table's content, whatever the order of its rows and columns.

    Rows are sorted by row_id, then objectId, where the table has them (else by all columns); columns by name.
    Floats count to 1e-9 relative; null and NaN differ; metadata and the width of a type do not count.
    """
    order = first_order(table)

    def canonical(name: str) -> tuple[str, bytes, list[Any]]:
        column = table.column(name).combine_chunks()
        return _canonical(column if order is None else column.take(order))

    names = sorted(table.column_names)
    each = map(canonical, names)
    digest = hashlib.sha256(struct.pack("<q", table.num_rows))
    for name, (kind, valid, data) in zip(names, each, strict=True):
        digest.update(f"\n{name}:{kind}\n".encode())
        digest.update(valid)
        for piece in data:
            digest.update(piece)
    return digest.hexdigest()


def first_order(table: pa.Table) -> pa.UInt64Array | None:
    """The places of the rows in order of row_id, then objectId (else of all columns); None if they are so."""
    names = table.column_names
    keys = [name for name in ("row_id", "objectId") if name in names] or sorted(names)
    if table.num_rows < 2 or not keys:
        return None
    first = table.column(keys[0])
    if keys[0] in ("row_id", "objectId") and not first.null_count:
        values = first.to_numpy()
        if (values[1:] > values[:-1]).all():
            return None
    return pc.sort_indices(table.select(keys), [(name, "ascending") for name in keys])


def _canonical(column: Any) -> tuple[str, bytes, list[Any]]:
    """Kind, validity bytes and value bytes of a column."""
    if pt.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if column.null_count:
        valid = pc.is_valid(column).to_numpy(zero_copy_only=False).tobytes()
    else:
        valid = b"\x01" * len(column)
    if pt.is_null(column.type):
        return "null", b"\x00" * len(column), []
    if pt.is_boolean(column.type):
        return "bool", valid, [_filled(column, False).to_numpy(zero_copy_only=False).tobytes()]
    if pt.is_integer(column.type):
        values = _filled(column, 0).to_numpy().astype(np.int64, copy=False)
        return "int", valid, [np.ascontiguousarray(values, "<i8")]
    if pt.is_floating(column.type):
        values = _filled(column.cast(pa.float64()), 0.0).to_numpy()
        return "float", valid, [_rounded(values).astype("<f8", copy=False)]
    if not (pt.is_string(column.type) or pt.is_large_string(column.type)):
        column = pa.array([None if v is None else str(v) for v in column.to_pylist()], pa.large_string())
    return "text", valid, [_text_bytes(_filled(column.cast(pa.large_string()), ""))]


def _filled(column: pa.Array, value: Any) -> pa.Array:

    return pc.fill_null(column, value) if column.null_count else column


def _text_bytes(texts: pa.LargeStringArray) -> Any:
    """Each text as its length (8 bytes, little-endian) and its UTF-8; no nulls."""
    if not len(texts):
        return b""
    offsets = np.frombuffer(texts.buffers()[1], "<i8")[texts.offset : texts.offset + len(texts) + 1]
    sizes = pa.py_buffer(np.diff(offsets).astype("<i8"))
    lengths = pa.Array.from_buffers(pa.binary(8), len(texts), [None, sizes]).cast(pa.large_binary())
    joined = pc.binary_join_element_wise(
        lengths, texts.cast(pa.large_binary()), pa.scalar(b"", pa.large_binary())
    )
    ends = np.frombuffer(joined.buffers()[1], "<i8")[joined.offset : joined.offset + len(texts) + 1]
    return memoryview(joined.buffers()[2])[ends[0] : ends[-1]]


def _rounded(values: np.ndarray) -> np.ndarray:
    """Floats to 9 significant digits; -0 as 0, every NaN the same."""
    out = np.empty(len(values))
    tens = 10.0 ** np.arange(-LARGEST, LARGEST + 1, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for start in range(0, len(values), BLOCK):
            x = values[start : start + BLOCK]
            power = np.floor(np.log10(np.abs(x)))
            np.clip(power, 8 - LARGEST, 8 + LARGEST, out=power)
            odd = ~np.isfinite(power)
            if odd.any():
                power[odd] = 8
            ten = tens[(8 + LARGEST - power).astype(np.int64)]
            made = out[start : start + BLOCK]
            np.multiply(x, ten, out=made)
            np.rint(made, out=made)
            made /= ten
            plain = np.isfinite(x) & (x != 0)
            if not plain.all():
                made[~plain] = x[~plain]
                made[np.isnan(x)] = np.nan
            made += 0.0
    return out
