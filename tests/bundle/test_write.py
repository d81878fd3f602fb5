"""What stands in a bundle."""

from __future__ import annotations

import hashlib
import json

import h5py
import numpy as np
import pyarrow.parquet as pq
import pytest

from pz_tsm import bundle
from pz_tsm.errors import TsmError


def test_the_layout(out):
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert files == {
        *("README.md", "ro-crate-metadata.json", "recipe.tsm.yaml", "recipe.tsm.lock", "provenance.json"),
        *("schema.json", "CITATION.cff", "references.bib", "checksums.sha256", "data/training_set.parquet"),
        *(
            "ACKNOWLEDGEMENTS.txt",
            "rail/train.hdf5",
            "rail/test.hdf5",
            "rail/catalog_tag.yaml",
            "qa/match.json",
            "qa/match.svg",
        ),
    }


def test_checksums_are_those_of_sha256sum(out):
    lines = (out / "checksums.sha256").read_text().splitlines()
    assert len(lines) == 15
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest


def test_the_recipe_stays_as_it_was_written(made, out):
    assert (out / "recipe.tsm.yaml").read_text().startswith("# a comment that stays")
    table = pq.read_table(out / "data" / "training_set.parquet")
    assert table.schema.metadata[b"tsm:recipe"].decode() == (out / "recipe.tsm.yaml").read_text()
    assert table.schema.metadata[b"tsm:access"] == b"rubin-data-rights"


def test_data_are_the_same_bytes_for_the_same_table_in_any_order(made, out, tmp_path):
    order = np.random.default_rng(0).permutation(made.table.num_rows)
    table, made.table = made.table, made.table.take(order)
    try:
        again = made.write(tmp_path / "again")
    finally:
        made.table = table
    for name in (
        "data/training_set.parquet",
        "rail/train.hdf5",
        "rail/test.hdf5",
        "recipe.tsm.lock",
        "references.bib",
    ):
        assert (again / name).read_bytes() == (out / name).read_bytes(), name


def test_columns_say_unit_and_meaning(out):
    schema = {one["name"]: one for one in json.loads((out / "schema.json").read_text())["columns"]}
    assert schema["objectId"]["type"] == "int64"
    assert schema["i_gaap1p0Mag"]["unit"] == "mag" and schema["i_gaap1p0Mag"]["state"]["dereddened"] is True
    assert schema["match_dist"]["unit"] == "arcsec"
    field = pq.read_schema(out / "data" / "training_set.parquet").field("redshift")
    assert field.metadata[b"ucd"] == b"src.redshift"


def test_rail_files_hold_their_part(made, out):
    table = pq.read_table(out / "data" / "training_set.parquet")
    total = 0
    for part in ("train", "test"):
        with h5py.File(out / "rail" / f"{part}.hdf5") as file:
            rows = table.filter(np.array(table["split"].to_pylist()) == part)
            assert file["objectId"][()].tolist() == rows["objectId"].to_pylist()
            assert file["objectId"].dtype == np.int64 and file["i_gaap1p0Mag"].dtype == np.float64
            assert all(dataset.ndim == 1 and dataset.dtype.kind in "fi" for dataset in file.values())
            assert "redshift" in file and "y_gaap1p0MagErr" in file
            total += len(file["redshift"])
    assert total == 40


def test_rail_tells_not_detected_from_not_observed(out):
    found = {}
    for part in ("train", "test"):
        with h5py.File(out / "rail" / f"{part}.hdf5") as file:
            found |= dict(zip(file["objectId"][()].tolist(), file["y_gaap1p0Mag"][()].tolist(), strict=True))
    assert np.isnan(found[900_000_000_000_000_000])
    assert found[900_000_000_000_000_001] == np.inf
    assert found[900_000_000_000_000_002] == pytest.approx(23.9 - 0.131, abs=1e-4)


def test_tables_io_reads_the_rail_files(out):
    tables_io = pytest.importorskip("tables_io")
    table = tables_io.read(str(out / "rail" / "train.hdf5"))
    assert len(table["redshift"]) == len(table["u_gaap1p0Mag"])


def test_unused_rows_have_no_file(made, tmp_path):
    import pyarrow as pa

    parts = ["unused"] * 10 + made.table["split"].to_pylist()[10:]
    field = made.table.schema.field("split")
    table, made.table = (
        made.table,
        made.table.set_column(made.table.column_names.index("split"), field, pa.array(parts)),
    )
    try:
        out = made.write(tmp_path / "b")
    finally:
        made.table = table
    assert sorted(path.name for path in (out / "rail").glob("*.hdf5")) == ["test.hdf5", "train.hdf5"]


def test_only_surveys_with_rows_kept_are_cited(out):
    text = (out / "references.bib").read_text()
    assert "Huchra" in text or "2MRS" in text
    assert "VANDELS" not in text
    assert "10.71929/rubin/3382528" in text  # DP2


def test_a_survey_whose_rows_lost_is_not_cited(made, tmp_path):
    import pyarrow as pa

    best = [True] * 39 + [False]
    table = made.table
    made.table = table.set_column(table.column_names.index("is_best"), "is_best", pa.array(best))
    try:
        out = made.write(tmp_path / "b")
    finally:
        made.table = table
    assert "2MRS" not in (out / "references.bib").read_text()


def test_the_readme_says_access_counts_and_surveys(out):
    text = (out / "README.md").read_text()
    assert "# A small training set" in text and "Rubin data rights" in text
    assert "40 rows" in text and "| VVDS | 39 |" in text and "train " in text
    assert "pz-tsm run recipe.tsm.yaml" in text and "## Caveats" in text and "| redshift | double |" in text
    assert "dereddened with SFD98" in text


def test_surveys_without_known_terms_are_named(made, tmp_path, monkeypatch):
    from types import SimpleNamespace as One

    import pyarrow as pa

    from pz_tsm.bundle import acknowledge

    reference = One(bibcode="2013A&A...559A..14L")
    words = One(text="thank VVDS")
    entry = One(id="v", name="V", survey=None, reference=reference, caveats=[One(text="i < 24.75")])
    entry.acknowledgement, entry.licence = words, One(text="CC BY 4.0", confidence="unverified")
    monkeypatch.setattr(acknowledge, "_entries", lambda: (entry,))
    names = made.table["survey"].to_pylist()[:-1] + ["NOBODYS"]
    table = made.table
    made.table = table.set_column(table.column_names.index("survey"), "survey", pa.array(names))
    try:
        out = made.write(tmp_path / "b")
    finally:
        made.table = table
    text = (out / "ACKNOWLEDGEMENTS.txt").read_text()
    assert "VVDS: 39 rows" in text and "thank VVDS" in text and "licence: CC BY 4.0 (unverified)" in text
    assert "No terms of use are known for: NOBODYS." in text and "10.71929/rubin/3382528" in text
    readme = (out / "README.md").read_text()
    assert "No terms of use are known for NOBODYS" in readme and "VVDS: i < 24.75" in readme
    assert "| NOBODYS | 1 |" in readme and "not known: ask the catalogue | not known |" in readme


def test_services_and_software_that_were_used_are_cited(tmp_path):
    from pz_tsm.bundle import acknowledge, cite
    from pz_tsm.recipe import Recipe

    recipe = Recipe.parse(
        "format: tsm-recipe/1\ninputs: {a: {from: {pzserver: 12_goods}}, b: {from: {file: b.csv}}}\n"
    )
    used = acknowledge.services(recipe)
    assert used == ["pzserver"]
    keys = set(cite.bibtex([], None, False, [*used, "lsdb"]))
    assert keys == {"2018A&C....25...58G", "arXiv:2501.02103", "pz-tsm"}
    assert set(cite.bibtex([], None, False)) == {"pz-tsm"}


def test_the_crate_tells_the_steps_in_prov_terms(out):
    graph = {one["@id"]: one for one in json.loads((out / "ro-crate-metadata.json").read_text())["@graph"]}
    split = graph["#step-3-split"]
    assert split["@type"] == ["CreateAction", "prov:Activity"]
    assert split["prov:wasInformedBy"] == {"@id": "#step-2-photometry"}
    assert graph["data/training_set.parquet"]["prov:wasGeneratedBy"] == {"@id": "#step-3-split"}
    assert graph["#step-0-load-vvds"]["prov:used"] == {"@id": "#input-vvds"}
    used = {one["@id"] for one in graph["#run"]["prov:used"]}
    assert used == {"#input-vvds", "recipe.tsm.yaml"}


def test_the_crate_lists_every_file(out):
    graph = {one["@id"]: one for one in json.loads((out / "ro-crate-metadata.json").read_text())["@graph"]}
    assert graph["ro-crate-metadata.json"]["conformsTo"]["@id"] == "https://w3id.org/ro/crate/1.1"
    parts = {one["@id"] for one in graph["./"]["hasPart"]}
    assert "data/training_set.parquet" in parts and parts <= set(graph)
    assert graph["https://orcid.org/0000-0002-1825-0097"]["name"] == "Ada Lovelace"


def test_the_accounting_is_in_the_provenance(out):
    counts = json.loads((out / "provenance.json").read_text())["counts"]
    assert [one["activity"].split(":")[2] for one in counts] == ["load", "match", "photometry", "split"]


def test_no_absolute_path_in_any_text(made, out, tmp_path):
    for path in out.rglob("*"):
        if path.is_file() and path.suffix in (".md", ".json", ".lock", ".cff", ".bib", ".yaml"):
            assert str(tmp_path.parent) not in path.read_text(), path


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"format": "rail-hdf5", "catalog_tag": "com_cam"}, "u_cModelMag"),
        ({"format": "rail-hdf5", "catalog_tag": "nope"}, "Known tags"),
        ({"format": "xls"}, "Known formats"),
        ({"format": "rail-hdf5", "extra": ["survey"]}, "no number"),
    ],
)
def test_what_cannot_be_written_is_said_before(made, spec, words):
    with pytest.raises(TsmError, match=words):
        bundle.check([spec], made.table.schema)


def test_templates_of_other_tags(made, tmp_path):
    made_write = [
        {
            "format": "rail-hdf5",
            "catalog_tag": "flagship",
            "flux": "gaap1p0",
            "group": "photometry",
            "extra": ["ebv"],
        },
        {"format": "csv"},
        {"format": "fits"},
        {"format": "hdf5"},
    ]
    out = tmp_path / "b"
    bundle.write(out, made.table, recipe=made.recipe, lock=made.lock, reports=made.reports, writes=made_write)
    with h5py.File(out / "rail" / "train.hdf5") as file:
        assert (
            "mag_u_lsst" in file["photometry"]
            and "mag_u_lsst_err" in file["photometry"]
            and "ebv" in file["photometry"]
        )
    assert str(900_000_000_000_000_003) in (out / "data" / "training_set.csv").read_text()
    from astropy.io import fits

    with fits.open(out / "data" / "training_set.fits") as hdus:
        assert hdus[1].data["objectId"].max() == 900_000_000_000_000_039


def test_a_folder_that_is_not_empty_is_refused(made, out):
    with pytest.raises(TsmError, match="not empty"):
        made.write(out)


@pytest.mark.parametrize("name", ["training_set.fits", "training_set.csv", "training_set.hdf5"])
def test_access_travels_with_every_export(made, tmp_path, name):
    from pz_tsm import bundle
    from pz_tsm.sources import load

    kind = name.rsplit(".", 1)[1]
    out = tmp_path / "out"
    writes = [{"format": "parquet"}, {"format": kind}]
    bundle.write(out, made.table, recipe=made.recipe, lock=made.lock, reports=made.reports, writes=writes)
    columns = {"id": "objectId", "ra": "ra", "dec": "dec", "z": "redshift"}
    loaded = load({"from": {"file": name}, "columns": columns}, out / "data")
    assert loaded.origin["access"] == "rubin-data-rights"


def test_rail_files_say_who_may_see_them(out):
    with h5py.File(out / "rail" / "train.hdf5") as file:
        assert file.attrs["access"] == "rubin-data-rights"


def test_an_earlier_bundles_row_names_are_made_anew():
    import pyarrow as pa

    from pz_tsm.bundle.write import ordered, tsm_ids

    table = pa.table({"tsm_id": ["old", "older"], "row_id": [2, 1]})
    again = ordered(table)
    assert again["row_id"].to_pylist() == [1, 2] and again.column_names == ["tsm_id", "row_id"]
    assert again["tsm_id"].combine_chunks().equals(tsm_ids(again))
