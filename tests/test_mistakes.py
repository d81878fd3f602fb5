"""What a newcomer gets wrong: each is told in words, with a remedy, before time or files are lost."""

from __future__ import annotations

import json
import os
import socket

import pytest

from pz_tsm.cli import main
from pz_tsm.engine.jobs.folder import Folder
from pz_tsm.engine.serve import _listen
from pz_tsm.errors import TsmError
from pz_tsm.ops import get
from pz_tsm.recipe import Recipe, output, run
from pz_tsm.sources import read_raw

RECIPE = """format: tsm-recipe/1
inputs:
  mine: {from: {file: mine.csv}, survey: MINE, columns: {id: name, ra: ra, dec: dec, z: z}}
steps:
  - filter: "redshift > 0"
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "r.tsm.yaml").write_text(RECIPE)
    (tmp_path / "mine.csv").write_text("name,ra,dec,z\nA,150.1,2.2,0.5\nB,150.2,2.3,0.6\n")
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        ["run", "-o", "out", "no.yaml"],
        ["plan", "no.yaml"],
        ["verify", "no"],
        ["diff", "no", "nor"],
        ["ops", "no"],
    ],
)
def test_with_json_an_error_before_the_work_is_told_too(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([*command, "--json"]) == 1
    said = capsys.readouterr()
    lines = (said.out + said.err).strip().splitlines()
    assert any("no" in str(json.loads(line)) for line in lines)


def test_with_json_an_error_of_the_run_is_told_once(folder, capsys):
    (folder / "mine.csv").unlink()
    assert main(["run", str(folder / "r.tsm.yaml"), "-o", str(folder / "out"), "--json"]) == 1
    events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [event["event"] for event in events].count("error") == 1


def test_a_file_that_may_not_be_read_is_no_stack_trace(monkeypatch, capsys):
    def refuse(path, **options):
        raise PermissionError(13, "Permission denied", "set/data/training_set.parquet")

    monkeypatch.setattr("pz_tsm.bundle.verify", refuse)
    assert main(["verify", "set"]) == 1
    assert "'set/data/training_set.parquet' can't be used: Permission denied." in capsys.readouterr().err


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(TsmError, match="pipe"):
        read_raw(tmp_path / "pipe.csv")


@pytest.mark.parametrize("port", [99999, -1])
def test_a_port_that_there_is_not(port):
    with pytest.raises(TsmError, match="1 to 65535"):
        _listen(port)


@pytest.mark.parametrize("write", ["{format: parket}", "{format: rail-hdf5, catalog_tag: lsst_gap}"])
def test_a_misspelt_output_is_told_before_anything_is_read(folder, write):
    events = []
    with pytest.raises(TsmError, match="There is no"):
        run(Recipe.parse(f"{RECIPE}write:\n  - {write}\n"), folder, folder / "out", events.append)
    assert [event["event"] for event in events] == ["error"]


def test_a_place_that_can_not_be_written_is_told_before_anything_is_read(folder):
    events = []
    with pytest.raises(TsmError, match="is a file"):
        run(Recipe.parse(RECIPE), folder, folder / "mine.csv" / "out", events.append)
    assert [event["event"] for event in events] == ["error"]


def test_a_wrong_value_is_told_in_our_words(folder):
    text = RECIPE.replace('"redshift > 0"', "{}")
    with pytest.raises(TsmError, match="needs the parameter 'condition'") as error:
        run(Recipe.parse(text), folder)
    assert "pz-tsm ops filter" in error.value.remedy


def test_a_whole_sky_in_hours_is_pointed_out(folder):
    rows = "".join(f"A{i},{i * 0.2399:.4f},{i * 0.1:.1f},0.5\n" for i in range(100))
    (folder / "mine.csv").write_text("name,ra,dec,z\n" + rows)
    findings = run(Recipe.parse(RECIPE), folder).findings
    assert any("looks like hours" in finding.message for finding in findings)


def test_a_run_of_the_engine_removes_only_what_a_run_left(tmp_path):
    out = tmp_path / "set"
    job = Folder.create(tmp_path / "runs", RECIPE, out=str(out))
    mine = output.partial(out)
    mine.mkdir()
    (mine / "precious").write_text("x")
    job.remove_partial()
    assert (mine / "precious").exists(), "somebody's own folder of that name"
    (mine / output.MARK).write_text(json.dumps({"pid": os.getppid(), "host": socket.gethostname()}))
    job.remove_partial()
    assert mine.exists(), "another run is writing it"
    (mine / output.MARK).write_text(json.dumps({"pid": 2**22 + 1, "host": socket.gethostname()}))
    job.remove_partial()
    assert not mine.exists()


@pytest.mark.parametrize(
    ("op", "given", "place"),
    [
        ("combine", {"prefer": [{"by": "redshift_err", "tolerance": -1}]}, "'prefer.0.tolerance'"),
        ("combine", {"radii": {"VVDS": -1}}, "'radii.VVDS'"),
        (
            "homogenize",
            {"surveys": {"VVDS": {"flag": [{"when": "z_flag = 1", "is": 7}]}}},
            "'surveys.VVDS.flag.0.is'",
        ),
    ],
)
def test_a_wrong_value_is_placed_in_the_users_words(op, given, place):
    with pytest.raises(TsmError, match="parameter") as told:
        get(op).parse(given)
    assert place in told.value.message
