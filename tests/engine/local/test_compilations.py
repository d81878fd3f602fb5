"""Two opened tables compared over HTTP: the summary, and the objects as a table like any other."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest


def write(path, *rows, access=b"public"):
    x, z, survey = zip(*rows, strict=True)
    table = pa.table(
        {
            "ra": [150.1 + one / 3600 for one in x],
            "dec": [2.0] * len(x),
            "zspec": pa.array(z, pa.float64()),
            "survey_name": list(survey),
        }
    )
    pq.write_table(table.replace_schema_metadata({b"tsm:access": access}), path)
    return path


@pytest.fixture
def opened(client, tmp_path):
    old = write(tmp_path / "june.parquet", (0, 0.5, "VVDS"), (10, 0.6, "VVDS"), (20, 0.7, "VVDS"))
    new = write(
        tmp_path / "november.parquet",
        (0.2, 0.5, "VVDS"),
        (10, 0.9, "DESI"),
        (30, 1.0, "DESI"),
        access=b"rubin-data-rights",
    )
    return [client.post("/local/tables", json={"file": str(one)}).json()["id"] for one in (old, new)]


def test_objects_are_counted_and_opened_as_a_table(client, opened):
    first, second = opened
    answer = client.post("/local/compilations", json={"first": first, "second": second})
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["first"], said["second"], said["objects"]) == ("june.parquet", "november.parquet", 4)
    assert {name: n for name, n in said["counts"].items() if n} == {
        "same": 1,
        "redshift": 1,
        "added": 1,
        "lost": 1,
    }
    assert said["surveys"] == [{"from": "VVDS", "to": "DESI", "objects": 1}]
    table = said["table"]
    assert table["rows"] == 4 and table["access"] == "rubin-data-rights"
    assert (table["roles"]["ra"], table["roles"]["redshift"]) == ("ra", "redshift_2")
    lost = client.get(f"/local/tables/{table['id']}/window", params={"where": "change = 'lost'"})
    rows = pa.ipc.open_stream(io.BytesIO(lost.content)).read_all().to_pylist()
    assert [(row["redshift_1"], row["survey_1"], row["redshift_2"]) for row in rows] == [(0.7, "VVDS", None)]


def test_the_same_question_gives_the_same_table_and_makes_no_file_more(client, opened, state):
    asked = {"first": opened[0], "second": opened[1]}
    once, again = (client.post("/local/compilations", json=asked).json() for _ in range(2))
    assert again == once
    assert len(list(state.data.rglob("comparisons/*"))) == 1


def test_the_radius_decides_what_is_one_object(client, opened):
    said = client.post(
        "/local/compilations", json={"first": opened[0], "second": opened[1], "radius_arcsec": 0.1}
    ).json()
    assert said["counts"]["same"] == 0 and said["counts"]["added"] == 2


def test_tables_that_are_gone_and_tables_without_redshifts_are_told_in_words(client, opened, tmp_path):
    gone = client.post("/local/compilations", json={"first": opened[0], "second": "0" * 32})
    assert gone.status_code == 404 and "Open its file again" in gone.json()["error"]["remedy"]
    path = tmp_path / "positions.parquet"
    pq.write_table(pa.table({"ra": [1.0], "dec": [2.0]}), path)
    bare = client.post("/local/tables", json={"file": str(path)}).json()["id"]
    answer = client.post("/local/compilations", json={"first": opened[0], "second": bare})
    assert answer.status_code == 400
    assert "'positions.parquet' has no column 'redshift'" in answer.json()["error"]["message"]
