"""The example of docs/split.md: a method in Python and its preview in TypeScript, on the same rows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pyarrow as pa

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "contract" / "vectors" / "split_example.json"


def example() -> dict:
    text = (ROOT / "docs" / "split.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"<!-- method -->\n```python\n(.*?)```", text, re.S)
    space: dict = {}
    exec(code, space)
    return space


def test_the_example_gives_what_its_preview_is_held_to():
    """src/recipe/split/__tests__/example.test.ts runs the TypeScript of the page on the same rows."""
    said = json.loads(VECTORS.read_text())
    keys = np.array([int(key) for key in said["keys"]], dtype=np.int64)
    assign = example()["assign"]
    for case in said["cases"]:
        parts = dict(case["parts"])
        assert assign(keys, parts, 0, None, None).tolist() == case["expected"]
    assert {0, 1, 2} == set(said["cases"][1]["expected"])


def test_it_divides_a_table(monkeypatch):
    from pz_tsm import splits
    from pz_tsm.ops import get
    from pz_tsm.ops.base import Context

    method = example()["METHOD"]
    real = splits.get
    monkeypatch.setattr(splits, "get", lambda name: method if name == "bykey" else real(name))
    names = (*splits.names(), "bykey")
    monkeypatch.setattr(splits, "names", lambda: names)
    keys = np.random.default_rng(1).integers(-(2**63), 2**63 - 1, 2000)
    split = get("split")
    params = split.parse({"method": "bykey", "parts": {"train": 0.7, "test": 0.3}})
    done = split.run(pa.table({"row_id": np.sort(keys)}), params, Context())
    assert 0.65 < np.mean(np.array(done.table["split"].to_pylist()) == "train") < 0.75
