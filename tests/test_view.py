"""Windows, searches and summaries of tables in memory."""

import datetime
import decimal
import json

import numpy as np
import pyarrow as pa
import pytest

from pz_tsm import summary
from pz_tsm.errors import TsmError
from pz_tsm.view import View


def infos(table, **said):
    return {column["name"]: column for column in View(table, **said).summaries()["columns"]}


def test_sorting_keeps_the_order_of_equals_and_puts_nulls_last_either_way():
    table = pa.table({"z": [2.0, None, 1.0, 2.0, float("nan")], "n": [0, 1, 2, 3, 4]})
    view = View(table)
    assert view.window(sort="z").table["n"].to_pylist() == [2, 0, 3, 4, 1]
    down = view.window(sort="z", descending=True).table["n"].to_pylist()
    assert down[-1] == 1 and down.index(0) < down.index(3)


def test_a_window_is_of_all_rows_that_pass_not_of_those_in_sight():
    n = 5000
    view = View(pa.table({"i": np.arange(n), "survey": ["A", "B"] * (n // 2)}))
    window = view.window(start=2400, count=500, sort="i", descending=True, where="survey = 'B'")
    assert window.total == 2500 and window.table.num_rows == 100
    assert window.table["i"].to_pylist()[0] == n - 1 - 2 * 2400


def test_search_finds_text_whatever_its_case_and_digits_of_identifiers():
    view = View(pa.table({"name": ["VVDS 1", None, "Deep"], "id": [2**60, 17, 33], "z": [17.0, 0.0, 0.0]}))
    assert view.window(search="vvds").total == 1
    assert view.window(search="17").total == 1  # an identifier, not a redshift
    assert view.window(search="846976").table["id"].to_pylist() == [2**60]
    assert view.window(search=".*").total == 0  # text, not a pattern


def test_summaries_survive_json_in_a_browser():
    table = pa.table(
        {
            "id": [2**62, -(2**62), 5],
            "flux": pa.array([1.0, float("inf"), float("nan")]),
            "none": pa.array([None, None, None], pa.float64()),
            "text": ["a", "a", None],
            "bool": [True, False, True],
        }
    )
    found = infos(table)
    json.dumps(found, allow_nan=False)
    assert found["id"]["min"] == str(-(2**62)) and found["id"]["max"] == str(2**62)
    assert found["flux"]["max"] == 1.0 and found["flux"]["nulls"] == 0
    assert found["none"]["histogram"] is None and found["none"]["nulls"] == 3
    assert found["text"]["values"] == [{"value": "a", "count": 2}] and found["text"]["distinct"] == 1
    assert found["bool"]["values"][0] == {"value": True, "count": 2}


def test_flags_are_counted_also_as_floating_numbers_and_identifiers_are_not():
    flags = pa.array(np.tile([3.0, 4.0, 4.0, 0.0], 50), pa.float32())
    found = infos(
        pa.table(
            {
                "flag": flags,
                "z": np.random.default_rng(1).uniform(0, 2, 200),
                "name": [f"s{i}" for i in range(200)],
            }
        )
    )
    assert found["flag"]["values"][0] == {"value": 4.0, "count": 100} and found["flag"]["distinct"] == 3
    assert found["z"]["values"] is None and sum(found["z"]["histogram"]["counts"]) == 200
    assert found["name"]["values"] is None and found["name"]["distinct"] == 200


def test_other_types_become_the_five_that_front_ends_read():
    table = pa.table(
        {
            "day": [datetime.date(2026, 11, 23)],
            "decimal": [decimal.Decimal("1.50")],
            "list": [[1, 2]],
            "bytes": [b"\xff\x00"],
            "word": pa.array(["a"]).dictionary_encode(),
        }
    )
    made = summary.simple(table)
    assert made.to_pylist() == [
        {"day": "2026-11-23", "decimal": 1.5, "list": "[1, 2]", "bytes": "ff00", "word": "a"}
    ]
    assert {column["type"] for column in infos(table).values()} == {"text", "float"}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (
            ["ALPHA", "DELTA", "Z", "ZFLAGS"],
            {"ra": "ALPHA", "dec": "DELTA", "redshift": "Z", "flag": "ZFLAGS"},
        ),
        (["ra", "dec", "z", "redshift"], {"ra": "ra", "dec": "dec", "redshift": "redshift"}),
        (["x", "y"], {}),
    ],
)
def test_roles_by_name(names, expected):
    assert summary.roles(pa.schema([(name, pa.float64()) for name in names])) == expected


def test_roles_that_are_known_go_before_ucds_and_ucds_before_names():
    ucd = {"ucd": "src.redshift"}
    schema = pa.schema(
        [pa.field("z", pa.float64()), pa.field("zz", pa.float64(), metadata=ucd), ("ra", pa.string())]
    )
    assert summary.roles(schema) == {"redshift": "zz"}  # and a text is no right ascension
    said = schema.with_metadata({"tsm:roles": json.dumps({"redshift": "z", "survey": "gone"})})
    assert summary.roles(said)["redshift"] == "z" and "survey" not in summary.roles(said)


def test_access_is_what_the_table_says_and_never_more_open_than_its_columns():
    objects = pa.schema([("objectId", pa.int64()), ("coord_ra", pa.float64()), ("coord_dec", pa.float64())])
    assert summary.access(objects) == "rubin-data-rights"
    assert summary.access(objects.with_metadata({"tsm:access": "public"})) == "public"


def test_an_empty_table_can_be_looked_at():
    view = View(pa.table({"z": pa.array([], pa.float64())}))
    assert view.info()["rows"] == 0 and view.window(sort="z", where="z > 1").total == 0


def test_an_unknown_column_is_named_with_the_nearest_one():
    with pytest.raises(TsmError, match="redshif") as caught:
        View(pa.table({"redshift": [1.0]})).columns(["redshif"])
    assert "redshift" in caught.value.remedy
