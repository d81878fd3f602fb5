"""Texts that repeat are read as references and expanded: the table is the same as value by value."""

from __future__ import annotations

import os

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pz_tsm.sources.formats import parquet


def table(rows: int = 30_000) -> pa.Table:
    rng = np.random.default_rng(9)
    few = pa.array(rng.choice(["VVDS", "2MRS", "", "Müller", None], rows))
    return pa.table(
        {
            "few": few,
            "a.b": few,
            "large": few.cast(pa.large_string()),
            "mixed": pa.array([f"object {k}" if k > rows // 2 else "same" for k in range(rows)]),
            "many": pa.array([f"object {k}" for k in range(rows)]),
            "none": pa.nulls(rows, pa.string()),
            "lists": pa.array([["x", "y"]] * rows),
            "z": rng.uniform(0, 3, rows),
        }
    )


@pytest.mark.parametrize("options", [{}, {"row_group_size": 7_000}, {"use_dictionary": False}])
@pytest.mark.parametrize("rows", [30_000, 3, 0])
@pytest.mark.parametrize("old", [True, False])
def test_the_table_is_the_same(tmp_path, options, rows, old):
    made, path = table().slice(0, rows), tmp_path / "t.parquet"
    pq.write_table(made, path, **options)
    if old:  # nobody writes it now: it is mapped into memory
        os.utime(path, (0, 0))
    found = parquet.read(path)
    assert found.equals(parquet.plain(made)) and found.schema.equals(parquet.plain(made).schema)
    assert parquet.read(path, columns=["z", "a.b"]).equals(parquet.plain(made.select(["a.b", "z"])))


def test_what_counts_as_repeating(tmp_path):
    pq.write_table(table(), tmp_path / "t.parquet")
    found = parquet.repeated_texts(pq.ParquetFile(tmp_path / "t.parquet"))
    assert {"few", "a.b", "large"} <= set(found) and not {"many", "mixed", "lists", "z"} & set(found)


def test_where_references_can_not_be_expanded_values_are_read(tmp_path, monkeypatch):
    made, path = table(), tmp_path / "t.parquet"
    pq.write_table(made, path)
    real, calls = parquet.plain, []

    def overflow(table: pa.Table) -> pa.Table:
        calls.append(1)
        if len(calls) == 1:
            raise pa.ArrowInvalid("offset overflow")
        return real(table)

    monkeypatch.setattr(parquet, "plain", overflow)
    assert parquet.read(path).equals(real(made)) and len(calls) == 2


def test_a_table_outlives_its_file(tmp_path):
    made, path = table(), tmp_path / "t.parquet"
    pq.write_table(made, path, compression="none", use_dictionary=False)
    os.utime(path, (0, 0))
    found = parquet.read(path)
    path.write_bytes(b"")
    assert found.equals(parquet.plain(made))
