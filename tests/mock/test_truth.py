"""What is known of the truth: wrong winners on a mock sky, and failures of flags in repeated measurements."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pz_tsm import mock
from pz_tsm.errors import TsmError
from pz_tsm.mock.score import winners
from pz_tsm.repeats import failure_rates

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import truth as script  # noqa: E402


@pytest.fixture(scope="module")
def sky(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, pa.Table], pa.Table]:
    out = tmp_path_factory.mktemp("sky")
    mock.make(out, rows=20_000, objects=40_000, seed=5)
    return script.mock_inputs(out), pq.read_table(out / "truth.parquet")


@pytest.mark.parametrize("params", [{}, {"policy": "pz-server"}], ids=["default", "pz-server"])
def test_at_most_half_a_percent_of_decidable_winners_are_wrong(sky, params):
    tables, truth = sky
    score = winners(script.combined(tables, **params), tables, truth)
    assert score.decidable > 9_000, "there is something to be wrong about"
    assert score.wrong <= 0.005 * score.decidable
    assert score.undecided < 0.05 * score.decidable, "it does not win by leaving objects out"


def test_the_score_sees_wrong_winners(sky):
    """Taking the worst flag first must show: else the score could not fail."""
    tables, truth = sky
    params = {
        "conflicts": "best",
        "eligible": "redshift IS NOT NULL",
        "prefer": [{"by": "z_flag_homogenized", "order": "ascending"}],
    }
    score = winners(script.combined(tables, **params), tables, truth)
    assert score.share > 0.01


def test_failure_rates_of_the_mock_surveys_follow_what_was_planted(sky):
    """Repeats against flag 4: flag 1 fails far more often than flag 3, and each interval holds its rate."""
    tables, _ = sky
    rates = failure_rates(script.combined(tables)).to_pylist()
    assert all(row["rate_low"] <= row["rate"] <= row["rate_high"] for row in rates if row["compared"])
    deep = {row["z_flag_homogenized"]: row for row in rates if row["survey"] == "MOCK-DEEP"}
    assert deep[1]["rate_low"] > deep[4]["rate_high"]
    assert deep[1]["rate_low"] < 0.375 < deep[1]["rate_high"] + 0.2


def measured(*rows: tuple) -> pa.Table:
    names = ("group_id", "survey", "redshift", "z_flag_homogenized", "instrument_type")
    types = (pa.int64(), pa.string(), pa.float64(), pa.float32(), pa.string())
    return pa.table(
        {
            name: pa.array(column, kind)
            for name, kind, column in zip(names, types, zip(*rows, strict=True), strict=True)
        }
    )


def test_failures_are_charged_to_the_doubtful_row_and_shared_between_equals():
    table = measured(
        (1, "A", 0.5, 2, "s"), (1, "B", 0.7, 4, "s"),  # A's flag 2 fails
        (2, "A", 0.5001, 2, "s"), (2, "B", 0.5, 4, "s"),  # and once it holds
        (3, "A", 0.3, 4, "s"), (3, "B", 0.6, 4, "s"),  # one of the two fails
        (4, "A", 0.4, 2, "s"), (4, "B", 0.4, 4, "s"),  # one measurement, listed twice
        (5, "A", None, 0, None), (5, "B", 0.4, 4, "s"),  # nothing to compare
        (6, "A", 0.5, None, "s"), (6, "B", 0.9, 4, "s"),
        (7, "C", 0.50, 3, "p"), (7, "B", 0.55, 4, "s"),  # within what a photo-z may be off
    )  # fmt: skip
    found = {
        (row["survey"], row["z_flag_homogenized"]): (row["compared"], row["failed"], row["copies"])
        for row in failure_rates(table).to_pylist()
    }
    assert found == {("A", 2): (2, 1, 1), ("A", 4): (1, 0.5, 0), ("B", 4): (1, 0.5, 0), ("C", 3): (1, 0, 0)}


def test_a_table_that_was_not_combined_is_refused_in_words():
    with pytest.raises(TsmError, match="group_id"):
        failure_rates(measured((1, "A", 0.5, 2, "s")).drop_columns(["group_id"]))
