"""filter: what stays, what goes and why, best rows and all rows."""

from __future__ import annotations

import pyarrow as pa
import pytest

from pz_tsm.errors import TsmError
from pz_tsm.ops import get
from pz_tsm.ops.base import Context

OP = get("filter")


def run(table, value):
    return OP.run(table, OP.parse(value), Context())


PLAIN = pa.table(
    {"row_id": [1, 2, 3, 4], "z": [0.1, 0.5, None, float("nan")], "survey": ["a", "b", "a", "b"]}
)
COMBINED = pa.table(
    {
        "row_id": [1, 2, 3, 4, 5, 6],
        "group_id": [1, 1, 3, 3, 5, 5],
        "is_best": [True, False, True, False, False, False],
        "z": [0.1, 0.2, 0.9, 0.8, 0.5, 0.6],
    }
)


def test_a_bare_text_is_the_condition():
    result = run(PLAIN, "z > 0.2")
    assert result.table["row_id"].to_pylist() == [2]
    assert result.report.dropped == {"fails: z > 0.2": 3}
    assert "z (2 rows)" in result.report.findings[0].message


def test_null_and_nan_fail_either_way():
    assert run(PLAIN, "NOT z > 0.2").table["row_id"].to_pylist() == [1]
    assert run(PLAIN, "z > 0.2 OR z IS NULL").table["row_id"].to_pylist() == [2, 3]


def test_only_best_rows_are_tested_and_their_group_follows():
    result = run(COMBINED, "z < 0.5")
    assert result.table["row_id"].to_pylist() == [1, 2]
    assert result.report.dropped == {
        "fails: z < 0.5": 1,
        "measurement of an object whose best row fails": 1,
        "measurement of an object without a best row": 2,
    }
    assert result.report.details["best"] == {"in": 2, "out": 1}


def test_a_measurement_stays_with_its_object_even_if_it_fails():
    assert run(COMBINED, "z < 0.15").table["row_id"].to_pylist() == [1, 2]


def test_all_rows_on_request():
    assert run(COMBINED, {"condition": "z > 0.5", "rows": "all"}).table["row_id"].to_pylist() == [3, 4, 6]


def test_nothing_left_is_a_warning_but_not_in_a_plan():
    assert run(PLAIN, "z > 5").report.findings[-1].level == "warning"
    planned = OP.run(PLAIN, OP.parse("z > 5"), Context(planning=True))
    assert all(finding.level != "warning" for finding in planned.report.findings)


@pytest.mark.parametrize(
    ("text", "word"), [("zz > 1", "'z'"), ("survey > 1", "text"), ("z >", "too early"), ("z", "condition")]
)
def test_errors_before_anything_runs(text, word):
    with pytest.raises(TsmError, match=word):
        run(PLAIN, text)


def test_schema_serves_a_form():
    properties = OP.params.model_json_schema()["properties"]
    assert properties["rows"]["enum"] == ["best", "all"] and properties["condition"]["format"] == "condition"
