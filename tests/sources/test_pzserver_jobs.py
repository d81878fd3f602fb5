"""Processes of a PZ Server that behaves as the real one does at its worst; and its results."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pz_tsm import releases
from pz_tsm.errors import Cancelled, TsmError
from pz_tsm.ops.base import Context
from pz_tsm.ops.match import pzserver_objects
from pz_tsm.sources import pzserver_jobs, pzserver_watch
from pz_tsm.sources.pzserver import Refused, Unreachable


class Server:
    """Answers in turn, by method and path; an exception is raised."""

    base = "http://pz.test/api/"

    def __init__(self, **answers):
        self.answers = {tuple(key.split("_", 1)): list(values) for key, values in answers.items()}
        self.calls = []

    def call(self, method, path, **options):
        self.calls.append((method, path))
        left = self.answers[method, path.strip("/").split("/")[-1]]
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(pzserver_watch.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(pzserver_watch, "FIRST_PAUSE", 0.0)
    monkeypatch.setattr(pzserver_watch, "LONGEST_PAUSE", 0.0)


def watch(server, status="Pending", ctx=None):
    told = []
    first = {"id": 7, "status": status}
    ended = pzserver_watch.watch(
        server, first, ctx or Context(), lambda done, words: told.append((done, words))
    )
    return ended, told


def process(status, **more):
    return {"id": 7, "status": status, "started_at": "2026-01-01T00:00:00Z", **more}


def test_every_status_before_the_end_is_waited_through():
    states = [process(one) for one in ("Queued", "Running", "Running", "Successful")]
    ended, told = watch(Server(GET_7=states))
    assert ended["status"] == "Successful"
    assert [words.split(": ")[1] for _, words in told] == ["pending", "queued", "running", "running"]


def test_a_server_that_is_silent_for_a_while_is_forgiven():
    silence = [Unreachable("gone"), Refused("502", 502), Refused("500", 500)]
    assert watch(Server(GET_7=[*silence, process("Successful")]))[0]["status"] == "Successful"
    with pytest.raises(TsmError, match="The process 7 goes on there") as error:
        watch(Server(GET_7=[Unreachable("gone")]))
    assert "Run again" in error.value.remedy


@pytest.mark.parametrize(
    ("ended", "logs", "said"),
    [
        (process("Failed", comment="no overlap"), "", "failed on the PZ Server: no overlap."),
        (process("Failed"), "start\nValueError: size 0 inputs\nend\n", ": ValueError: size 0 inputs."),
        (process("Failed", started_at=None), "", "marked so before it started"),
        (process("Stopped"), "", "was stopped on the PZ Server"),
    ],
)
def test_a_process_that_ends_badly_says_why(ended, logs, said):
    content = {"pipeline": {"content": logs}}
    with pytest.raises(TsmError) as error:
        watch(Server(GET_7=[ended], GET_logs=[content]))
    assert said in error.value.message


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"GET_stop": [{}]}, ["GET"]),
        ({"GET_stop": [Refused("405", 405)], "POST_stop": [{}]}, ["GET", "POST"]),
        ({"GET_stop": [Refused("500", 500)]}, ["GET"]),
    ],
)
def test_a_stop_of_ours_reaches_the_server_as_it_wants_it(answers, expected):
    server = Server(GET_7=[process("Running")], **answers)
    with pytest.raises(Cancelled):
        watch(server, ctx=Context(cancelled=lambda: True))
    assert [method for method, path in server.calls if path.endswith("stop/")] == expected


def test_a_stop_that_comes_while_the_server_answers_reaches_it_too():
    wishes = iter([False, False, True])
    ctx = Context(cancelled=lambda: next(wishes, True))
    server = Server(GET_7=[process("Running")], GET_stop=[{}])
    with pytest.raises(Cancelled):
        pzserver_watch.watch(server, process("Running"), ctx, lambda done, words: ctx.step(done, words))
    assert ("GET", "processes/7/stop/") in server.calls


def test_parameters_that_the_server_dropped_are_named():
    sent = {"crossmatch": {"radius_arcsec": 1.0, "n_neighbors": 10}, "flux_type": "cmodel"}
    kept = {"param": {"crossmatch": {"radius_arcsec": 1.0}, "flux_type": "auto"}}
    found = pzserver_jobs.ignored({"used_config": kept}, sent)
    assert found == ["crossmatch.n_neighbors", "flux_type"]
    assert pzserver_jobs.ignored({"used_config": None}, sent) == []


def test_what_the_release_offers_is_read_with_its_gaps():
    release = {
        "id": 2,
        "name": "dp1",
        "display_name": "LSST DP1",
        "has_mag_hats": True,
        "has_flux_hats": False,
        "fluxes": [{"name": "cmodel", "selected": True}, {"name": "psf"}],
        "dereddening": [{"name": "sfd"}, {"name": "csfd", "disabled": True}],
    }
    bare = {"id": 3, "name": "dr2", "display_name": "Small", "fluxes": None, "dereddening": None}
    pipeline = {"id": 1, "name": "training_set_maker", "system_config": None}
    answers = {
        "GET_pipelines": [{"count": 1, "results": [pipeline]}],
        "GET_releases": [{"count": 2, "results": [release, bare]}],
    }
    offer = pzserver_jobs.offered(Server(**answers), "DP1")
    assert (offer.fluxes, offer.flux, offer.dereddening, offer.dust) == (
        ("cmodel", "psf"),
        "cmodel",
        ("sfd",),
        "sfd",
    )
    assert offer.photometry == ("mag",) and not offer.most_neighbours
    offer = pzserver_jobs.offered(Server(**answers), "small")
    assert (offer.fluxes, offer.flux, offer.dust) == ((), "auto", "sfd")
    with pytest.raises(TsmError, match="no release 'dp2'") as error:
        pzserver_jobs.offered(Server(**answers), "dp2")
    assert "dp1, dr2" in error.value.remedy


class TestResult:
    """What the pipeline writes, in the names that the real one was seen to give."""

    release = {"indexing_column": "id"}  # noqa: RUF012
    stored = {"dereddened": True, "dust_map": "SFD98"}  # noqa: RUF012

    def read(self, path, **columns):
        size = len(next(iter(columns.values())))
        columns = {"_dist_arcsec": [0.1] * size, "is_training_set": [1] * size, **columns}
        pq.write_table(pa.table(columns), path)
        sent = ("row_id", "ra", "dec", "z")
        return pzserver_objects.read(path, sent, releases.profile("unnamed"), self.release, self.stored)

    def test_clashing_names_are_told_apart(self, tmp_path):
        found = self.read(
            tmp_path / "tsm.parquet",
            row_id=[5, 4],
            ra_specz=[10.0, 20.0],
            dec_specz=[0.0, 0.0],
            z=[0.5, 0.6],
            ra=[10.0001, 20.0],
            dec=[0.0, 0.0001],
            id=[2**53 + 1, 7],
            i_cModelMag=[21.0, 99.0],
            mag_weird=[1.0, 2.0],
        )
        assert found.names == ("id", "ra", "dec")
        assert found.objects.column_names == ["i_cModelMag", "mag_weird"]
        assert found.without_state == ["mag_weird"]
        state = found.want.states["i_cModelMag"]
        assert (state["kind"], state["dereddened"], state["dust_map"]) == ("mag", True, "SFD98")
        import numpy as np

        pairs = found.pairs(np.array([4, 5]), np.array([20.0, 10.0]), np.array([0.0, 0.0]))
        assert pairs.row.tolist() == [0, 1] and pairs.object_id.tolist() == [7, 2**53 + 1]
        assert pairs.sep == pytest.approx([0.36, 0.36], abs=1e-6)
        with pytest.raises(TsmError, match="1 rows of the PZ Server's result have a row_id"):
            found.pairs(np.array([4]), np.array([20.0]), np.array([0.0]))

    @pytest.mark.parametrize(
        ("columns", "said"),
        [
            ({"ra": [1.0], "dec": [1.0], "id": [1]}, "no column 'row_id'"),
            ({"row_id": [1], "ra": [1.0], "dec": [1.0], "coord_ra": [1.0]}, "no object id"),
            ({"row_id": [1], "ra": [1.0], "dec": [1.0], "id": [1]}, "no positions of the objects"),
            ({"row_id": [1.0], "ra": [1.0], "dec": [1.0], "id": [1], "coord_ra": [1.0], "coord_dec": [1.0]},
             "floating point numbers"),
        ],
    )  # fmt: skip
    def test_a_table_that_is_no_such_result_is_refused(self, tmp_path, columns, said):
        with pytest.raises(TsmError, match=said):
            self.read(tmp_path / "tsm.parquet", **columns)
