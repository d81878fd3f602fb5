"""Tables, files and bundles published from Python, on our own engine over HTTP."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import pz_tsm
from pz_tsm import mock, publishing
from pz_tsm.errors import TsmError


@pytest.fixture(autouse=True)
def server(live, monkeypatch):
    monkeypatch.setenv("PZ_TSM_PZSERVER_URL", f"{live.url}/api/")
    monkeypatch.setenv("PZ_TSM_PZSERVER_TOKEN", live.tokens["ana"])


@pytest.fixture
def aliases(ana):
    def of(key):
        found = ana.get("/product-contents/", params={"product": key}).json()["results"]
        return {one["alias"]: (one["column_name"], one["ucd"]) for one in found if one["alias"]}

    return of


def drafts(ana):
    return ana.get("/products/", params={"status": 0}).json()["count"]


def test_a_file_becomes_a_product_with_its_columns(csv_file, ana, aliases):
    made = pz_tsm.publish(csv_file, "Deep field", description="For a *test*.", columns={"z": "zspec"})
    product = ana.get(f"/products/{made.id}/").json()
    assert (product["status"], product["display_name"]) == (1, "Deep field")
    assert product["product_type_internal_name"] == "redshift_catalog"
    assert aliases(made.id)["RA"] == ("RAJ2000", "pos.eq.ra;meta.main")
    assert aliases(made.id)["z"] == ("zspec", "src.redshift")
    files = ana.get("/product-files/", params={"product_id": made.id}).json()["results"]
    assert [one["name"] for one in files] == ["my_cat.csv"] and "'my_cat.csv'" in made.notes[0]
    assert len(pz_tsm.read(made.source, survey="DEEP")) == 25


def test_a_table_becomes_a_product_with_its_recipe(csv_file, ana, aliases):
    table = pz_tsm.read(csv_file, survey="DEEP", columns={"z": "zspec"})
    made = table.publish("From a notebook")
    assert aliases(made.id)["z"][0] == "redshift" and aliases(made.id)["Dec"][0] == "dec"
    names = [f["name"] for f in ana.get("/product-files/", params={"product_id": made.id}).json()["results"]]
    assert names[0] == "From_a_notebook.parquet" and "recipe.tsm.yaml" in names
    table_of = pz_tsm.publishing._gather(table, "From a notebook", None, csv_file.parent)
    recipe = next(path for path, name, _ in table_of.files if name == "recipe.tsm.yaml").read_text()
    assert csv_file.name in recipe and str(csv_file.parent) not in recipe  # nobody's folders


def test_a_bundle_brings_its_readme_and_recipe(csv_file, tmp_path, ana):
    table = pz_tsm.split(
        pz_tsm.read(csv_file, survey="DEEP", columns={"z": "zspec"}), parts={"a": 0.5, "b": 0.5}
    )
    folder = table.write(tmp_path / "deep_bundle")
    made = pz_tsm.publish(folder)
    product = ana.get(f"/products/{made.id}/").json()
    assert product["product_type_internal_name"] == "training_set"
    assert product["description"].strip() == (folder / "README.md").read_text().strip()
    files = ana.get("/product-files/", params={"product_id": made.id}).json()["results"]
    assert {one["name"]: one["role"] for one in files}["README.md"] == 1
    assert {"training_set.parquet", "recipe.tsm.yaml", "recipe.tsm.lock", "CITATION.cff"} <= {
        one["name"] for one in files
    }


def test_a_bundle_comes_back_as_it_was_written(csv_file, tmp_path, live, monkeypatch):
    table = pz_tsm.split(
        pz_tsm.read(csv_file, survey="DEEP", columns={"z": "zspec"}), parts={"a": 0.5, "b": 0.5}
    )
    folder = table.write(tmp_path / "mine")
    made = pz_tsm.publish(folder)
    monkeypatch.setenv("PZ_TSM_PZSERVER_TOKEN", live.tokens["bob"])
    again = pz_tsm.pull(made.name, tmp_path / "theirs")
    files = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    assert {path.relative_to(again) for path in again.rglob("*") if path.is_file()} == files
    assert all((again / name).read_bytes() == (folder / name).read_bytes() for name in files)
    assert pz_tsm.verify(again).ok and pz_tsm.diff(folder, again).same
    with pytest.raises(TsmError, match="theirs"):
        pz_tsm.pull(made.name, again)


def test_of_a_bundle_that_was_uploaded_in_part_comes_what_a_replay_needs(csv_file, tmp_path):
    table = pz_tsm.read(csv_file, survey="DEEP", columns={"z": "zspec"})
    folder = table.write(tmp_path / "mine")
    (folder / "checksums.sha256").unlink()
    (folder / "schema.json").unlink()
    made = pz_tsm.publish(folder)
    again = pz_tsm.pull(made.id, tmp_path / "theirs")
    for name in ("data/training_set.parquet", "recipe.tsm.yaml", "recipe.tsm.lock"):
        assert (again / name).read_bytes() == (folder / name).read_bytes()
    report = pz_tsm.verify(again)
    assert {"checksums.sha256", "schema.json"} <= {one["where"] for one in report.problems}


def test_a_product_that_is_no_bundle_is_not_pulled(csv_file, tmp_path):
    made = pz_tsm.publish(csv_file, "Plain", columns={"z": "zspec"})
    with pytest.raises(TsmError, match="no bundle"):
        pz_tsm.pull(made.id, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_bundle_with_a_changed_file_is_not_pulled(csv_file, tmp_path):
    table = pz_tsm.read(csv_file, survey="DEEP", columns={"z": "zspec"})
    folder = table.write(tmp_path / "mine")
    (folder / "provenance.json").write_text("{}")
    made = pz_tsm.publish(folder)
    with pytest.raises(TsmError, match=r"not all files .*: provenance.json"):
        pz_tsm.pull(made.id, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_broke_off_goes_on_at_its_product(csv_file, ana, monkeypatch):
    real = publishing.products.associate

    def broken(*args):
        raise TsmError("No answer.", remedy="Try again.")

    monkeypatch.setattr(publishing.products, "associate", broken)
    before = ana.get("/products/").json()["count"]
    with pytest.raises(TsmError) as caught:
        pz_tsm.publish(csv_file, "Half", columns={"z": "zspec"})
    assert "No answer." in caught.value.message
    key = int(caught.value.remedy.partition("product=")[2].partition(")")[0])
    monkeypatch.setattr(publishing.products, "associate", real)
    made = pz_tsm.publish(csv_file, "Whole", columns={"z": "zspec"}, product=key)
    assert made.id == key and ana.get("/products/").json()["count"] == before + 1
    assert ana.get(f"/products/{key}/").json()["display_name"] == "Whole"
    assert ana.get("/product-files/", params={"product_id": key}).json()["count"] == 1
    with pytest.raises(TsmError, match="published"):
        pz_tsm.publish(csv_file, "Again", columns={"z": "zspec"}, product=key)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"columns": {"z": "zz"}}, "no column 'zz'"),
        ({"columns": {"zzz": "zspec"}}, "no role 'zzz'"),
        ({"name": " "}, "name"),
        ({"type": "nonsense"}, "no 'nonsense'"),
        ({"release": "dp9"}, "no 'dp9'"),
        ({"files": ["none.txt"]}, "is not there"),
    ],
)
def test_what_would_be_refused_is_said_before_anything_is_sent(csv_file, ana, change, said):
    before = drafts(ana)
    with pytest.raises(TsmError, match=said):
        pz_tsm.publish(csv_file, **{"name": "Bad", "columns": {"z": "zspec"}} | change)
    assert drafts(ana) == before


def test_size_rights_and_mandatory_columns_are_checked(csv_file, tmp_path, ana, monkeypatch):
    before = drafts(ana)
    rows = pa.table({"ra": [1.0, 2.0], "dec": [3.0, 4.0], "redshift": [0.1, -99.0]})
    rights = tmp_path / "rights.parquet"
    pq.write_table(rows.replace_schema_metadata({"tsm:access": "rubin-data-rights"}), rights)
    with pytest.raises(TsmError, match="data rights"):
        pz_tsm.publish(rights)
    no_z = tmp_path / "no_z.parquet"
    pq.write_table(rows.drop_columns(["redshift"]), no_z)
    with pytest.raises(TsmError, match="which is z"):
        pz_tsm.publish(no_z, type="training_set")
    monkeypatch.setattr(publishing, "LARGEST", 10)
    with pytest.raises(TsmError, match="takes 0 MB"):
        pz_tsm.publish(csv_file, columns={"z": "zspec"})
    monkeypatch.undo()
    assert drafts(ana) == before


def test_rights_can_be_confirmed_and_sentinels_are_noted(tmp_path):
    rows = pa.table({"ra": [1.0, 2.0], "dec": [3.0, 4.0], "redshift": [0.1, -99.0]})
    path = tmp_path / "rights.parquet"
    pq.write_table(rows.replace_schema_metadata({"tsm:access": "rubin-data-rights"}), path)
    made = pz_tsm.publish(path, data_rights=True)
    assert any("'redshift'" in note and "-99" in note for note in made.notes)


def test_the_folder_of_a_hats_catalogue_is_packed_while_it_is_sent(tmp_path, ana, aliases):
    mock.make(tmp_path / "sky", rows=200, objects=600)
    folder = tmp_path / "sky" / "mock_release"
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "note.txt").write_text("mine")
    before = {path.relative_to(tmp_path) for path in tmp_path.rglob("*")}
    sent = pz_tsm.publish(folder, "Mock objects", columns={"ra": "coord_ra", "dec": "coord_dec"})
    assert {path.relative_to(tmp_path) for path in tmp_path.rglob("*")} == before  # no zip is written
    product = ana.get(f"/products/{sent.id}/").json()
    assert (product["status"], product["product_type_internal_name"]) == (1, "object_catalog")
    assert aliases(sent.id)["RA"] == ("coord_ra", "pos.eq.ra;meta.main")
    (file,) = ana.get("/product-files/", params={"product_id": sent.id}).json()["results"]
    assert file["name"] == "mock_release"  # the engine has unpacked it, and knows its columns


def test_of_a_hats_catalogue_size_and_rights_are_checked_before_it_is_sent(tmp_path, ana, monkeypatch):
    mock.make(tmp_path / "sky", rows=200, objects=600)
    folder = tmp_path / "sky" / "mock_release"
    count = drafts(ana)
    monkeypatch.setattr(publishing, "configured", lambda: True)
    monkeypatch.setattr(publishing, "LARGEST", 10_000)
    with pytest.raises(TsmError, match="'mock_release' has"):
        pz_tsm.publish(folder, columns={"ra": "coord_ra", "dec": "coord_dec"})
    monkeypatch.setattr(publishing, "LARGEST", 10**9)
    for path in folder.glob("*.properties"):
        path.write_text(f"{path.read_text()}\ntsm_profile=dp1\n")
    with pytest.raises(TsmError, match="data rights"):
        pz_tsm.publish(folder, columns={"ra": "coord_ra", "dec": "coord_dec"})
    (tmp_path / "notes").mkdir()
    with pytest.raises(TsmError, match=r"neither a bundle .* nor a HATS catalogue"):
        pz_tsm.publish(tmp_path / "notes")
    assert drafts(ana) == count
