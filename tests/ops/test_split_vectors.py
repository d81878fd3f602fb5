"""The parts of small tables, as the reference implementation of the hash gives them, for TypeScript too."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from pz_tsm import ops
from pz_tsm.ops.base import Context

VECTORS = Path(__file__).resolve().parents[2] / "contract" / "vectors" / "split.json"
TABLES = json.loads(VECTORS.read_text(encoding="utf-8"))["tables"]


@pytest.mark.parametrize("case", TABLES, ids=lambda case: f"{case['method']}-{'-'.join(case['parts'])}")
def test_the_split_of_a_table_is_that_of_the_vectors(case):
    keys = pa.array([int(key) for key in case["keys"]], pa.int64())
    table = pa.table({"row_id": pa.array(range(len(keys)), pa.int64()), "split_key": keys})
    said = {"method": case["method"], "seed": case["seed"]}
    if case["method"] == "kfold":
        said["options"] = {"folds": len(case["parts"])}
    else:
        said["parts"] = case["parts"]
    operation = ops.get("split")
    result = operation.run(table, operation.params.model_validate(said), Context())
    assert result.table["split"].to_pylist() == case["split"]
    counts = result.report.details["counts"]
    assert {name: counts[name] for name in case["parts"]} == case["counts"]
