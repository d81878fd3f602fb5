"""Processes of the engine: both pipelines through the official client, stop, failure, restart."""

from __future__ import annotations

import contextlib
import json
import sys

import httpx
import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.processkit import gone, wait_for

SLEEPER = """
import os, subprocess, sys, time
from pathlib import Path
child = subprocess.Popen(['sh', '-c', 'trap "" TERM; exec sleep 600'])  # holds our pipe, too
Path(sys.argv[1]).with_name('pids').write_text(f'{os.getpid()} {child.pid}')
print('{"fraction": 0.5, "stage": "asleep"}', flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def seeded(live, tmp_path_factory):
    """The live engine with the mock sky's products and release."""
    from pz_tsm import mock
    from pz_tsm.engine.pzserver.seed import seed_mock

    sky = tmp_path_factory.mktemp("sky")
    mock.make(sky, rows=600, objects=2000, seed=3)
    live.seeded = seed_mock(live.data, sky)
    live.again = seed_mock(live.data, sky)
    return live


def ended(client, key: int) -> dict:
    """The process once it has ended. Before that it only ever says Pending, Running or Stopping."""

    def look():
        process = client.get(f"/processes/{key}/").json()
        assert process["status"] in ("Pending", "Running", "Stopping", "Stopped", "Successful", "Failed")
        return process if process["status"] in ("Stopped", "Successful", "Failed") else None

    return wait_for(look, f"process {key}")


@pytest.fixture
def sleeper(seeded):
    """Jobs that sleep for ever, with a child of their own, instead of working."""
    runner = seeded.state.runner
    old, runner.command = runner.command, [sys.executable, "-c", SLEEPER]
    yield
    runner.command = old


def test_seeding_registers_the_mock_sky_once(seeded):
    client = seeded.official("ana")
    assert seeded.seeded == seeded.again
    official = client.get_products_list({"official_product": "true"})
    assert [p["display_name"] for p in official] == ["Mock DP1 compilation v1"]
    assert "How to cite" in official[0]["description"]
    assert [r["name"] for r in client.get_releases()] == ["mock"]
    deep = client.get_product_metadata(seeded.seeded["products"]["MOCK-DEEP"])
    assert {c["alias"] for c in deep["main_file"]["columns_association"]} >= {"RA", "Dec", "z", "survey"}


def test_training_set_maker_from_the_official_client(seeded, tmp_path):
    client = seeded.official("ana")
    tsm = client.training_set_maker("My training set")
    tsm.set_release(name="mock")
    tsm.set_redshift(_id=seeded.seeded["products"]["MOCK-DEEP"])
    tsm.set_config({"crossmatch": {"radius_arcsec": 1.0, "n_neighbors": 1}, "random_seed": 7})
    tsm.run()
    process = ended(seeded.as_user("ana"), tsm.process["id"])
    assert (process["status"], process["comment"]) == ("Successful", None)
    assert process["progress"] == 1.0 and process["started_at"] and process["ended_at"]

    meta = client.get_product_metadata(tsm.output["id"])
    assert (meta["product_status"], meta["origin"]) == ("Published", "Training Set Maker")
    assert meta["product_type_internal_name"] == "training_set" and meta["release_name"] == "Mock DP1-like"
    assert meta["main_file"]["name"] == "tsm.parquet"
    assert {c["column_name"]: c["alias"] for c in meta["main_file"]["columns_association"]}["Z"] == "z"
    table = client.get_product(tsm.output["id"])
    assert len(table) == meta["main_file"]["n_rows"] > 50
    assert {"ALPHA", "Z", "objectId", "i_gaap1p0Mag", "_dist_arcsec", "is_training_set"} <= set(
        table.colnames
    )
    assert not [name for name in table.colnames if name.endswith("Flux")]
    assert max(table["_dist_arcsec"]) <= 1.0
    assert 0.5 < np.mean(table["is_training_set"]) < 0.9
    logs = seeded.as_user("ana").get(f"/processes/{process['id']}/logs/").json()
    assert "nothing within the radius" in logs["pipeline"]["content"]
    client.download_product(tsm.output["id"], save_in=str(tmp_path))


def test_same_seed_gives_the_same_training_set(seeded):
    client = seeded.as_user("ana")
    pipeline = client.get("/pipelines/?name=training_set_maker").json()["results"][0]["id"]
    release = seeded.seeded["release"]
    body = {"display_name": "twice", "pipeline": pipeline, "release": release, "output_format": "specz"}
    body |= {
        "inputs": [seeded.seeded["products"]["MOCK-GRISM"]],
        "used_config": {"param": {"random_seed": 5}},
    }
    submitted = [client.post("/processes/", json=body).json()["id"] for _ in range(2)]  # side by side
    made = [ended(client, key) for key in submitted]
    texts = [
        next((seeded.data / "products/training_set").glob(f"{p['upload']}_*/tsm.csv")).read_text()
        for p in made
    ]
    assert texts[0] == texts[1]


def test_combine_from_the_official_client(seeded):
    client = seeded.official("bob")
    crc = client.combine_redshift_catalogs("My compilation")
    for name in ("MOCK-DEEP", "MOCK-WIDE"):
        crc.append_catalog(_id=seeded.seeded["products"][name])
    crc.set_config(
        {"combine_type": "concatenate_and_mark_duplicates", "z_flag_homogenized_value_to_cut": 3.0}
    )
    crc.run()
    process = ended(seeded.as_user("bob"), crc.process["id"])
    assert (process["status"], process["comment"]) == ("Successful", None)
    meta = client.get_product_metadata(crc.output["id"])
    assert (
        meta["origin"] == "Combine Redshift Catalogs"
        and meta["product_type_internal_name"] == "redshift_catalog"
    )
    alias = {c["alias"]: c["column_name"] for c in meta["main_file"]["columns_association"]}
    assert alias["ID"] == "CRD_ID" and alias["z_flag"] == "z_flag_homogenized"
    table = client.get_product(crc.output["id"])
    assert {
        "CRD_ID",
        "source",
        "tie_result",
        "compared_to",
        "group_id",
        "instrument_type_homogenized",
    } <= set(table.colnames)
    assert set(table["tie_result"]) <= {0, 1, 2, 3} and min(table["z_flag_homogenized"]) >= 3


def test_combine_with_an_uploaded_flag_file(seeded, tmp_path):
    flags = tmp_path / "my_flags.yaml"
    flags.write_text(
        "translation_rules:\n  MOCK-GRISM:\n"
        "    z_flag_translation: {A: 4, B: 4, default: 0}\n    instrument_type_translation: {default: g}\n"
    )
    client = seeded.official("ana")
    crc = client.combine_redshift_catalogs("With my flags")
    crc.append_catalog(_id=seeded.seeded["products"]["MOCK-GRISM"])
    crc.set_flags_translation(str(flags))
    crc.run()
    process = ended(seeded.as_user("ana"), crc.process["id"])
    assert (process["status"], process["comment"]) == ("Successful", None)
    table = pq.read_table(
        seeded.data / "products" / process["used_config"]["output_dir"] / "crd.parquet"
    ).to_pydict()
    assert set(table["z_flag"]) == {"A", "B"} and set(table["instrument_type_homogenized"]) == {"g"}
    config = seeded.as_user("ana").get(f"/products/{crc.output['id']}/process_config/").json()
    assert config["flag_translation"]["translation_rules"]["MOCK-GRISM"]
    assert str(seeded.data) not in json.dumps(process["used_config"])


def test_a_failure_is_said_in_words(seeded, csv_file):
    client = seeded.official("ana")
    up = client.upload(name="unknown survey", product_type="redshift_catalog", main_file=str(csv_file))
    up.make_columns_association({"RAJ2000": "ra", "DEJ2000": "dec", "zspec": "z", "qf": "z_flag"})
    up.save()
    crc = client.combine_redshift_catalogs("will fail")
    crc.append_catalog(_id=up.product_id)
    crc.run()
    process = ended(seeded.as_user("ana"), crc.process["id"])
    assert process["status"] == "Failed" and "survey" in process["comment"]
    assert "Traceback" not in process["comment"]
    assert client.get_product_metadata(crc.output["id"], mainfile_info=False)["status"] == 9


def test_stop_ends_the_job_and_what_it_started(seeded, sleeper):
    client = seeded.official("ana")
    tsm = client.training_set_maker("to stop")
    tsm.set_release(name="mock")
    tsm.set_redshift(_id=seeded.seeded["products"]["MOCK-DEEP"])
    tsm.run()
    key = tsm.process["id"]
    mine = seeded.as_user("ana")
    wait_for(lambda: mine.get(f"/processes/{key}/").json()["stage"] == "asleep", "the job to run")
    assert tsm.check_status() == "Running"
    pids = (
        (seeded.data / "processes" / mine.get(f"/processes/{key}/").json()["path"] / "pids")
        .read_text()
        .split()
    )

    assert seeded.as_user("bob").get(f"/processes/{key}/stop/").status_code == 403
    assert tsm.stop()["status"] in ("Stopping", "Stopped")
    process = ended(mine, key)
    assert process["status"] == "Stopped"
    assert mine.get(f"/products/{process['upload']}/").json()["status"] == 9
    wait_for(lambda: all(gone(int(pid)) for pid in pids), "the job's processes to end")
    assert mine.post(f"/processes/{key}/stop/").json()["status"] == "Stopped"


def test_jobs_run_again_after_a_restart(tmp_path, tmp_path_factory, start_engine):
    """An engine that ends in the middle of a job runs it again from its inputs; data and tokens are as they
    were."""

    from pz_tsm import mock
    from pz_tsm.engine.pzserver.seed import seed_mock
    from pz_tsm.engine.pzserver.users import add_user
    from pz_tsm.engine.state import EngineState

    sky = tmp_path_factory.mktemp("sky2")
    mock.make(sky, rows=600, objects=2000, seed=3)
    data = tmp_path / "data"
    seeded = seed_mock(data, sky)
    token = add_user(data, "ana")
    headers = {"Authorization": f"Token {token}"}
    body = {"display_name": "again", "pipeline": 2, "inputs": [seeded["products"]["MOCK-DEEP"]]}

    with contextlib.ExitStack() as stack:
        url, state = start_engine(data, stack)
        state.runner.command = [sys.executable, "-c", SLEEPER]
        client = stack.enter_context(httpx.Client(base_url=f"{url}/api", headers=headers))
        process = client.post("/processes/", json=body).json()
        wait_for(
            lambda: client.get(f"/processes/{process['id']}/").json()["stage"] == "asleep", "the job to run"
        )
        pids = (data / "processes" / process["path"] / "pids").read_text().split()
        before = client.get("/products/?ordering=id").json()
    wait_for(lambda: all(gone(int(pid)) for pid in pids), "the job's processes to end")
    state = EngineState(data, None)
    assert state.db.scalar("SELECT status FROM processes WHERE id = ?", process["id"]) == "Running"
    state.db.close()

    with contextlib.ExitStack() as stack:
        url, state = start_engine(data, stack)
        client = stack.enter_context(httpx.Client(base_url=f"{url}/api", headers=headers))
        after = ended(client, process["id"])
        assert (after["status"], after["comment"]) == ("Successful", None)
        assert [p["id"] for p in client.get("/products/?ordering=id").json()["results"]] == [
            p["id"] for p in before["results"]
        ]
        path = next((data / "products/redshift_catalog").glob(f"{process['upload']}_*/crd.parquet"))
        assert pq.read_metadata(path).num_rows > 0
