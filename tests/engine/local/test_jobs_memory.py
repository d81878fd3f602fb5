"""Sizes, and the memory of a machine or a container."""

import subprocess
import sys

import psutil
import pytest

from pz_tsm.engine.jobs import memory
from pz_tsm.errors import TsmError


@pytest.mark.parametrize(
    ("text", "number"),
    [("4000000000", 4e9), ("4 GB", 4e9), ("4gb", 4e9), ("1.5G", 1.5e9), ("512MiB", 2**29), ("2 KB", 2e3)],
)
def test_sizes_are_written_in_many_ways(monkeypatch, text, number):
    monkeypatch.setenv("PZ_TSM_JOB_MEMORY", text)
    assert memory.allowed(2) == number


@pytest.mark.parametrize("text", ["much", "-1 GB", "0", "4 PB"])
def test_what_is_no_size_is_refused_in_words(monkeypatch, text):
    monkeypatch.setenv("PZ_TSM_JOB_MEMORY", text)
    with pytest.raises(TsmError, match="PZ_TSM_JOB_MEMORY"):
        memory.allowed(2)


def test_without_a_word_jobs_share_four_fifths_of_what_there_is(monkeypatch):
    monkeypatch.delenv("PZ_TSM_JOB_MEMORY", raising=False)
    assert memory.allowed(2) == memory.machine() * 0.8 // 2


def test_a_container_or_batch_job_that_has_less_counts(tmp_path):
    (tmp_path / "job" / "step").mkdir(parents=True)
    (tmp_path / "job" / "memory.max").write_text("3000000000\n")
    (tmp_path / "job" / "step" / "memory.max").write_text("max\n")
    own = tmp_path / "own"
    own.write_text("0::/job/step\n")
    assert memory.machine(tmp_path, own) == min(3_000_000_000, psutil.virtual_memory().total)
    old = tmp_path / "memory" / "slurm"
    old.mkdir(parents=True)
    (old / "memory.limit_in_bytes").write_text("2000000000\n")
    own.write_text("7:cpu:/x\n4:memory:/slurm\n")
    assert memory.machine(tmp_path, own) == min(2_000_000_000, psutil.virtual_memory().total)


HOLDS = "held = bytearray(b'x') * 80_000_000; print('held', flush=True); input()"
STARTS = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLDS!r}])"


def test_what_a_process_started_counts_with_it():
    with subprocess.Popen(
        [sys.executable, "-c", STARTS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as parent:
        parent.stdout.readline()
        assert 80e6 < memory.taken(parent.pid) < 200e6
        parent.stdin.close()
