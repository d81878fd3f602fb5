"""When the disk fills, the process is killed or the user stops: nothing half-written looks whole."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pz_tsm import bundle
from pz_tsm.errors import Cancelled, TsmError
from pz_tsm.recipe import Recipe, run


@pytest.fixture
def recipe(small_sky):
    return Recipe.read(small_sky / "mock.tsm.yaml")


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_leaves_nothing_and_says_so(recipe, small_sky, tmp_path, monkeypatch, number):
    def full(self, *args, **options):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    with pytest.raises(TsmError) as error:
        run(recipe, small_sky, tmp_path / "out")
    assert "full" in error.value.message and str(tmp_path / "out") in error.value.message
    assert "Make room" in error.value.remedy
    assert left(tmp_path) == []


@pytest.mark.parametrize("trouble", [TsmError("no"), RuntimeError("bug"), KeyboardInterrupt(), MemoryError()])
def test_whatever_fails_while_writing_leaves_nothing(recipe, small_sky, tmp_path, monkeypatch, trouble):
    def broken(folder, *args, **options):
        folder.mkdir(exist_ok=True)
        (folder / "README.md").write_text("half")
        raise trouble

    monkeypatch.setattr(bundle, "write", broken)
    with pytest.raises((TsmError, RuntimeError, KeyboardInterrupt)):
        run(recipe, small_sky, tmp_path / "out")
    assert left(tmp_path) == []


def test_a_forbidden_folder_is_told_in_words(recipe, small_sky, tmp_path, monkeypatch):
    def forbidden(self, *args, **options):
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", forbidden)
    with pytest.raises(TsmError, match="may not write"):
        run(recipe, small_sky, tmp_path / "out")


def test_stopping_works_at_every_step(recipe, small_sky, tmp_path):
    events: list[dict] = []
    run(recipe, small_sky, tmp_path / "whole", events.append)
    total = len(events)
    for after in range(1, total, max(1, total // 12)):
        seen: list[dict] = []

        def asked(seen=seen, after=after) -> bool:
            return len(seen) >= after

        with pytest.raises(Cancelled):
            run(recipe, small_sky, tmp_path / "out", seen.append, asked)
        assert seen[-1] == {"event": "cancelled"}
        assert left(tmp_path) == ["whole"], after


def test_failures_are_events_too(recipe, tmp_path):
    events: list[dict] = []
    with pytest.raises(TsmError):
        run(recipe, tmp_path, None, events.append)
    assert events[-1]["event"] == "error" and "mock_deep.parquet" in events[-1]["message"]
    assert events[-2]["op"] == "load" and events[-2]["state"] == "failed"


KILLED = """
import os, signal, sys
from pathlib import Path
from pz_tsm import bundle
from pz_tsm.recipe import Recipe, run

write = bundle.write
def killed(folder, *args, **options):
    write(folder, *args, **options)
    print("written", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
bundle.write = killed
run(Recipe.read(sys.argv[1]), Path(sys.argv[1]).parent, sys.argv[2])
"""


def test_a_kill_at_the_last_moment_leaves_nothing_that_looks_whole(recipe, small_sky, tmp_path):
    paths = [str(small_sky / "mock.tsm.yaml"), str(tmp_path / "out")]
    command = [sys.executable, "-c", KILLED, *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL and "written" in done.stdout
    assert left(tmp_path) == ["out.partial"]
    assert not (tmp_path / "out.partial" / bundle.LOCK).exists(), "what is left is no bundle"
    run(recipe, small_sky, tmp_path / "out")
    assert left(tmp_path) == ["out"], "the next run cleans up"
    assert bundle.verify(tmp_path / "out").ok


def command(sky: Path, folder: Path) -> list[str]:
    recipe, out = str(sky / "mock.tsm.yaml"), str(folder / "out")
    return [sys.executable, "-m", "pz_tsm", "run", recipe, "-o", out, "--json"]


def test_a_kill_on_the_way_leaves_no_folder(small_sky, tmp_path):
    with subprocess.Popen(
        command(small_sky, tmp_path), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        for line in process.stderr:
            if json.loads(line).get("op") == "match":
                process.send_signal(signal.SIGKILL)
                break
        process.stderr.read()
    assert not (tmp_path / "out").exists()


def test_sigterm_stops_a_run_and_cleans_up(small_sky, tmp_path):
    with subprocess.Popen(
        command(small_sky, tmp_path), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        for line in process.stderr:
            if '"combine"' in line:
                process.send_signal(signal.SIGTERM)
                break
        rest = process.stderr.read()
    assert process.returncode == 130, rest[-500:]
    assert left(tmp_path) == []


def test_another_run_into_the_same_folder_is_refused(recipe, small_sky, tmp_path):
    import socket

    part = tmp_path / "out.partial"
    part.mkdir()
    (part / ".tsm-partial.json").write_text(json.dumps({"pid": os.getppid(), "host": socket.gethostname()}))
    with pytest.raises(TsmError, match="Another run"):
        run(recipe, small_sky, tmp_path / "out")


def test_a_folder_of_that_name_that_is_not_ours_is_left_alone(recipe, small_sky, tmp_path):
    (tmp_path / "out.partial").mkdir()
    (tmp_path / "out.partial" / "mine").write_text("x")
    with pytest.raises(TsmError, match="in the way"):
        run(recipe, small_sky, tmp_path / "out")
    assert (tmp_path / "out.partial" / "mine").read_text() == "x"


def test_bad_inputs_of_the_kit_are_refused(shared, tmp_path):
    for name, said in (("test_survey_col_missing", "survey"), ("test_survey_not_supported", "NOT_SUPPORTED")):
        text = f"format: tsm-recipe/1\ninputs: {{a: {name}.parquet}}\nsteps: [homogenize, combine]\n"
        with pytest.raises(TsmError) as error:
            run(text, shared / "data" / "bad_inputs", tmp_path / "out")
        assert said.lower() in error.value.message.lower(), error.value.message
        assert left(tmp_path) == []
