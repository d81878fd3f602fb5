"""Finding and starting the engine, with real processes."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import psutil
import pytest

from pz_tsm.engine import runtime
from pz_tsm.errors import TsmError

ENSURE = "import sys; from pz_tsm.engine.runtime import ensure; r = ensure(sys.argv[1]); print(r.pid, r.url)"


@pytest.fixture
def data(tmp_path):
    """A data folder; an engine that is left there is ended, by the number that it wrote itself."""
    folder = tmp_path / "engine"
    yield folder
    end(folder)


def end(folder, number=signal.SIGKILL):
    said = runtime.read(folder)
    if said is None or said["host"] != socket.gethostname() or not psutil.pid_exists(said["pid"]):
        return
    process = psutil.Process(said["pid"])
    if str(folder) in process.cmdline():  # the engine that this test started, and nothing else
        process.send_signal(number)
        process.wait(30)


def ask(url, token=None):
    request = urllib.request.Request(url, headers={"Authorization": f"Token {token}"} if token else {})
    return urllib.request.urlopen(request, timeout=20)


@pytest.mark.full
def test_two_programs_at_once_get_one_engine_and_a_killed_one_is_replaced(data):
    both = [
        subprocess.Popen([sys.executable, "-c", ENSURE, str(data)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [program.communicate(timeout=120)[0] for program in both]
    assert said[0] == said[1] and said[0].strip()
    first = runtime.ensure(data)
    assert str(first.pid) == said[0].split()[0]
    assert (data / "runtime.json").stat().st_mode & 0o777 == 0o600

    with ask(f"{first.url}/local/health", first.token) as answer:
        health = json.load(answer)
    assert health["name"] == "pz-tsm engine" and health["pid"] == first.pid and health["data"] == str(data)
    for path in ("/local/health", "/api/"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            ask(first.url + path)
        assert caught.value.code == 401
    with ask(f"{first.url}/api/", first.token) as answer:
        assert answer.status == 200

    with pytest.raises(TsmError, match=f"process {first.pid}"):
        from pz_tsm.engine.serve import serve

        serve(data)

    end(data)
    second = runtime.ensure(data)
    assert second.pid != first.pid and second.token != first.token
    log = (data / "engine.log").read_text()
    assert first.token not in log and second.token not in log and second.token not in repr(second)

    end(data, signal.SIGTERM)
    assert not (data / "runtime.json").exists()
    assert runtime.current(data) is None


@pytest.mark.full
def test_an_engine_that_nobody_needs_ends(data, monkeypatch):
    monkeypatch.setenv("PZ_TSM_IDLE_MINUTES", "0.01")
    found = runtime.ensure(data)
    psutil.Process(found.pid).wait(60)
    assert not (data / "runtime.json").exists()


def test_a_live_engine_of_another_machine_is_refused_in_words_and_a_dead_one_is_not(data, monkeypatch):
    data.mkdir()
    said = {"url": "http://127.0.0.1:9", "token": "t", "pid": os.getpid(), "host": "other-host"}
    (data / "runtime.json").write_text(json.dumps(said))
    with pytest.raises(TsmError, match="other-host") as caught:
        runtime.ensure(data)
    assert "PZ_TSM_DATA" in caught.value.remedy
    os.utime(data / "runtime.json", (0, 0))
    assert runtime.running(data) is None


def test_an_engine_that_can_not_start_says_why(data):
    data.mkdir()
    (data / "engine.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(TsmError, match="engine.sqlite") as caught:
        runtime.ensure(data)
    assert "engine.log" in caught.value.remedy


def test_the_data_folder_can_be_chosen(monkeypatch, tmp_path):
    monkeypatch.setenv("PZ_TSM_DATA", str(tmp_path / "here"))
    assert runtime.data_folder() == tmp_path / "here"
    assert runtime.data_folder(tmp_path / "there") == tmp_path / "there"
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(TsmError, match="can't be used"):
        runtime.ensure(file / "below")


@pytest.mark.full
def test_an_engine_of_another_version_makes_way_once_it_has_no_jobs(data):
    old = runtime.ensure(data)
    said = runtime.read(data)
    (data / "runtime.json").write_text(json.dumps({**said, "version": "0.0.1"}))
    new = runtime.ensure(data)
    assert new.pid != old.pid and not psutil.pid_exists(old.pid)
    assert runtime.ensure(data) == new
