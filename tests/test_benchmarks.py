"""The benchmarks run and say what they should; how fast is not tested here.

The one of the explorer needs a browser and peers, and is run by hand.
"""

from __future__ import annotations

import json
from importlib import import_module

import pytest

from benchmarks.__main__ import NAMES, main

KEYS = {"bench", "ours", "peer", "peer_name", "unit", "ratio", "bar", "ok", "n"}


@pytest.mark.full
@pytest.mark.parametrize("name", [name for name in NAMES if name != "explorer"])
def test_prints_json_lines(name: str, monkeypatch, capsys) -> None:
    module = import_module(f"benchmarks.{name}")
    for size, small in (
        ("ROWS", 5000),
        ("OBJECTS", 2000),
        ("SIZES", ((1000, 5000),)),
        ("ROUNDS", 1),
        ("STOPS", 0),
    ):
        if hasattr(module, size):
            monkeypatch.setattr(module, size, small)
    monkeypatch.setattr("benchmarks.measure.in_turn.__defaults__", (2,))
    monkeypatch.setattr("shutil.which", lambda name: None)  # a peer that can't be had
    main([name])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) > 1 and len({said["bench"] for said in lines}) == len(lines)
    for said in lines:
        assert said.keys() >= KEYS
        assert said["bench"].startswith(f"{name}/")


def test_a_peer_that_is_not_there_is_null(monkeypatch) -> None:
    from benchmarks import combine

    monkeypatch.setattr(combine, "ROWS", 5000)
    monkeypatch.setattr("shutil.which", lambda name: None)
    said = combine.against_stilts(*combine.positions())
    assert said["peer"] is None and said["ratio"] is None and said["ok"] is None and said["ours"] > 0


def test_an_unknown_name_is_refused(capsys) -> None:
    assert main(["nothing"]) == 2
    assert "combine" in capsys.readouterr().err
