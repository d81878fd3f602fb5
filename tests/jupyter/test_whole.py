"""Jupyter server, real engine, real children: a catalogue is uploaded, opened and used in a recipe."""

import asyncio
import io
import json

import psutil
import pyarrow as pa
import pytest

from pz_tsm.engine import runtime


@pytest.fixture
def settings(tmp_path):
    """The engine is ended afterwards, by the number that it wrote itself."""
    folder = tmp_path / "engine"
    yield {"data": str(folder)}
    said = runtime.read(folder)
    if said is not None and psutil.pid_exists(said["pid"]):
        process = psutil.Process(said["pid"])
        if str(folder) in process.cmdline():
            process.kill()
            process.wait(30)


async def test_a_catalogue_from_upload_to_plan(jp_fetch, jp_root_dir, settings, caplog):
    async def ask(path, method="GET", body=None, **params):
        headers = {"Content-Type": "application/json"} if body is not None else {}
        sent = json.dumps(body) if body is not None else ("" if method == "POST" else None)
        answer = await jp_fetch(
            "tsm", path, method=method, body=sent, headers=headers, params=params, request_timeout=120
        )
        return answer

    async def said(*args, **kwargs):
        return json.loads((await ask(*args, **kwargs)).body)

    rows = "".join(f"{2**60 + i},{10 + i / 100},{-5 - i / 100},{i / 40}\n" for i in range(1, 41))
    (jp_root_dir / "mock.csv").write_text("objid,RAJ2000,DEJ2000,spec\n" + rows)

    kinds = await said("pz/product-types/", name="redshift_catalog")
    new = {"display_name": "Mock deep", "product_type": kinds["results"][0]["id"], "status": 0}
    product = (await said("pz/products/", "POST", new))["id"]
    await ask("pz/product-files/", "POST", {"product": product, "role": 0, "contents": "mock.csv"})
    await ask(f"pz/products/{product}/registry/", "POST")
    contents = (await said("pz/product-contents/", product=product))["results"]
    alias = {"objid": "ID", "RAJ2000": "RA", "DEJ2000": "Dec", "spec": "z"}
    for content in contents:
        await ask(f"pz/product-contents/{content['id']}/", "PATCH", {"alias": alias[content["column_name"]]})
    assert (await said(f"pz/products/{product}/", "PATCH", {"status": 1}))["status"] == 1

    info = await said("local/tables", "POST", {"product": product})
    assert info["name"] == "Mock deep" and info["rows"] == 40 and "Mock deep" in info["citation"]
    assert info["roles"] == {"id": "objid", "ra": "RAJ2000", "dec": "DEJ2000", "redshift": "spec"}
    answer = await ask(f"local/tables/{info['id']}/window", columns="objid", sort="spec", desc="1", count="1")
    assert pa.ipc.open_stream(io.BytesIO(answer.body)).read_all()["objid"].to_pylist() == [2**60 + 40]

    view = {"request": '{"kind":"categories"}', "result": {"all": [40]}}
    counts = {"made": "counts 1", "rows": 40, "views": [view]}
    assert (await ask(f"local/tables/{info['id']}/counts", "POST", counts)).code == 204
    assert await said(f"local/tables/{info['id']}/counts") == counts

    prepared = await said(f"pz/products/{product}/download/main-file/prepare/", "POST")
    address, _, query = prepared["download_url"].partition("?")
    got = await ask(address.partition("/tsm/")[2], **dict([query.split("=", 1)]))
    assert got.body.startswith(b"objid,RAJ2000")
    for main, name in ((True, "mock_1.csv"), (False, f"{product}_mock_deep")):
        one = await said("downloads", "POST", {"product": product, "main": main, "contents": ""})
        async with asyncio.timeout(60):
            while one["state"] in ("preparing", "running"):
                one = (await said("downloads"))["downloads"][0]
        assert one["state"] == "done" and one["path"].startswith(name), one
        assert (jp_root_dir / one["path"]).stat().st_size == one["total"]
    assert (jp_root_dir / "mock_1.csv").read_bytes() == (jp_root_dir / "mock.csv").read_bytes()

    text = f"format: tsm-recipe/1\nname: t\ninputs:\n  a: {{from: {{pzserver: {product}}}, survey: MOCK}}\n"
    text += 'steps:\n  - filter: "redshift > 0.5"\n'
    plan = await said("local/plan", "POST", {"text": text, "contents": "t.tsm.yaml"})
    assert plan["ok"], plan
    assert plan["steps"][0]["rows_in"] == 40 and plan["steps"][0]["rows_out"] == 20

    token = runtime.read(runtime.data_folder(settings["data"]))["token"]
    config = await ask("config")
    assert token not in caplog.text and token.encode() not in config.body
    assert json.loads(config.body)["engine"] == {"state": "running", "message": ""}
