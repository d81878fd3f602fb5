"""Match by the Training Set Maker of a PZ Server: an engine of this machine, over HTTP."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from types import SimpleNamespace

import httpx
import numpy as np
import pyarrow as pa
import pytest
from matchkit import redshifts

from pz_tsm.digest import table_digest
from pz_tsm.errors import Cancelled, TsmError
from pz_tsm.ops import get
from pz_tsm.ops.base import Context, JobPlace
from pz_tsm.sources import pzserver, pzserver_watch, waiting
from pz_tsm.sources.hats import open_catalogue

OPERATION = get("match")


@pytest.fixture(scope="module")
def engine(small_sky, tmp_path_factory):
    """A PZ Server with the mock release, and a user's client."""
    import uvicorn

    from pz_tsm.engine.app import create_app
    from pz_tsm.engine.pzserver.seed import seed_release
    from pz_tsm.engine.pzserver.users import add_user

    data = tmp_path_factory.mktemp("pz")
    app = create_app(data, "a" * 40)
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        stack.callback(thread.join, 20)
        stack.callback(setattr, server, "should_exit", True)
        while not server.started:
            assert thread.is_alive()
            thread.join(0.01)
        seed_release(app.state.engine, small_sky / "mock_release")
        token = add_user(data, "ana")
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/api/"
        client = httpx.Client(base_url=url, headers={"Authorization": f"Token {token}"}, timeout=60)
        stack.callback(client.close)
        yield SimpleNamespace(url=url, token=token, client=client, release=small_sky / "mock_release")


@pytest.fixture(autouse=True)
def configured(engine, monkeypatch, tmp_path):
    monkeypatch.setenv(pzserver.URL, engine.url)
    monkeypatch.setenv(pzserver.TOKEN, engine.token)
    monkeypatch.setenv("PZ_TSM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(pzserver_watch, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(pzserver_watch, "LONGEST_PAUSE", 0.3)
    monkeypatch.setattr(waiting, "BLINK", 0.05)


@pytest.fixture(scope="module")
def lines(small_sky):
    """Redshifts of some objects, 0.2 arcsec off; two of one object, some with none near, and one that is not
    the best of its galaxy."""
    catalogue = open_catalogue(small_sky / "mock_release")
    objects = pa.concat_tables(
        catalogue.read(part, ["coord_ra", "coord_dec"]) for part in catalogue.partitions
    )
    ra, dec = (objects[name].to_numpy()[::9] for name in ("coord_ra", "coord_dec"))
    ra = np.concatenate([ra, ra[:2], ra[:20]])
    dec = np.concatenate([dec + 0.2 / 3600, dec[:2] - 0.1 / 3600, dec[:20] + 40 / 3600])
    z = np.linspace(0.1, 1.5, len(ra))
    z[-22] = z[0]  # agrees with the first row, whose object it shares
    best = np.ones(len(ra), bool)
    best[5] = False
    ids = np.random.default_rng(1).integers(-(2**62), 2**62, len(ra))
    return redshifts(ra, dec, z, row_id=ids, group_id=ids, is_best=best, verdict=["single"] * len(ra))


def moved(table, step):
    """The same question about other positions: a process of its own."""
    return table.set_column(2, "dec", pa.array(table["dec"].to_numpy() + step / 3600))


def match(table, ctx=None, plan=False, **params):
    values = {"release": "mock", "run": "pz-server", **params}
    work = OPERATION.plan if plan else OPERATION.run
    return work(table, OPERATION.parse(values), ctx or Context(planning=plan))


def here(engine, table, **params):
    release = {"hats": str(engine.release), "profile": "mock"}
    return OPERATION.run(table, OPERATION.parse({"release": release, **params}), Context())


def count(engine, what):
    return engine.client.get(f"{what}/").json()["count"]


@pytest.fixture(scope="module")
def matched(engine, lines, tmp_path_factory):
    """One match on the server, and what was told meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(pzserver.URL, engine.url)
        patch.setenv(pzserver.TOKEN, engine.token)
        patch.setenv("PZ_TSM_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setattr(pzserver_watch, "LONGEST_PAUSE", 0.3)
        told = []
        ctx = Context(progress=lambda done, words: told.append((done, words)))
        return match(lines, ctx, objects="all"), told


DECIDED = ("row_id", "objectId", "split_key", "is_best", "verdict", "rival", "match_n", "release")


def test_the_objects_and_what_is_decided_are_those_of_a_match_in_memory(engine, lines, matched):
    result, local = matched[0], here(engine, lines, objects="all")
    assert result.table.num_rows == local.table.num_rows > 400
    for name in DECIDED:
        assert result.table[name].equals(local.table[name]), name
    for name in ("match_dist", "match_second_dist", "ra", "dec", "specz_ra"):
        np.testing.assert_allclose(result.table[name].to_numpy(), local.table[name].to_numpy(), atol=1e-6)
    assert result.report.dropped == local.report.dropped
    assert (
        result.report.set_aside
        == local.report.set_aside
        == {
            "another row of the same object won": 1,
            "blend: redshifts of one object disagree": 2,
        }
    )


def test_the_servers_magnitudes_say_what_was_done_and_are_not_corrected_again(engine, lines, matched):
    table = matched[0].table
    state = json.loads(table.schema.field("i_gaap1p0Mag").metadata[b"state"])
    assert (state["kind"], state["dereddened"], state["dust_map"], state["band"]) == (
        "mag",
        True,
        "SFD98",
        "i",
    )
    assert not [name for name in table.column_names if name.endswith("Flux")]
    photometry = get("photometry")
    again = photometry.run(table, photometry.parse({"to": "mag", "deredden": "sfd"}), Context())
    assert again.table["i_gaap1p0Mag"].equals(table["i_gaap1p0Mag"])
    assert any("not done again" in finding.message for finding in again.report.findings)
    local = here(engine, lines, columns=["gaap1p0"], objects="all").table
    ours = photometry.run(local, photometry.parse({"to": "mag", "deredden": "sfd"}), Context()).table
    theirs = table["i_gaap1p0Mag"].to_numpy()
    np.testing.assert_allclose(theirs, ours["i_gaap1p0Mag"].to_numpy(), rtol=1e-6)


def test_the_report_names_process_product_and_differences(engine, matched):
    report = matched[0].report
    said = report.details["pz_server"]
    assert report.details["where"] == "pz-server"
    process = engine.client.get(f"processes/{said['process']}/").json()
    assert (process["status"], process["upload"]) == ("Successful", said["product"])
    told = {finding.code: finding.message for finding in report.findings}
    assert f"process {said['process']}" in told["by-pz-server"]
    assert said["internal_name"] in told["by-pz-server"]
    assert {"pz-server-margin", "pz-server-null-test"} <= told.keys()
    assert "quality" not in report.details, "nothing is said that was not measured"
    assert report.details["sha256"]
    assert engine.token not in json.dumps(report.to_dict())


def test_the_product_sent_can_be_found_and_joined_on_the_server(engine, matched):
    said = matched[0].report.details["pz_server"]
    product = engine.client.get(f"products/{said['redshifts']}/main_file_info/").json()
    assert product["product_status"] == "Published"
    assert {c["column_name"]: c["alias"] for c in product["main_file"]["associated_columns"]} == {
        "row_id": "ID",
        "ra": "RA",
        "dec": "Dec",
        "z": "z",
        "z_flag": "z_flag",
        "survey": "survey",
    }
    assert "row_id" in product["description"]


def test_progress_is_the_servers(matched):
    fractions = [done for done, _ in matched[1]]
    assert fractions == sorted(fractions)
    assert any("process" in words for _, words in matched[1])


def test_policies_beyond_the_nearest_are_applied_here(engine, lines):
    params = {"select": "one-to-one", "unmatched": "keep", "radius_arcsec": 2.0, "objects": "all"}
    shift = {"shift": {"MOCK": [0.0, -0.2]}}
    result, local = match(lines, **params, **shift), here(engine, lines, **params, **shift)
    for name in (*DECIDED, "match_reason"):
        assert result.table[name].equals(local.table[name]), name


def test_asked_again_it_takes_the_process_that_is_there(engine, lines, matched, tmp_path):
    before = count(engine, "processes"), count(engine, "products")
    again = match(lines, Context(job=JobPlace(tmp_path, 10**9)), objects="all")
    assert (count(engine, "processes"), count(engine, "products")) == before
    assert table_digest(again.table) == table_digest(matched[0].table)
    assert "pz-server-earlier" in {finding.code for finding in again.report.findings}


class Gone(BaseException):
    """The process is ended from outside."""


@pytest.mark.parametrize("remembered", [True, False])
def test_an_interrupted_run_finds_its_process_again(engine, lines, tmp_path, remembered):
    table = moved(lines, 0.01 if remembered else 0.02)
    place = JobPlace(tmp_path / "job", 10**9)

    def interrupt(done, words):
        if "process" in words:
            raise Gone()

    with pytest.raises(Gone):
        match(table, Context(job=place, progress=interrupt))
    before = count(engine, "processes"), count(engine, "products")
    if not remembered:
        for path in place.folder.iterdir():
            path.unlink()
    result = match(table, Context(job=place))
    assert (count(engine, "processes"), count(engine, "products")) == before
    assert result.table.num_rows > 400
    told = {finding.code: finding.message for finding in result.report.findings}
    assert "not the primary ones only" in told["pz-server-primary"]


def test_a_draft_left_behind_is_replaced(engine, lines, tmp_path, monkeypatch):
    table, place = moved(lines, 0.03), JobPlace(tmp_path / "job", 10**9)
    from pz_tsm.sources import pzserver_jobs

    real = pzserver_jobs.Server.call

    def break_off(self, method, path, **options):
        if path.endswith("registry/"):
            raise Gone()
        return real(self, method, path, **options)

    with monkeypatch.context() as patch:
        patch.setattr(pzserver_jobs.Server, "call", break_off)
        with pytest.raises(Gone):
            match(table, Context(job=place))
    drafts = engine.client.get("products/", params={"status": "0"}).json()
    assert drafts["count"] == 1
    assert match(table, Context(job=place)).table.num_rows > 400
    assert engine.client.get("products/", params={"status": "0"}).json()["count"] == 0


def test_a_stop_stops_the_process(engine, lines):
    table, told = moved(lines, 0.04), []
    ctx = Context(progress=lambda done, words: told.append(words))
    ctx.cancelled = lambda: bool(told) and "process" in told[-1]
    with pytest.raises(Cancelled):
        match(table, ctx)
    newest = engine.client.get("processes/").json()["results"][0]
    assert newest["status"] in ("Stopping", "Stopped")
    assert newest["display_name"].startswith("tsm_match_mock_")


def test_a_recipe_with_it_makes_a_bundle_that_verifies(engine, lines, tmp_path):
    import pyarrow.parquet as pq

    from pz_tsm import bundle, recipe

    pq.write_table(moved(lines, 0.05).select(["ra", "dec", "redshift"]), tmp_path / "a.parquet")
    text = (
        "format: tsm-recipe/1\nname: x\nseed: 1\ninputs:\n  a: {from: {file: a.parquet}, survey: MOCK}\n"
        "steps:\n  - match: {release: mock, run: pz-server}\n  - photometry: {to: mag, deredden: sfd}\n"
        "  - split: {method: random, parts: {train: 0.7, test: 0.3}}\n"
        "write:\n  - {format: parquet}\n  - {format: rail-hdf5, catalog_tag: lsst_gaap_1p0}\n"
    )
    result = recipe.run(text, tmp_path, tmp_path / "out")
    assert bundle.verify(tmp_path / "out").ok
    lock = json.loads((tmp_path / "out" / "recipe.tsm.lock").read_text())
    match_step = next(one for one in result.reports if one.op == "match")
    assert lock["release"]["sha256"] == match_step.details["sha256"]
    readme = (tmp_path / "out" / "README.md").read_text()
    assert "The PZ Server reads a release stored without margins as it is" in readme
    for path in (path for path in (tmp_path / "out").rglob("*") if path.is_file()):
        assert engine.token.encode() not in path.read_bytes(), path.name


@pytest.mark.parametrize("plan", [True, False])
@pytest.mark.parametrize(
    ("params", "message", "remedy"),
    [
        ({"columns": ["gaap1p0", "cModel"]}, "one flux family at a time", "memory or engine"),
        ({"columns": ["kron"]}, "has no flux family 'kron'", "It has: gaap1p0, cModel"),
        ({"columns": ["i_psfFlux"]}, "has no flux family 'i_psfFlux'", "It has: gaap1p0, cModel"),
        ({"release": "dp9"}, "has no release 'dp9'", "It has: mock"),
        ({"pz_server": {"deredden": "csfd"}}, "no dereddening 'csfd'", "It has: sfd, none"),
    ],
)
def test_what_the_server_has_not_is_refused_with_what_it_has(engine, lines, params, message, remedy, plan):
    before = count(engine, "products")
    if plan:
        try:
            report = match(lines, plan=True, **params).report
            (found,) = [one for one in report.findings if one.level == "error"]
            said = found.message, found.remedy
        except TsmError as error:
            said = error.message, error.remedy
    else:
        with pytest.raises(TsmError) as caught:
            match(lines, **params)
        said = caught.value.message, caught.value.remedy
    assert message in said[0] and remedy in said[1]
    assert count(engine, "products") == before, "nothing is sent"


class TestPlan:
    def test_says_where_and_sends_nothing(self, engine, lines):
        before = count(engine, "processes"), count(engine, "products")
        result = match(lines, plan=True)
        report = result.report
        assert (count(engine, "processes"), count(engine, "products")) == before
        assert report.details["where"] == "pz-server" and report.details["estimated"]
        assert report.rows_out == lines.num_rows - 1 and result.table.num_rows == 0
        told = {finding.code: finding.message for finding in report.findings}
        assert engine.url in told["by-pz-server"] and "magnitudes of gaap1p0" in told["by-pz-server"]
        assert "dereddened by SFD98" in told["by-pz-server"]
        assert "its users can see" in told["by-pz-server"]
        assert "not the primary ones only" in told["pz-server-primary"]
        state = json.loads(result.table.schema.field("i_gaap1p0Mag").metadata[b"state"])
        assert state["dereddened"]

    def test_the_whole_recipe_is_planned_although_no_server_answers(self, lines, tmp_path, monkeypatch):
        import pyarrow.parquet as pq

        from pz_tsm import recipe

        monkeypatch.setenv(pzserver.URL, "http://127.0.0.1:9/api/")
        pq.write_table(lines.select(["ra", "dec", "redshift"]), tmp_path / "a.parquet")
        text = (
            "format: tsm-recipe/1\nname: x\ninputs:\n  a: {from: {file: a.parquet}, survey: MOCK}\nsteps:\n"
            "  - match: {release: mock, run: pz-server}\n  - photometry: {to: mag}\n"
            "  - filter: i_gaap1p0Mag < 24\n"
        )
        plan = recipe.plan(text, tmp_path)
        assert [step["where"] for step in plan.steps] == ["pz-server", "memory", "memory"]
        errors = [one for one in plan.all_findings if one.level == "error"]
        assert len(errors) == 1 and "can't be reached" in errors[0].message

    def test_a_missing_and_a_wrong_token_are_findings(self, lines, monkeypatch):
        monkeypatch.setattr("pz_tsm.tokens.read", lambda url: None)
        monkeypatch.delenv(pzserver.TOKEN)
        (found,) = [one for one in match(lines, plan=True).report.findings if one.level == "error"]
        assert "no token" in found.message
        monkeypatch.setenv(pzserver.TOKEN, "wr0ng" * 8)
        (found,) = [one for one in match(lines, plan=True).report.findings if one.level == "error"]
        assert "does not accept the token" in found.message
        assert "wr0ng" not in f"{found.message}{found.remedy}"


def test_a_job_does_not_ask_the_engine_that_runs_it(lines, tmp_path, monkeypatch):
    monkeypatch.delenv(pzserver.URL)
    with pytest.raises(TsmError, match="No PZ Server is configured") as error:
        match(lines, Context(job=JobPlace(tmp_path, 10**9)))
    assert "run: engine" in error.value.remedy
