"""Rows that left are in the bundle with their reasons; the public part holds nothing of the objects."""

from __future__ import annotations

import collections
import json
import re
import shutil

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from test_verify import problems, sign_again

from pz_tsm import bundle, mock
from pz_tsm.errors import TsmError
from pz_tsm.recipe.runner import run

GONE, OPEN = bundle.EXCLUDED, bundle.PUBLIC
LEAKS = re.compile(
    r"objectId|release|split|fold|match_|[ugrizy]_(gaap|cModel|psf|snr)|bands_|tract|patch|ebv"
)


def recipe(profile: str = "mock", steps: str = "", access: str = "") -> str:
    return f"""\
format: tsm-recipe/1
name: small
seed: 3
inputs:
  deep:
    from: {{file: sky/bad_deep.parquet}}
    {access}
    columns: {{id: NUM, ra: ALPHA, dec: DELTA, z: Z, z_flag: ZFLAGS, survey: survey_name}}
  wide:
    from: {{file: sky/mock_wide.fits}}
    survey: MOCK-WIDE
    columns: {{id: TARGETID, ra: TARGET_RA, dec: TARGET_DEC, z: Z, z_err: ZERR, z_flag: ZWARN}}
steps:
  - homogenize: {{rules: mock}}
  - filter: {{condition: z_flag_homogenized >= 1, rows: all}}
  - combine: {{radius_arcsec: 0.75}}
  - match: {{release: {{hats: sky/mock_release, profile: {profile}}}, columns: [gaap1p0]}}
  - photometry: {{to: mag, deredden: sfd}}
  - filter: "i_snr >= 20 AND bands_observed = 63"
  {steps}
  - split: {{parts: {{train: 0.7, test: 0.3}}}}
write:
  - {{format: parquet}}
  - {{format: public}}
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A mock sky; one of its catalogues has rows without a position."""
    folder = tmp_path_factory.mktemp("left")
    mock.make(folder / "sky", rows=1500, objects=4500)
    deep = pq.read_table(folder / "sky" / "mock_deep.parquet")
    gaps = pa.array(deep["DELTA"].to_numpy(), mask=np.arange(deep.num_rows) < 3)
    deep = deep.set_column(deep.column_names.index("DELTA"), deep.schema.field("DELTA"), gaps)
    pq.write_table(deep, folder / "sky" / "bad_deep.parquet")
    return folder


@pytest.fixture(scope="module")
def kept(base):
    return run(recipe("dp2"), base, base / "kept"), base / "kept"


@pytest.fixture
def out(kept, tmp_path):
    shutil.copytree(kept[1], tmp_path / "out")
    return tmp_path / "out"


def test_every_row_that_left_is_there_with_its_reason(kept):
    result, out = kept
    assert bundle.verify(out).ok, bundle.verify(out).problems
    table = pq.read_table(out / GONE)
    found = collections.Counter(zip(table["step"].to_pylist(), table["reason"].to_pylist(), strict=True))
    counts = json.loads((out / "provenance.json").read_text())["counts"]
    said = {
        (one["activity"], reason): count
        for one in counts
        for reason, count in one["dropped_by_reason"].items()
    }
    assert found == said
    assert len({name.split(":")[2] for name, _ in said}) == 3, "load, match and filter left rows out"
    assert ("step:0:load:deep", "no position") in said
    rows = sum(report.rows_in for report in result.reports if report.op == "load")
    every = [*table["row_id"].to_pylist(), *pq.read_table(out / bundle.TABLE)["row_id"].to_pylist()]
    assert len(set(every)) == len(every) == rows


def test_excluded_rows_say_redshift_and_position_of_their_catalogue(kept, base):
    table = pq.read_table(kept[1] / GONE)
    cut = table.filter(pc.match_substring(table["step"].cast(pa.string()), "filter"))
    cut = cut.filter(pc.equal(cut["survey"].cast(pa.string()), "MOCK-DEEP"))
    own = pq.read_table(base / "sky" / "bad_deep.parquet")
    assert set(cut["ra"].to_pylist()) <= set(own["ALPHA"].to_pylist()) and cut.num_rows > 10
    assert set(cut["redshift"].drop_null().to_pylist()) <= set(own["Z"].to_pylist())


def test_schema_and_readme_describe_them(kept):
    schema = json.loads((kept[1] / "schema.json").read_text())
    others = {one["table"]: {column["name"]: column for column in one["columns"]} for one in schema["others"]}
    assert set(others) == {bundle.MEASUREMENTS, GONE, OPEN}
    assert "step" in others[GONE] and others[GONE]["reason"]["description"]
    text = (kept[1] / "README.md").read_text()
    assert f"`{GONE}`: the rows that left" in text and f"`{OPEN}` has its own: Public" in text


def test_a_run_with_what_was_kept_in_memory_gives_the_same(kept, base):
    from pz_tsm.recipe import memo

    with memo.using(memo.Memo(10**9)):
        for name in ("first", "second"):
            run(recipe("dp2"), base, base / name)
    assert (base / "second" / GONE).read_bytes() == (kept[1] / GONE).read_bytes()


@pytest.mark.parametrize(
    ("name", "change", "found"),
    [
        (GONE, lambda t: t.slice(1), ("E9", GONE)),
        (GONE, lambda t: t.set_column(4, "reason", pa.array(["because"] * len(t))), ("E9", GONE)),
        (GONE, lambda t: t.set_column(1, "row_id", pc.add(t["row_id"], 1)), ("D1", GONE)),
        (OPEN, lambda t: t.slice(1), ("L1", OPEN)),
        (OPEN, lambda t: t.append_column("i_snr", pa.array([1.0] * len(t))), ("L1", "i_snr")),
        (OPEN, lambda t: t.append_column("split", pa.array(["train"] * len(t))), ("L1", "split")),
        (bundle.MEASUREMENTS, lambda t: t.slice(1), ("D1", bundle.MEASUREMENTS)),
        (bundle.MEASUREMENTS, lambda t: t.drop_columns(["survey"]), ("E1", "survey")),
    ],
)
def test_a_change_is_found_even_with_new_checksums(out, name, change, found):
    pq.write_table(change(pq.ParquetFile(out / name).read()), out / name)
    sign_again(out)
    assert found in problems(out)


@pytest.mark.parametrize("name", [GONE, OPEN, bundle.MEASUREMENTS])
def test_a_file_that_is_gone_and_forgotten_is_missed(out, name):
    (out / name).unlink()
    sums = out / "checksums.sha256"
    sums.write_text("".join(line for line in sums.read_text().splitlines(True) if name not in line))
    assert name in {where for _, where in problems(out)}


def test_the_public_part_has_all_rows_and_nothing_of_the_objects(kept):
    result, out = kept
    table, whole = pq.read_table(out / OPEN), pq.read_table(out / bundle.TABLE)
    assert not [name for name in table.column_names if LEAKS.match(name)]
    every = set(pq.read_table(out / bundle.MEASUREMENTS)["row_id"].to_pylist())
    assert set(table["row_id"].to_pylist()) == every > set(whole["row_id"].to_pylist())
    assert table.schema.metadata[b"tsm:access"] == b"public"
    assert whole.schema.metadata[b"tsm:access"] == b"rubin-data-rights"
    assert not any(b"objectId" in value or b"gaap" in value for value in table.schema.metadata.values())
    ids = {str(one) for one in whole["objectId"].to_pylist()}
    assert not ids & set(table["tsm_id"].to_pylist()) and "-" not in "".join(table["tsm_id"].to_pylist())


def test_the_public_part_of_inputs_that_are_not_public_is_not(base):
    out = base / "rights"
    run(recipe(access="access: rubin-data-rights"), base, out)
    assert pq.read_schema(out / OPEN).metadata[b"tsm:access"] == b"rubin-data-rights"
    table = pq.ParquetFile(out / OPEN).read()
    pq.write_table(
        table.replace_schema_metadata({**table.schema.metadata, b"tsm:access": b"public"}), out / OPEN
    )
    sign_again(out)
    assert ("L1", OPEN) in problems(out)


def test_an_input_that_brings_objects_of_its_own_leaves_them_at_home(kept, base):
    text = """\
format: tsm-recipe/1
name: reused
inputs:
  kept:
    from: {file: kept/data/training_set.parquet}
    columns: {id: source_row_id, ra: specz_ra, dec: specz_dec, z: redshift, survey: survey}
steps:
  - filter: redshift > 0
write: [{format: public}]
"""
    run(text, base, base / "reused")
    found = pq.read_schema(base / "reused" / OPEN)
    assert not [name for name in found.names if LEAKS.match(name)]
    assert found.metadata[b"tsm:access"] == b"rubin-data-rights"


def test_a_public_part_that_cannot_be_is_refused_before_anything_runs(base):
    text = recipe().replace(
        "    survey: MOCK-WIDE\n",
        "    survey: MOCK-WIDE\n    steps: [match: {release: {hats: sky/mock_release, profile: mock}}]\n",
    )
    with pytest.raises(TsmError, match="no public part: input 'wide'"):
        run(text, base, base / "never")


def test_a_step_that_does_not_say_why_each_row_left():
    from pz_tsm.ops.base import Report, Result
    from pz_tsm.recipe import excluded

    table = pa.table({"row_id": [1, 2, 3, 4], "ra": [1.0, 2.0, 3.0, 4.0]})
    one = Result(table.slice(2), Report("mine", 4, 2, dropped={"too red": 2}))
    assert excluded.gone(table, one)["reason"].to_pylist() == ["too red"] * 2
    two = Result(table.slice(2), Report("mine", 4, 2, dropped={"too red": 1, "too blue": 1}))
    assert excluded.gone(table, two)["row_id"].to_pylist() == [1, 2]
    assert excluded.gone(table, two)["reason"].to_pylist() == [None, None]
    assert excluded.gone(table, Result(table, Report("mine", 4, 4))) is None
