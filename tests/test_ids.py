"""Identities: equal to the reference hashes, and the same whatever the order of rows."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
import xxhash

from pz_tsm import ids
from pz_tsm.digest import table_digest
from pz_tsm.errors import TsmError


def test_row_ids_equal_xxhash(contract):
    for case in json.loads((contract / "vectors" / "ids.json").read_text(encoding="utf-8"))["cases"]:
        keys = [pa.array([part, "other"]) for part in case["key"]]
        found, _ = ids.row_ids(case["catalogue"], keys, pa.table({"x": [1, 2]}))
        assert str(found[0]) == case["row_id"], case


def test_split_u_equals_mmh3(contract):
    vectors = json.loads((contract / "vectors" / "split.json").read_text(encoding="utf-8"))
    for case in vectors["cases"]:
        u = ids.split_u(np.array([int(case["key"])], dtype=np.int64), case["seed"])[0]
        assert u == case["u"] and u == case["murmur3"] / 2**32


def test_keys_of_other_types_are_the_same_keys():
    def of(column):
        return ids.row_ids("cat", [column], pa.table({"x": [0, 1]}))[0].tolist()

    assert of(pa.array([12, 13])) == of(pa.array(["12", "13"])) == of(pa.array([12.0, 13.0]))
    assert of(pa.chunked_array([[12], [13]])) == of(pa.array([12, 13], pa.uint16()))


def test_order_of_rows_does_not_matter():
    table = pa.table({"id": ["a", None, "b", "b", None], "z": [1.0, 2.0, 3.0, 4.0, 2.0]})
    found, report = ids.row_ids("cat", [table["id"]], table)
    order = np.array([3, 0, 4, 2, 1])
    shuffled = table.take(order)
    again, _ = ids.row_ids("cat", [shuffled["id"]], shuffled)
    assert sorted(found.tolist()) == sorted(again.tolist())
    assert found[[0, 2, 3]].tolist() == [again[1], again[3], again[0]]
    assert report["missing"] == 2 and report["repeated"] == 2 and report["identical"] == 1
    assert "2 missing" in report["message"] and "1 rows repeat" in report["message"]
    assert len(set(found.tolist())) == 5


def test_no_key_uses_the_content_and_says_so():
    table = pa.table({"z": [1.0, 2.0], "a": ["x", "y"]})
    found, report = ids.row_ids("cat", None, table)
    other, _ = ids.row_ids("cat", None, table.select(["a", "z"]))
    assert found.tolist() == other.tolist()
    assert report["keys"] == "content" and "No key column" in report["message"]


def plainly(value):
    """The text of a value in a row's content, value by value."""
    if value is None or value != value:
        return ids.NULL_TEXT
    if isinstance(value, float):
        return str(int(value)) if value == value // 1 and abs(value) < 2**53 else repr(value)
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def test_content_is_written_value_by_value_as_python_writes_it():
    rng = np.random.default_rng(4)
    floats = rng.normal(0, 1, 3000) * 10.0 ** rng.integers(-25, 25, 3000)
    floats[:2000] = np.round(floats[:2000], 3)
    odd = [0.0, -0.0, np.nan, np.inf, -np.inf, 1e-4, 9.9e-5, 1e9, 999999999.5, 1e15, 1e16, 2.0**53, 5e-324]
    floats[: len(odd)] = odd
    table = pa.table(
        {
            "f": pa.array(floats, mask=rng.random(3000) < 0.1),
            "b": pa.array([None if one == 2 else bool(one) for one in rng.integers(0, 3, 3000)]),
            "t": pa.array([None if one == 3 else f"é{one}" for one in rng.integers(0, 9, 3000)]),
            "n": rng.integers(-(2**63), 2**63 - 1, 3000),
        }
    )
    found, report = ids.row_ids("cat", None, table)
    for row, one in zip(table.select(["b", "f", "n", "t"]).to_pylist(), found.tolist(), strict=True):
        content = "\x1f".join(map(plainly, row.values()))
        wanted = xxhash.xxh64_intdigest(b"cat\x1f" + content.encode())
        assert one == np.uint64(wanted).astype(np.int64), row
    assert report["identical"] == 0


@pytest.mark.parametrize("rows", [3, 100_000])
def test_rows_that_are_alike_are_numbered_in_their_order(rows):
    table = pa.table({"z": np.arange(rows) % (rows - 1), "t": ["x"] * rows})  # the last is the first again
    found, report = ids.row_ids("cat", None, table)
    again, _ = ids.row_ids("cat", None, table.slice(0, rows - 1))
    assert found[:-1].tolist() == again.tolist() and report["identical"] == 1
    assert found[-1] == np.uint64(xxhash.xxh64_intdigest(b"cat\x1fx\x1f0\x1f#1")).astype(np.int64)


def test_a_collision_stops(monkeypatch):
    monkeypatch.setattr(xxhash, "xxh64_intdigest", lambda data: 7)
    with pytest.raises(TsmError, match="collision"):
        ids.row_ids("cat", [pa.array(["a", "b"])], pa.table({"x": [1, 2]}))


def test_digest_ignores_order_and_noise_but_sees_changes():
    table = pa.table(
        {"row_id": [3, 1, 2], "z": [0.1, None, float("nan")], "t": ["a", None, "c"], "b": [True, False, None]}
    )
    digest = table_digest(table)
    assert digest == table_digest(table.take([2, 0, 1]).select(["b", "t", "z", "row_id"]))
    assert digest == table_digest(pa.concat_tables([table.slice(0, 1), table.slice(1)]))

    def with_z(values):
        return table_digest(table.set_column(1, "z", pa.array(values)))

    assert with_z([0.1 * (1 + 1e-14), None, float("nan")]) == digest
    assert with_z([0.1 * (1 + 1e-7), None, float("nan")]) != digest
    assert with_z([0.1, float("nan"), None]) != digest
    assert with_z([0.1, 0.0, float("nan")]) != digest
    assert table_digest(table.slice(0, 2)) != digest
    assert table_digest(table.rename_columns(["row_id", "y", "t", "b"])) != digest


def test_digest_of_texts_does_not_run_together():
    assert table_digest(pa.table({"a": ["ab", "c"]})) != table_digest(pa.table({"a": ["a", "bc"]}))
