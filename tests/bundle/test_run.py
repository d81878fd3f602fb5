"""From catalogues to a bundle, through the runner: what is written is what verify finds."""

from __future__ import annotations

import re
import subprocess
import sys

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from matchkit import DATA, OBJECTS, needs_kit

from pz_tsm import bundle, mock

RECIPE = f"""\
format: tsm-recipe/1
name: kit
seed: 3
inputs:
  vvds:
    from: {{file: {DATA}/specz/vvds.parquet}}
    survey: VVDS
    columns: {{id: NUM, ra: ALPHA, dec: DELTA, z: Z, z_flag: ZFLAGS}}
  vandels:
    from: {{file: {DATA}/specz/vandels_dr4.parquet}}
    survey: VANDELS
    columns: {{id: id, ra: alpha, dec: delta, z: zspec, z_flag: zflg}}
  ned:
    from: {{file: {DATA}/specz/ned.parquet}}
    columns: {{ra: RA, dec: DEC, z: redshift, z_flag: quality, survey: source}}
steps:
  - homogenize: {{rules: pz-server}}
  - combine: {{radius_arcsec: 0.75}}
  - match: {{release: {{hats: {OBJECTS}, profile: dp1}}, columns: [cModel]}}
  - photometry: {{to: mag, deredden: sfd}}
  - filter: "i_snr >= 20 AND n_detected = 6"
  - split: {{method: random, parts: {{train: 0.7, validation: 0.15, test: 0.15}}}}
write:
  - {{format: parquet}}
  - {{format: rail-hdf5, catalog_tag: com_cam}}
"""


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    from pz_tsm.recipe.runner import run

    out = tmp_path_factory.mktemp("run") / "bundle"
    return run(RECIPE, out=out), out


@needs_kit
def test_what_a_run_writes_is_right(kit):
    report = bundle.verify(kit[1])
    assert report.ok, report.problems


@needs_kit
def test_every_row_is_accounted_for(kit):
    result, out = kit
    for report in result.reports:
        report.close()
    table = pq.read_table(out / "data" / "training_set.parquet")
    assert table.num_rows == result.reports[-1].rows_out
    assert pq.read_metadata(out / "data" / "measurements.parquet").num_rows == 3000


@needs_kit
def test_only_the_surveys_in_the_table_are_cited(kit):
    text = (kit[1] / "references.bib").read_text()
    for cited in ("2013A&A...559A..14L", "2021A&A...647A.150G", "NED", "rubin-dp1-data"):
        assert f"{{{cited}," in text or cited in text
    assert "2dFGRS" not in text and "rubin-dp2" not in text


@needs_kit
def test_running_it_again_gives_the_same_bytes(kit, tmp_path):
    from pz_tsm.recipe.runner import run

    run(RECIPE, out=tmp_path / "again")
    names = ("data/training_set.parquet", "data/measurements.parquet", "rail/train.hdf5", "recipe.tsm.lock")
    for name in names:
        assert (tmp_path / "again" / name).read_bytes() == (kit[1] / name).read_bytes(), name
    assert bundle.diff(kit[1], tmp_path / "again").same


def test_a_replay_in_another_process_gives_the_same_bytes_or_names_what_changed(tmp_path):
    sky = tmp_path / "sky"
    mock.make(sky, rows=800, objects=2400)
    text = re.sub(r"  - \{format: rail.*\n", "", (sky / "mock.tsm.yaml").read_text())
    (sky / "mock.tsm.yaml").write_text(text)

    def run_it(recipe, out):
        words = ["-m", "pz_tsm.cli", "run", str(recipe), "-o", str(out), "--base", str(sky)]
        done = subprocess.run([sys.executable, *words], capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stderr

    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    run_it(sky / "mock.tsm.yaml", first)
    assert "the rows are those that the lock names" in run_it(first / "recipe.tsm.yaml", second)
    for name in ("data/training_set.parquet", "data/measurements.parquet", "data/excluded.parquet"):
        assert (first / name).read_bytes() == (second / name).read_bytes(), name

    deep = pq.read_table(sky / "mock_deep.parquet")
    kept = pq.read_table(first / "data" / "training_set.parquet")
    alone = pc.and_(pc.equal(kept["survey"], "MOCK-DEEP"), pc.equal(kept["n_meas"], 1))
    mine = kept.filter(pc.and_(alone, pc.equal(kept["match_n"], 1)))
    chosen = mine["source_row_id"][0].as_py()
    z = [
        value + 0.002 if str(one) == chosen else value
        for one, value in zip(deep["NUM"].to_pylist(), deep["Z"].to_pylist(), strict=True)
    ]
    pq.write_table(deep.set_column(deep.column_names.index("Z"), "Z", pa.array(z)), sky / "mock_deep.parquet")
    said = run_it(first / "recipe.tsm.yaml", third)
    assert "Not as in the lock: 'deep'" in said and "their digest differs" in said
    row = mine["row_id"][0].as_py()
    assert re.search(rf"Against the bundle's rows: 1 redshifts changed, .*: row_id {row} ", said), said
    assert "rows are of a catalogue whose content has changed" in said
