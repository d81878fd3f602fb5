"""Match by a TAP service: a small one of this machine, asked by pyvo as it is."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from astropy.table import Table
from matchkit import redshifts

pytest.importorskip("pyvo")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for tapkit

from tapkit import Answer, TapServer, serving  # noqa: E402

from pz_tsm.digest import table_digest  # noqa: E402
from pz_tsm.errors import Cancelled, TsmError  # noqa: E402
from pz_tsm.ops import get  # noqa: E402
from pz_tsm.ops.base import Context, JobPlace  # noqa: E402
from pz_tsm.sources import tap  # noqa: E402
from pz_tsm.sources.hats import open_catalogue  # noqa: E402

OPERATION = get("match")
TOLD_ELSEWHERE = ("tap", "where", "sha256", "columns")


@pytest.fixture(scope="module")
def sky(small_sky):
    """The mock release's folder, and all its objects."""
    folder = small_sky / "mock_release"
    catalogue = open_catalogue(folder)
    names = [name for name in catalogue.schema.names if not name.startswith("_")]
    return folder, pa.concat_tables(catalogue.read(part, names) for part in catalogue.partitions)


@pytest.fixture(scope="module")
def lines(sky):
    """Redshifts of some objects, 0.2 arcsec off; two of one object, some with none near, one without a
    position."""
    objects = sky[1]
    ra, dec = (objects[name].to_numpy()[::7] for name in ("coord_ra", "coord_dec"))
    dec = dec + 0.2 / 3600
    ra = np.concatenate([ra, ra[:2], ra[:20], [np.nan]])
    dec = np.concatenate([dec, dec[:1] - 0.3 / 3600, dec[1:2] - 0.35 / 3600, dec[:20] + 40 / 3600, [0.0]])
    z = np.linspace(0.1, 1.5, len(ra))
    z[-23] = z[0]  # agrees with the first row, whose object it shares
    survey = np.where(np.arange(len(ra)) % 2, "MOCK-A", "MOCK-B")
    return redshifts(ra, dec, z, survey=survey.tolist(), group_id=np.arange(1, len(ra) + 1))


@pytest.fixture
def service(sky, monkeypatch):
    """The service with the release's table, named as the user would."""
    server = TapServer({"mock.Object": Table({n: sky[1][n].to_numpy() for n in sky[1].column_names})})
    monkeypatch.setattr(tap, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(tap, "LONGEST_PAUSE", 0.01)
    with serving(server):
        monkeypatch.setenv(tap.URL, server.url)
        monkeypatch.setenv(tap.TOKEN, "s3cret" * 5)
        server.token = "s3cret" * 5
        yield server


def match(table, ctx=None, **params):
    return OPERATION.run(
        table, OPERATION.parse({"release": "mock", "run": "tap", **params}), ctx or Context()
    )


def here(sky, table, **params):
    release = {"hats": str(sky[0]), "profile": "mock"}
    return OPERATION.run(table, OPERATION.parse({"release": release, **params}), Context())


def same(one, other):
    """Whether two results have the same rows, in the same order (a NaN being one)."""
    return (
        table_digest(one.table) == table_digest(other.table) and one.table["row_id"] == other.table["row_id"]
    )


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"select": "all", "radius_arcsec": 3},
        {"select": "one-to-one", "unmatched": "keep", "columns": ["cModel"]},
        {"shift": {"MOCK-A": [0.1, -0.1]}, "radii": {"MOCK-B": 0.3}, "blends": "keep"},
    ],
)
def test_the_rows_are_those_of_a_match_in_memory(service, sky, lines, params):
    away, local = match(lines, **params), here(sky, lines, **params)
    assert away.table.schema.names == local.table.schema.names
    assert same(away, local)
    assert away.table.num_rows > 500
    assert away.report.dropped == local.report.dropped and away.report.set_aside == local.report.set_aside
    assert away.report.details["quality"] == local.report.details["quality"]
    assert away.report.details["where"] == "tap"
    states = [json.loads(away.table.schema.field(name).metadata[b"state"]) for name in ("i_cModelFlux",)]
    assert states[0]["kind"] == "flux" and states[0]["dereddened"] is False


def test_what_differs_is_told(service, lines):
    report = match(lines).report
    told = {finding.code: finding.message for finding in report.findings}
    assert service.url in told["by-tap"] and "mock.Object" in told["by-tap"]
    assert "footprint" in told["tap-footprint"]
    assert report.details["tap"]["queries"] == len(service.jobs) == 2
    assert {one["code"] for one in report.details["tap"]["differences"]} == {"by-tap", "tap-footprint"}
    assert all(job.deleted for job in service.jobs), "nothing is left at the service"


def test_positions_only_are_sent_and_the_token_to_the_service_only(service, lines):
    result = match(lines)
    assert {name for job in service.jobs for name in job.uploads["positions"].colnames} == {
        "place",
        "ra",
        "dec",
    }
    assert set(service.headers) == {f"Bearer {service.token}"}
    assert service.token not in json.dumps(result.report.to_dict())


def test_long_lists_go_in_several_uploads_and_cut_answers_are_asked_again(service, sky, lines, monkeypatch):
    from pz_tsm.ops.match import tap as module

    monkeypatch.setattr(module, "CHUNK", 400)
    service.limit = 150
    result = match(lines)
    assert len(service.jobs) > 8
    assert any(job.answer.overflow for job in service.jobs)
    assert same(result, here(sky, lines))


def test_primary_objects_only_where_the_table_says_which(service, lines, sky):
    objects = service.tables["mock.Object"]
    objects["detect_isPrimary"] = np.arange(len(objects)) % 14 != 0
    some, every = match(lines), match(lines, objects="all")
    assert "AND o.detect_isPrimary = 1" in service.jobs[0].query
    assert 0 < some.table.num_rows < every.table.num_rows


def test_errors_of_the_service_are_told_in_words(service, lines):
    with pytest.raises(TsmError, match="no column or flux family 'nonsense'"):
        match(lines, columns=["nonsense"])
    service.prepare = lambda job: Answer(error="Qserv is full <now>") if job.number else None
    with pytest.raises(TsmError, match=r"refused the query: Qserv is full <now>\."):
        match(lines)
    service.token = "another"
    with pytest.raises(TsmError, match="does not accept the token") as error:
        match(lines)
    assert "s3cret" not in str(error.value)


def test_no_object_at_all_is_an_error(service, lines):
    far = lines.set_column(1, "ra", pa.array(np.full(lines.num_rows, 300.0)))
    with pytest.raises(TsmError, match="no object of 'mock' within 0.75 arcsec"):
        match(far)


def test_a_stop_aborts_the_query(service, lines):
    service.prepare = lambda job: Answer(stays=True) if job.number else None
    asked = []

    def stop() -> bool:
        asked.append(1)
        return bool(service.jobs) and service.jobs[0].phase == "EXECUTING"

    with pytest.raises(Cancelled):
        match(lines, Context(cancelled=stop))
    assert service.jobs[0].phase == "ABORTED" and service.jobs[0].deleted


def test_a_query_that_takes_too_long_is_aborted(service, lines, monkeypatch):
    service.prepare = lambda job: Answer(stays=True) if job.number else None
    monkeypatch.setattr(tap.Service.job, "__kwdefaults__", {**tap.Service.job.__kwdefaults__, "patience": 0})
    with pytest.raises(TsmError, match="did not answer in 0 minutes"):
        match(lines)
    assert service.jobs[0].phase == "ABORTED"


def test_an_interrupted_job_goes_on_where_it_was(service, sky, lines, tmp_path, monkeypatch):
    from pz_tsm.ops.match import tap as module

    monkeypatch.setattr(module, "CHUNK", 300)
    place = JobPlace(tmp_path, 10**9)
    service.prepare = lambda job: Answer(error="down") if job.number == 3 else None
    with pytest.raises(TsmError, match="down"):
        match(lines, Context(job=place))
    service.prepare = lambda job: None
    sent = [job.query for job in service.jobs]
    result = match(lines, Context(job=place))
    assert len(service.jobs) - len(sent) == result.report.details["tap"]["queries"]
    asked = [
        (job.uploads["positions"]["ra"].tolist(), job.uploads["positions"]["dec"].tolist())
        for job in service.jobs
    ]
    assert not [one for one in asked[3:] if one in asked[:2]], "what was answered is not asked again"
    assert same(result, here(sky, lines))


def test_progress_is_told_by_uploads(service, lines):
    told, amounts = [], []
    match(lines, Context(progress=lambda done, words: told.append((done, words)), measured=amounts.append))
    assert any("executing" in words for _, words in told)
    assert {amount.unit for amount in amounts} == {"uploads"} and amounts[-1].total == 2


def test_position_errors_of_the_table_weigh_the_pairs(service, sky, lines):
    objects = service.tables["mock.Object"].copy()
    objects["coord_raErr"] = objects["coord_decErr"] = np.full(len(objects), 0.1 / 3600)
    service.tables = {"dp1.Object": objects}
    errors = {"surveys": {"MOCK-A": 0.2, "MOCK-B": 0.01}, "sigma": 2, "floor_arcsec": 0}
    params = {"select": "error-weighted", "errors": errors, "radius_arcsec": 1.0, "columns": ["gaap1p0"]}
    result = match(lines, release="dp1", unmatched="keep", **params)
    assert result.report.details["object_errors"] == ["coord_raErr", "coord_decErr"]
    sigma = result.table["match_sigma"].drop_null().to_numpy()
    assert 0 < sigma.max() <= 2
    near = np.isclose(result.table["match_dist"].fill_null(0).to_numpy(), 0.2, atol=1e-3)
    weighed = {round(float(one), 2) for one in result.table["match_sigma"].filter(pa.array(near)).to_pylist()}
    assert weighed == {0.89, 1.99}, "0.2 arcsec by sqrt(0.2^2 + 0.1^2) and by sqrt(0.01^2 + 0.1^2)"
    assert "coord_raErr" not in result.table.column_names


class TestPlan:
    def test_says_where_and_how_many_and_sends_nothing(self, service, lines):
        result = OPERATION.plan(
            lines, OPERATION.parse({"release": "mock", "run": "tap"}), Context(planning=True)
        )
        report = result.report
        assert report.details["where"] == "tap" and report.details["estimated"]
        assert report.rows_out == lines.num_rows - 1, "one has no position"
        assert not service.jobs and len(service.queries) == 1
        assert [finding.code for finding in report.findings] == ["by-tap"]
        assert "i_gaap1p0Flux" in result.table.column_names

    def test_refuses_a_long_list(self, service, monkeypatch, lines):
        from pz_tsm.ops.match import tap as module

        monkeypatch.setattr(module, "LIMIT", 100)
        for call in (OPERATION.plan, OPERATION.run):
            with pytest.raises(TsmError, match="too many for an upload") as error:
                call(lines, OPERATION.parse({"release": "mock", "run": "tap"}), Context())
            assert "pz-server" in error.value.remedy

    def test_a_service_that_is_not_there_is_a_finding(self, monkeypatch, lines):
        monkeypatch.setenv(tap.URL, "http://127.0.0.1:9/tap")
        result = OPERATION.plan(
            lines, OPERATION.parse({"release": "dp1", "run": "tap"}), Context(planning=True)
        )
        (found,) = [one for one in result.report.findings if one.level == "error"]
        assert "can't be reached" in found.message and "127.0.0.1:9" in found.message
        assert "i_gaap1p0Flux" in result.table.column_names, "the steps after it are planned all the same"

    def test_a_release_that_is_not_here_is_planned_in_the_engine_too(self, service, sky, tmp_path):
        import pyarrow.parquet as pq

        from pz_tsm import recipe
        from pz_tsm.recipe.memo import Memo, using

        objects = sky[1]
        table = pa.table({"ra": objects["coord_ra"], "dec": objects["coord_dec"], "z": [0.5] * len(objects)})
        pq.write_table(table.slice(0, 50), tmp_path / "a.parquet")
        text = (
            "format: tsm-recipe/1\nname: x\ninputs:\n  a: {from: {file: a.parquet}, survey: MOCK}\n"
            "steps:\n  - match: {release: RELEASE, run: tap}\n"
        )
        with using(Memo(10**8)):
            for _ in range(2):
                plan = recipe.plan(text.replace("RELEASE", "mock"), tmp_path)
                assert plan.ok and plan.steps[0]["where"] == "tap"
            assert len(service.queries) == 1, "a plan at every edit does not ask every time"
            missing = recipe.plan(text.replace("RELEASE, run: tap", "dp1"), tmp_path)
            (error,) = [one for one in missing.all_findings if one.level == "error"]
            assert "run: pz-server" in error.remedy

    def test_outside_the_platform_the_alternatives_are_named(self, monkeypatch, lines, tmp_path):
        for name in (tap.URL, "EXTERNAL_TAP_URL", "EXTERNAL_INSTANCE_URL", "NUBLADO_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(tap, "NUBLADO", tmp_path / "nublado")
        monkeypatch.delenv("PZ_TSM_RELEASES", raising=False)
        result = OPERATION.plan(
            lines, OPERATION.parse({"release": "dp1", "run": "tap"}), Context(planning=True)
        )
        assert "Rubin Science Platform" in result.report.findings[0].message
        with pytest.raises(TsmError, match="not known") as error:
            OPERATION.plan(lines, OPERATION.parse({"release": "dp1"}), Context(planning=True))
        for words in ("hats", "run: pz-server", "inside the Rubin Science Platform run: tap"):
            assert words in error.value.remedy
        (tmp_path / "nublado").mkdir()
        with pytest.raises(TsmError) as error:
            OPERATION.plan(lines, OPERATION.parse({"release": "dp1"}), Context(planning=True))
        assert "few enough for an upload" in error.value.remedy


class TestPlatform:
    """Where the service is and whose token goes to it, inside the Rubin Science Platform."""

    @pytest.fixture(autouse=True)
    def nublado(self, tmp_path, monkeypatch):
        for name in (tap.URL, tap.TOKEN, "NUBLADO_TOKEN", "ACCESS_TOKEN", "NUBLADO_RUNTIME_MOUNTS_DIR"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(tap, "NUBLADO", tmp_path)
        monkeypatch.setattr(tap, "LEGACY", tmp_path / "none")
        (tmp_path / "discovery").mkdir()
        (tmp_path / "secrets").mkdir()
        entry = {"services": {"tap": {"url": "https://data.example.com/api/tap"}}}
        text = json.dumps({"datasets": {"dp1": entry, "dp2": {"services": {}}}})
        (tmp_path / "discovery" / "v1.json").write_text(text)
        return tmp_path

    def test_the_discovery_file_and_the_token_file_come_first(self, nublado, monkeypatch):
        monkeypatch.setenv("EXTERNAL_INSTANCE_URL", "https://old.example.com/")
        monkeypatch.setenv("NUBLADO_TOKEN", "of-the-environment")
        assert tap.address("DP1") == "https://data.example.com/api/tap"
        assert tap.address("dp2") == "https://old.example.com/api/tap"
        assert tap.token() == "of-the-environment"
        (nublado / "secrets" / "token").write_text("of-the-file\n")
        assert tap.token() == "of-the-file"

    def test_a_service_of_the_users_own_never_gets_the_platforms_token(self, nublado, monkeypatch):
        (nublado / "secrets" / "token").write_text("of-the-platform")
        monkeypatch.setenv(tap.URL, "https://elsewhere.example.org/tap/")
        assert tap.address("dp1") == "https://elsewhere.example.org/tap" and tap.token() is None
        monkeypatch.setenv(tap.TOKEN, "mine")
        assert tap.token() == "mine"

    def test_the_token_goes_to_the_services_host_only(self):
        import requests

        session = tap.Service("https://data.example.com/api/tap", "mine").session

        def sent(url):
            return session.prepare_request(requests.Request("GET", url)).headers.get("Authorization")

        assert sent("https://data.example.com/api/tap/async/1") == "Bearer mine"
        for url in ("https://elsewhere.example.com/", "http://data.example.com/api/tap"):
            assert sent(url) is None

    def test_no_token_is_told(self):
        with pytest.raises(TsmError, match="no token for the TAP service"):
            tap.Service.of("dp1")
