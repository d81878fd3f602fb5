"""A bundle that was verified whole is not computed again; whatever has changed since is found."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from pz_tsm import bundle
from pz_tsm.bundle import remembered, values
from pz_tsm.cli import main

TABLE = "data/training_set.parquet"


def records():
    return sorted(remembered.folder().glob("*"))


@pytest.fixture
def looked_at(monkeypatch):
    """How often the values of a table were computed."""
    calls = []
    real = values.check
    monkeypatch.setattr(values, "check", lambda *given: (calls.append(1), real(*given)))
    return calls


@pytest.fixture
def known(out, looked_at):
    """A bundle that was verified."""
    assert bundle.verify(out).ok
    looked_at.clear()
    return out


def test_the_same_bytes_are_not_computed_again_and_the_report_says_so(out, looked_at):
    first, second = bundle.verify(out), bundle.verify(out)
    assert first.ok and second.ok and len(looked_at) == 1
    assert first.remembered is None
    assert second.warnings == first.warnings
    assert second.checked == [*first.checked, second.remembered]
    assert "all rules held for these very bytes on 20" in second.remembered


def test_warnings_are_told_again(out, looked_at, monkeypatch):
    def odd(table, homogenized, report, counts):
        report.warning("W9", "An odd thing.", "redshift")

    monkeypatch.setattr(values, "check", odd)
    said = [{"code": "W9", "message": "An odd thing.", "where": "redshift"}]
    assert bundle.verify(out).warnings == said
    again = bundle.verify(out)
    assert again.remembered and again.warnings == said


def test_again_computes_everything(known, looked_at):
    report = bundle.verify(known, again=True)
    assert report.ok and report.remembered is None and looked_at == [1]


def test_the_command_line_tells_it(known, looked_at, capsys):
    assert main(["verify", str(known)]) == 0
    told = capsys.readouterr().out
    assert "All rules held for these very bytes on" in told and "--again" in told
    assert "Everything is as recorded." in told and not looked_at
    assert main(["verify", "--again", str(known)]) == 0
    assert "held for" not in capsys.readouterr().out and looked_at == [1]


def all_files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_changed_byte_in_any_file_is_found(known):
    names = all_files(known)
    assert {TABLE, "README.md", "checksums.sha256", "rail/test.hdf5"} <= set(names)
    for name in names:
        path = known / name
        before, times = path.read_bytes(), path.stat()
        data = bytearray(before)
        data[len(data) // 2] ^= 0x01
        path.write_bytes(data)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # as one who hides it would
        report = bundle.verify(known)
        assert report.remembered is None and not report.ok, name
        path.write_bytes(before)
    assert bundle.verify(known).remembered


def test_a_file_that_is_gone_or_added_is_found(known):
    (known / "extra.txt").write_text("more")
    assert [one["where"] for one in bundle.verify(known).problems] == ["extra.txt"]
    (known / "extra.txt").unlink()
    assert bundle.verify(known).remembered
    (known / "README.md").unlink()
    assert any(one["where"] == "README.md" for one in bundle.verify(known).problems)


def test_two_files_that_change_places_are_found(known):
    rail = known / "rail"
    (rail / "train.hdf5").rename(rail / "x")
    (rail / "test.hdf5").rename(rail / "train.hdf5")
    (rail / "x").rename(rail / "test.hdf5")
    assert not bundle.verify(known).ok


def test_a_failure_is_never_remembered(out, looked_at):
    (out / "README.md").write_text("Anything.")
    for _ in range(2):
        report = bundle.verify(out)
        assert not report.ok and report.remembered is None
    assert len(looked_at) == 2 and not records()


def test_a_bundle_that_changes_while_it_is_verified_is_not_remembered(out, monkeypatch):
    from pz_tsm.bundle import qa

    def write_meanwhile(folder, *_):
        path = folder / TABLE
        path.write_bytes(path.read_bytes())

    monkeypatch.setattr(qa, "check", write_meanwhile)
    assert bundle.verify(out).ok and not records()


@pytest.mark.parametrize("what", ["version", "_sources", "_libraries"])
def test_another_version_source_or_library_verifies_anew(known, looked_at, monkeypatch, what):
    monkeypatch.setattr(remembered, what, lambda: "another")
    assert bundle.verify(known).remembered is None and looked_at == [1]
    assert bundle.verify(known).remembered


def test_a_changed_rule_is_another_source(tmp_path, monkeypatch):
    package = tmp_path / "package"
    (package / "bundle").mkdir(parents=True)
    for name in ("bundle/__init__.py", "bundle/rules.py", "rules.yaml"):
        (package / name).write_text("one")
    monkeypatch.setattr(bundle, "__file__", str(package / "bundle" / "__init__.py"))
    seen = {remembered._sources.__wrapped__()}
    for name in ("bundle/rules.py", "rules.yaml"):
        (package / name).write_text("two")
        seen.add(remembered._sources.__wrapped__())
    assert len(seen) == 3


def test_a_record_is_private_and_a_damaged_or_foreign_one_is_ignored(known, looked_at):
    (path,) = records()
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    text = path.read_text()
    said = json.loads(text)
    for wrong in (
        "",
        "{",
        "[]",
        text[:-20],
        json.dumps({**said, "checked": []}),
        json.dumps({**said, "format": "other/1"}),
        json.dumps({**said, "key": "0" * 64}),
    ):
        path.write_text(wrong)
        looked_at.clear()
        assert bundle.verify(known).remembered is None and looked_at == [1], wrong
    assert bundle.verify(known).remembered  # and takes its place again


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_a_record_that_others_may_write_is_ignored(known, looked_at):
    (path,) = records()
    path.chmod(0o666)
    assert bundle.verify(known).remembered is None and looked_at == [1]


def test_a_cache_folder_that_can_not_be_written_is_no_trouble(out, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PZ_TSM_CACHE", str(tmp_path / "file"))
    assert bundle.verify(out).ok and bundle.verify(out).remembered is None


def test_few_records_are_kept_those_used_last(made, tmp_path, monkeypatch):
    monkeypatch.setattr(remembered, "AT_MOST", 2)
    outs = [made.write(tmp_path / f"out{k}", measurements=made.table.slice(0, 10 + k)) for k in range(3)]
    for number, out in enumerate(outs):
        assert bundle.verify(out).ok
        for path in records():  # older by a minute
            os.utime(path, ns=(0, path.stat().st_mtime_ns - 60_000_000_000))
        if number == 1:
            assert bundle.verify(outs[0]).remembered  # used again
    assert len(records()) == 2
    assert bundle.verify(outs[0]).remembered and bundle.verify(outs[2]).remembered
    assert bundle.verify(outs[1]).remembered is None


def test_a_link_to_another_folder_is_not_remembered(known, tmp_path, looked_at):
    (known / "data").rename(tmp_path / "elsewhere")
    (known / "data").symlink_to(tmp_path / "elsewhere")
    assert bundle.verify(known).remembered is None and looked_at == [1]


def test_rules_of_other_packages_are_not_remembered(out, monkeypatch):
    monkeypatch.setattr(remembered, "_others_rules", lambda: True)
    assert bundle.verify(out).ok and not records()
