"""Small help with arrays and threads: the same answers as numpy and Arrow give by themselves."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from pz_tsm import arrays
from pz_tsm.ahead import begun


@pytest.mark.parametrize("rows", [0, 7, arrays.LONG + 1])
def test_rows_taken_column_by_column_are_those_that_arrow_takes(rows):
    rng = np.random.default_rng(1)
    table = pa.table(
        {
            "n": pa.chunked_array([rng.integers(0, 9, rows), rng.integers(0, 9, 3)]),
            "t": pa.chunked_array([pa.array(["a", None, "é"]), pa.array(["b"] * rows, pa.string())]),
            "d": pa.chunked_array(
                [pa.array(["x"] * rows, pa.string()), pa.array(["y", None, "x"])]
            ).dictionary_encode(),
        },
        metadata={"about": "it"},
    )
    places = rng.permutation(table.num_rows)[: max(rows, 2)]
    found = arrays.taken(table, places)
    assert found.schema.equals(table.schema, check_metadata=True)
    assert found.to_pydict() == table.take(places).to_pydict()
    assert all(column.num_chunks == 1 for column in found.columns)


@pytest.mark.parametrize("values", [[], [4], [3, -1, 3], [2**62, -(2**62), 0]])
def test_the_different_integers(values):
    values = np.array(values, dtype=np.int64)
    assert arrays.distinct(values).tolist() == sorted(set(values.tolist()))
    assert arrays.all_differ(values) == (len(set(values.tolist())) == len(values))


def test_tables_of_equally_many_rows_stand_beside_each_other():
    one, other = pa.table({"a": [1, 2]}, metadata={"k": "v"}), pa.table({"b": ["x", None]})
    both = arrays.beside([one, other])
    assert both.to_pydict() == {"a": [1, 2], "b": ["x", None]} and both.schema.metadata == {b"k": b"v"}


def test_what_goes_wrong_in_work_that_was_begun_is_raised_where_its_result_is_asked_for():
    with begun(lambda: 1 / 0) as result, pytest.raises(ZeroDivisionError):
        result()
    with begun(sum, [1, 2]) as result:
        assert result() == 3
