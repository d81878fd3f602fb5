"""Texts as bytes of one length, and the threads that write and digest."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pz_tsm.ahead import ahead
from pz_tsm.bundle.texts import fixed
from pz_tsm.bundle.write import parquet


def test_texts_of_any_kind():
    column = pa.chunked_array([["ab", None, "é", "xyz"], ["q"]])
    assert fixed(column).tolist() == [b"ab", b"", "é".encode(), b"xyz", b"q"]
    assert fixed(column, ascii_only=True).tolist() == [b"ab", b"", b"?", b"xyz", b"q"]
    assert fixed(pa.chunked_array([pa.array(["a", "bb", "c"]).slice(1)])).tolist() == [b"bb", b"c"]
    assert fixed(pa.chunked_array([], pa.string())).dtype == np.dtype("S1")


def test_more_texts_than_a_block():
    texts = np.array(["x" * k for k in np.random.default_rng(1).integers(0, 9, 150_001)])
    assert (fixed(pa.chunked_array([pa.array(texts)])) == texts.astype("S8")).all()


def test_values_that_repeat_get_a_dictionary_and_others_none(tmp_path):
    table = pa.table({"id": np.arange(10_000), "flag": np.arange(10_000) % 4, "name": ["a", "b"] * 5000})
    parquet(tmp_path / "t.parquet", table, {})
    group = pq.ParquetFile(tmp_path / "t.parquet").metadata.row_group(0)
    has = {group.column(k).path_in_schema: group.column(k).has_dictionary_page for k in range(3)}
    assert has == {"id": False, "flag": True, "name": True}
    assert pq.read_table(tmp_path / "t.parquet").equals(table)


def test_what_is_worked_out_ahead_comes_in_order_or_fails():
    assert list(ahead(lambda k: k * k, range(20))) == [k * k for k in range(20)]
    with pytest.raises(ZeroDivisionError):
        list(ahead(lambda k: 1 / (3 - k), range(9)))
