"""A combined product of before as an input: its flags are on our scale, its decisions are made anew."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import pz_tsm


@pytest.fixture
def product(tmp_path):
    path = tmp_path / "mock_compilation.parquet"
    table = pa.table(
        {
            "CRD_ID": ["CRD1_1", "CRD1_2", "CRD2_1"],
            "ra": [10.0, 10.0, 20.0],
            "dec": [-30.0, -30.0, -31.0],
            "z": [0.5, 0.5001, 1.2],
            "z_flag": ["x23", "x4", "x1"],
            "survey": ["MOCK-WIDE", "MOCK-DEEP", "MOCK-WIDE"],
            "z_flag_homogenized": [3.0, 4.0, 1.0],
            "instrument_type_homogenized": ["s", "s", "g"],
            "tie_result": [0, 1, 1],
        }
    )
    pq.write_table(table, path)
    return path


@pytest.mark.parametrize("mapped", ["z_flag_homogenized", None])
def test_its_flags_are_kept_and_the_survey_s_own_stay_beside_them(product, mapped):
    columns = {"id": "CRD_ID", **({"z_flag": mapped} if mapped else {})}
    table = pz_tsm.homogenize(pz_tsm.read(product, columns=columns), rules="default")
    rows = {row["source_row_id"]: row for row in table.arrow.to_pylist()}
    assert {name: row["z_flag_homogenized"] for name, row in rows.items()} == {
        "CRD1_1": 3.0,
        "CRD1_2": 4.0,
        "CRD2_1": 1.0,
    }
    assert rows["CRD1_1"]["z_flag_orig"] == "x23"
    assert rows["CRD2_1"]["instrument_type"] == "g"
    assert any("homogenized flags already" in finding.message for finding in table.findings)


def test_its_decisions_are_made_anew(product):
    table = pz_tsm.read(product, columns={"id": "CRD_ID", "z_flag": "z_flag_homogenized"})
    combined = pz_tsm.combine([pz_tsm.homogenize(table, rules="default")])
    verdicts = dict(zip(combined["source_row_id"], combined["verdict"], strict=True))
    assert verdicts == {"CRD1_1": "lost", "CRD1_2": "won", "CRD2_1": "ineligible"}
