"""An operation of another package: one file and an entry point, as CONTRIBUTING.md says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packages")
    subprocess.run([sys.executable, ROOT / "scripts" / "example_operation.py", folder], check=True)
    return {**os.environ, "PYTHONPATH": str(folder)}


def python(code: str, environment: dict[str, str]) -> str:
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_it_is_a_function_of_the_library_and_a_step_of_its_recipe(environment, tmp_path):
    code = f"""
import pyarrow as pa, pyarrow.parquet as pq, pz_tsm
from pz_tsm.digest import table_digest
path = {str(tmp_path / "mock.parquet")!r}
pq.write_table(pa.table({{"id": [7, 8, 9], "ra": [10.0, 20.0, 30.0], "dec": [0.0, 1.0, 2.0],
                         "z": [0.1, 0.2, 0.3], "mag": [22.0, 20.0, 21.0]}}), path)
kept = pz_tsm.brightest(pz_tsm.read(path), column="mag", keep=2)
again = pz_tsm.run(kept.recipe)
same = table_digest(again.table) == table_digest(kept.arrow)
print(sorted(kept.arrow["source_row_id"].to_pylist()), kept.reports[-1].dropped, same)
"""
    assert python(code, environment) == "['8', '9'] {'fainter': 1} True"


def test_it_is_a_step_of_a_recipe_in_its_short_form(environment):
    code = """
from pz_tsm import ops
step = ops.get("brightest").parse(500)
print(step.keep, "brightest" in ops.names())
"""
    assert python(code, environment) == "500 True"


def test_wrong_parameters_are_refused_in_words(environment):
    code = """
from pz_tsm import ops
from pz_tsm.errors import TsmError
for value in ({"kep": 5}, {"keep": 0}):
    try:
        ops.get("brightest").parse(value)
    except TsmError as error:
        print(error)
"""
    unknown, small = python(code, environment).splitlines()
    assert "no parameter 'kep'" in unknown and "column, keep" in unknown
    assert "'keep'" in small and "greater than or equal to 1" in small


def test_a_split_method_of_another_package_divides_and_is_offered(tmp_path):
    subprocess.run([sys.executable, ROOT / "scripts" / "example_operation.py", tmp_path, "split"], check=True)
    code = """
import numpy as np, pyarrow as pa
from pz_tsm import splits
from pz_tsm.engine.local.operations import _split_methods
from pz_tsm.ops import get
from pz_tsm.ops.base import Context
table = pa.table({"row_id": np.arange(900), "tract": np.arange(900) // 30})
split = get("split")
params = split.parse({"method": "tracts", "parts": {"train": 0.5, "test": 0.5}})
done = split.run(table, params, Context(seed=3))
parts = np.array(done.table["split"].to_pylist()).reshape(-1, 30)
offered = {one["name"]: one["title"] for one in _split_methods()}
print((parts == parts[:, :1]).all(), sorted({str(one) for one in parts[:, 0]}), offered["tracts"])
"""
    said = python(code, {**os.environ, "PYTHONPATH": str(tmp_path)})
    assert said == "True ['test', 'train'] Tracts"
