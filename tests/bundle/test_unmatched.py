"""A bundle whose table keeps the rows without an object: written, right, and verified."""

from __future__ import annotations

import pyarrow.parquet as pq

from pz_tsm import bundle

RECIPE = """\
format: tsm-recipe/1
name: kept
seed: 7
inputs:
  mine: {from: {file: mine.csv}, survey: VVDS, columns: {id: id, ra: ra, dec: dec, z: z, z_flag: q}}
steps:
  - homogenize: {rules: pz-server}
  - combine: {radius_arcsec: 0.75}
  - match: {release: {hats: objects, profile: dp2}, columns: [gaap1p0], unmatched: keep, select: one-to-one}
  - photometry: {to: mag, deredden: sfd}
  - split: {method: random, parts: {train: 0.6, test: 0.4}}
write:
  - {format: parquet}
  - {format: csv}
  - {format: rail-hdf5, catalog_tag: lsst_gaap_1p0}
"""


def test_unmatched_rows_stay_out_of_the_parts(tmp_path):
    import h5py
    from matchkit import few_objects, write_hats

    from pz_tsm.recipe.runner import run

    write_hats(tmp_path / "objects", few_objects(40), 5)
    rows = [f"{n},{10 + n / 20:.6f},-30.0,0.{n + 10},4" for n in range(60)]  # every second has an object
    (tmp_path / "mine.csv").write_text("id,ra,dec,z,q\n" + "\n".join(rows) + "\n")
    result = run(RECIPE, base=tmp_path, out=tmp_path / "out")
    table = pq.read_table(tmp_path / "out" / "data" / "training_set.parquet")
    assert table.num_rows == 60 and table["objectId"].null_count == 30
    assert set(table["match_reason"].to_pylist()) == {None, "nothing within the radius"}
    parts = dict(zip(table["objectId"].to_pylist(), table["split"].to_pylist(), strict=True))
    assert parts.pop(None) == "unused" and set(parts.values()) == {"train", "test"}
    in_files = 0
    for part in ("train", "test"):
        with h5py.File(tmp_path / "out" / "rail" / f"{part}.hdf5") as file:
            ids = file["objectId"][:]
            assert ids.dtype == "int64" and len(set(ids.tolist())) == len(ids)
            in_files += len(ids)
    assert in_files == 30
    report = bundle.verify(tmp_path / "out")
    assert report.ok, report.problems
    match = next(one for one in result.reports if one.op == "match")
    assert match.rows_out == match.rows_in == 60
