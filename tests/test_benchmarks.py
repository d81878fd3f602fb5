"""The benchmarks run and say what they should; how fast is not tested here.

The one of the explorer needs a browser and peers, and is run by hand.
"""

from __future__ import annotations

import json
from importlib import import_module

import pytest

from benchmarks.__main__ import NAMES, main

KEYS = {"bench", "ours", "peer", "peer_name", "unit", "ratio", "bar", "ok", "n"}


@pytest.mark.parametrize("name", [name for name in NAMES if name != "explorer"])
def test_prints_one_json_line(name: str, monkeypatch, capsys) -> None:
    module = import_module(f"benchmarks.{name}")
    for size in ("ROWS", "OBJECTS"):
        if hasattr(module, size):
            monkeypatch.setattr(module, size, 5000)
    monkeypatch.setattr("benchmarks.measure.in_turn.__defaults__", (2,))
    main([name])
    (line,) = capsys.readouterr().out.splitlines()
    said = json.loads(line)
    assert said.keys() >= KEYS
    assert said["bench"] == name and said["n"] == 2 and said["ours"] > 0


def test_an_unknown_name_is_refused(capsys) -> None:
    assert main(["nothing"]) == 2
    assert "combine" in capsys.readouterr().err
