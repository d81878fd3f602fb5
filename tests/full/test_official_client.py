"""The official client through whole jobs on real catalogues, against the oracles of the existing
pipelines."""

from __future__ import annotations

import contextlib
import shutil
import time
import zipfile
from pathlib import Path

import httpx
import pandas as pd
import psutil
import pyarrow.parquet as pq
import pytest
from enginekit import Engine

pytestmark = pytest.mark.full

KIT = Path(__file__).resolve().parents[3] / "shared" / "data"
LABELS = {
    "id": "id",
    "ra": "ra",
    "dec": "dec",
    "z": "z",
    "z_flag": "z_flag",
    "z_err": "z_err",
    "survey": "survey",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    running = Engine(tmp_path_factory.mktemp("engine"))
    yield running
    running.end()


@pytest.fixture(scope="module")
def client(engine):
    from pzserver import PzServer

    from pz_tsm.engine.pzserver.users import add_user

    return PzServer(token=add_user(engine.data, "ana"), host=f"{engine.url}/api/")


@pytest.fixture(scope="module")
def release(engine) -> str:
    """The kit's synthetic objects as a release."""
    from pz_tsm.engine.pzserver.fixtures import add_release
    from pz_tsm.engine.pzserver.users import database

    db = database(engine.data)
    add_release(db, "kit", "Objects of the kit", KIT / "hats/lsst_like_object_collection", "dp1")
    db.close()
    return "kit"


def publish(client, name: str, path: Path, columns: dict[str, str | None]) -> int:
    up = client.upload(name=name, product_type="redshift_catalog", main_file=str(path))
    up.make_columns_association({column: LABELS[key] for key, column in columns.items() if column})
    up.save()
    return up.product_id


def main_table(client, key: int, folder: Path):
    """The product's main file as downloaded, in pandas (tables_io, which get_product uses, mangles texts)."""
    return pq.read_table(client.api.download_main_file(key, str(folder))["message"]).to_pandas()


def finish(client, process, seconds: float = 300) -> dict:
    until = time.monotonic() + seconds
    while True:
        found = client.api.get("processes", process.process["id"])
        if found["status"] not in ("Pending", "Running"):
            assert (found["status"], found["comment"]) == ("Successful", None)
            return found
        assert time.monotonic() < until
        time.sleep(0.2)


def test_combine_equals_the_existing_pipeline(client, shared, tmp_path):
    """Six surveys: the same rows, flags, types, neighbours and ties as the pipeline's own output, row by
    row."""
    from ruamel.yaml import YAML

    catalogues = YAML(typ="safe").load((shared / "data/catalogs.yaml").read_text())["catalogs"]
    core = ("003_2mrs", "004_3dhst", "005_6dfgs", "013_vandels_dr4", "014_vimos_goods", "018_ned")
    crc = client.combine_redshift_catalogs("core6")
    names = {}
    for one in (c for c in catalogues if c["internal_name"] in core):
        key = publish(client, one["internal_name"], shared / "data" / one["path"], one["columns"])
        crc.append_catalog(_id=key)
        names[str(key)] = one["internal_name"].split("_")[0]
    crc.set_config(
        {"combine_type": "concatenate_and_mark_duplicates", "z_flag_homogenized_value_to_cut": 0.0}
    )
    crc.run()
    finish(client, crc)
    ours = main_table(client, crc.output["id"], tmp_path)
    theirs = pq.read_table(shared / "data/oracles/crd_core6_mark/crd.parquet").to_pandas()

    def renamed(text):  # product ids differ, so do the prefixes of CRD_ID
        if not isinstance(text, str) or not text:
            return None
        parts = [part.removeprefix("CRD").split("_") for part in text.split(", ")]
        return ", ".join(sorted(f"CRD{names[prefix]}_{number}" for prefix, number in parts))

    ours["CRD_ID"] = ours["CRD_ID"].map(renamed)
    ours["compared_to"] = ours["compared_to"].map(renamed)
    ours, theirs = ours.set_index("CRD_ID").sort_index(), theirs.set_index("CRD_ID").sort_index()
    assert list(ours.index) == list(theirs.index)
    for name in ("tie_result", "z_flag_homogenized", "instrument_type_homogenized", "compared_to"):
        pairs = zip(theirs.index, ours[name], theirs[name], strict=True)
        differ = [(key, a, b) for key, a, b in pairs if not (a == b or (pd.isna(a) and pd.isna(b)))]
        assert not differ, f"{name}: {len(differ)} rows differ, first {differ[:3]}"


def test_training_set_has_the_pairs_of_the_existing_pipeline(client, release, shared, tmp_path):
    key = publish(
        client,
        "unique",
        shared / "data/photo/specz_unique.parquet",
        {"id": "CRD_ID", "ra": "ra", "dec": "dec", "z": "z"},
    )
    tsm = client.training_set_maker("kit")
    tsm.set_release(name=release)
    tsm.set_redshift(_id=key)
    tsm.run()
    finish(client, tsm)
    ours = main_table(client, tsm.output["id"], tmp_path)
    theirs = pq.read_table(shared / "data/oracles/tsm_run/tsm.parquet").to_pandas()
    assert len(ours) == len(theirs) == 6850
    pairs = {(a, int(b)) for a, b in zip(ours["CRD_ID"], ours["objectId"], strict=True)}
    expected = {(a, int(b)) for a, b in zip(theirs["CRD_ID"], theirs["objectId"], strict=True)}
    assert pairs == expected


def test_hats_up_and_down(client, shared, tmp_path):
    """A zipped HATS catalogue is unpacked, registered, used by a job, and opened by the client with LSDB."""
    pytest.importorskip("lsdb")
    source = shared / "data/hats/elais_fbmc_collection"
    path = Path(shutil.make_archive(str(tmp_path / "elais"), "zip", source.parent, source.name))
    columns = pq.read_schema(next(source.rglob("Npix=*.parquet"))).names
    names = {
        "ra": next(c for c in columns if c.lower() in ("ra", "radeg")),
        "dec": next(c for c in columns if c.lower() in ("dec", "dedeg")),
    }
    names["z"] = next(c for c in columns if c.lower() in ("z", "zbest"))
    key = publish(client, "hats", path, names)
    info = client.get_product_metadata(key)["main_file"]
    assert info["is_directory"] and info["name"] == source.name
    assert len(client.get_product(key)) == info["n_rows"] == 3762
    client.download_product(key, save_in=str(tmp_path / "down"))
    with zipfile.ZipFile(next((tmp_path / "down").glob("*.zip"))) as archive:
        assert f"{source.name}/collection.properties" in archive.namelist()


@pytest.mark.parametrize("form", ["csv", "fits", "hdf5", "hats"])
def test_output_formats(client, release, shared, form):
    if form == "hats":
        pytest.importorskip("lsdb")
    key = publish(
        client,
        f"for {form}",
        shared / "data/photo/specz_unique.parquet",
        {"id": "CRD_ID", "ra": "ra", "dec": "dec", "z": "z"},
    )
    tsm = client.training_set_maker(f"as {form}")
    tsm.set_release(name=release)
    tsm.set_redshift(_id=key)
    tsm.set_config({"output_format": form})
    tsm.run()
    finish(client, tsm)
    meta = client.get_product_metadata(tsm.output["id"])
    assert meta["main_file"]["name"] == f"tsm.{form}" and meta["main_file"]["n_rows"] == 6850
    assert meta["main_file"]["extension"] == f".{form}" and meta["main_file"]["is_directory"] is (
        form == "hats"
    )
    assert len(client.get_product(tsm.output["id"])) == 6850


def test_a_killed_engine_loses_nothing(tmp_path):
    """kill -9 in the middle of a job: its child ends, and the next engine runs the job again."""
    from pz_tsm import mock
    from pz_tsm.engine.pzserver.seed import seed_mock
    from pz_tsm.engine.pzserver.users import add_user

    sky = tmp_path / "sky"
    mock.make(sky, rows=20_000, objects=60_000, seed=3)
    data = tmp_path / "data"
    seeded = seed_mock(data, sky)
    headers = {"Authorization": f"Token {add_user(data, 'ana')}"}
    engine = Engine(data)
    body = {"display_name": "again", "pipeline": 1, "release": seeded["release"]}
    body["inputs"] = [seeded["products"]["MOCK-DEEP"]]
    with contextlib.closing(httpx.Client(headers=headers, timeout=30)) as http:
        process = http.post(f"{engine.url}/api/processes/", json=body).json()
        address = f"/api/processes/{process['id']}/"
        while http.get(engine.url + address).json()["status"] == "Pending":
            time.sleep(0.01)
        children = psutil.Process(engine.process.pid).children(recursive=True)
        assert children, "the job runs in a process of its own"
        engine.kill()
        _, alive = psutil.wait_procs(children, 20)
        assert not alive, "the job outlived its engine"
        engine.start()
        try:
            until = time.monotonic() + 120
            while (found := http.get(engine.url + address).json())["status"] in ("Pending", "Running"):
                assert time.monotonic() < until
                time.sleep(0.1)
            assert (found["status"], found["comment"]) == ("Successful", None)
            assert http.get(f"{engine.url}/api/products/{process['upload']}/").json()["status"] == 1
        finally:
            engine.end()
