"""The library: what is read and made in a notebook, and that every table knows its recipe."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits

import pz_tsm
from pz_tsm.digest import table_digest
from pz_tsm.errors import TsmError

TINY = {"ra": [1.0, 2.0], "dec": [1.0, 2.0], "z": [0.1, 0.2]}


@pytest.fixture(scope="module")
def chain(small_sky):
    """Tables from reading to split, by name."""
    deep = pz_tsm.read(small_sky / "mock_deep.parquet", survey="MOCK-DEEP")
    columns = {"z_flag": "prob", "id": "obj"}
    prob = pz_tsm.read(small_sky / "mock_prob.hdf5", survey="MOCK-PROB", columns=columns)
    deep_h = pz_tsm.homogenize(deep, rules="mock")
    prob_h = pz_tsm.homogenize(prob.where("redshift IS NOT NULL"), rules="mock")
    combined = pz_tsm.combine([deep_h, prob_h], radius_arcsec=0.75)
    matched = pz_tsm.match(combined, release={"hats": str(small_sky / "mock_release"), "profile": "mock"})
    photo = pz_tsm.photometry(matched, deredden="sfd")
    cut = pz_tsm.filter(photo, "i_snr >= 5")
    split = pz_tsm.split(cut, parts={"train": 0.8, "test": 0.2})
    return {"deep": deep, "combined": combined, "cut": cut, "split": split}


@pytest.mark.parametrize("name", ["deep", "combined", "cut", "split"])
def test_the_recipe_of_a_table_makes_it_again(chain, name):
    table = chain[name]
    assert len(table) > 20
    text = table.recipe.to_text()
    again = pz_tsm.run(pz_tsm.Recipe.parse(text))
    assert again.digest == table_digest(table.arrow)


def test_masks_and_conditions_are_filter_steps(chain):
    table = chain["split"]
    by_mask = table[table["redshift"] > 0.5]
    by_condition = table.where("redshift > 0.5")
    assert 0 < len(by_mask) < len(table)
    assert table_digest(by_mask.arrow) == table_digest(by_condition.arrow)
    assert pz_tsm.run(by_mask.recipe).digest == table_digest(by_mask.arrow)
    assert by_condition.recipe.steps[-1].op == "filter"
    assert len(table[np.zeros(len(table), bool)]) == 0
    with pytest.raises(TsmError, match="mask has 3 values"):
        table[np.array([True, False, True])]


def test_a_bundle_written_from_a_table_is_whole(chain, tmp_path):
    out = chain["split"].write(tmp_path / "set", name="mine", write=["parquet"])
    assert (out / "recipe.tsm.yaml").read_text().startswith("format: tsm-recipe/1\nname: mine")
    assert pq.read_table(out / "data" / "training_set.parquet").num_rows == len(chain["split"])
    assert (out / "data" / "measurements.parquet").exists()
    assert pz_tsm.verify(out).ok
    with pytest.raises(TsmError, match="not empty"):
        chain["split"].write(out)


def test_the_summary_in_a_notebook_shows_no_rows(chain):
    text = chain["split"]._repr_html_()
    assert f"{len(chain['split']):,} rows" in text and "redshift" in text
    ids = [str(value) for value in chain["split"]["row_id"][:50]]
    assert not any(value in text for value in ids)


def test_text_from_catalogues_is_text_in_the_summary(tmp_path):
    table = pa.table({**TINY, "<script>alert(1)</script>": [1, 2]})
    pq.write_table(table, tmp_path / "x.parquet")
    assert "<script>" not in pz_tsm.read(tmp_path / "x.parquet")._repr_html_()


def test_pandas_keeps_whole_ids_and_tells_null_from_nan(chain):
    import pandas as pd

    frame = chain["split"].to_pandas()
    assert len(frame) == len(chain["split"])
    assert str(frame["objectId"].dtype).startswith("int64") and str(frame["rival"].dtype).startswith("int64")
    back = pa.Table.from_pandas(pd.DataFrame(frame), preserve_index=False)
    for name in ("u_cModelMag", "rival"):
        if name in back.column_names:
            assert back[name].null_count == chain["split"].arrow[name].null_count


def test_functions_have_signature_and_help_from_the_operation():
    import inspect

    signature = inspect.signature(pz_tsm.combine)
    assert "radius_arcsec" in signature.parameters and signature.parameters["radius_arcsec"].default == 0.75
    assert "arcsec" in pz_tsm.combine.__doc__.lower()
    assert {"combine", "split", "read"} <= set(dir(pz_tsm))
    with pytest.raises(AttributeError, match="Did you mean 'combine'"):
        _ = pz_tsm.combin


def test_wrong_calls_are_told_in_words(chain):
    with pytest.raises(TsmError, match="takes one Table"):
        pz_tsm.homogenize([chain["deep"], chain["deep"]])
    with pytest.raises(TsmError, match="takes Tables"):
        pz_tsm.combine(["a.parquet"])
    with pytest.raises(TsmError, match="radius"):
        pz_tsm.combine([chain["deep"]], radius_arcsec=-1)
    with pytest.raises(TsmError, match="no column 'redshfit'"):
        chain["deep"]["redshfit"]
    with pytest.raises(TsmError, match="merges once"):
        _ = pz_tsm.combine([chain["combined"].where("redshift > 9"), chain["deep"]]).recipe


def test_a_table_given_in_memory_says_that_no_recipe_can_make_it():
    table = pz_tsm.read(pa.table(TINY), survey="X", name="mine")
    assert len(table) == 2 and table.name == "mine"
    with pytest.raises(TsmError, match="in memory"):
        _ = table.recipe


def test_an_operation_of_another_package_is_a_function_too(monkeypatch, tmp_path):
    from pz_tsm import library, ops
    from pz_tsm.ops.base import Operation, Params, Report, Result

    class Top(Params):
        n: int

    def run(table, params, ctx):
        kept = table.slice(0, params.n)
        cut = {"below the top": table.num_rows - kept.num_rows}
        return Result(kept, Report("top", table.num_rows, kept.num_rows, cut))

    operation = Operation("top", "Top", "The first rows.", Top, run, main="n")
    monkeypatch.setattr(ops, "names", lambda: (*ops.BUILT_IN, "top"))
    get = ops.get
    monkeypatch.setattr(ops, "get", lambda name: operation if name == "top" else get(name))
    library.function.cache_clear()
    pq.write_table(pa.table(TINY), tmp_path / "x.parquet")
    try:
        top = pz_tsm.top(pz_tsm.read(tmp_path / "x.parquet"), 1)
        assert len(top) == 1 and top.recipe.steps[-1].value == {"top": 1}
        assert pz_tsm.run(top.recipe).table.num_rows == 1
    finally:
        library.function.cache_clear()
        vars(pz_tsm).pop("top", None)


def shuffled_copy(sky: Path, folder: Path) -> Path:
    """The mock sky with rows in another order, other file names and other names of inputs."""
    random = np.random.default_rng(5)
    deep = pq.read_table(sky / "mock_deep.parquet")
    pq.write_table(deep.take(random.permutation(deep.num_rows)), folder / "d.parquet", compression="none")
    with fits.open(sky / "mock_wide.fits") as hdus:
        data = hdus[1].data
        order = random.permutation(len(data))
        fits.BinTableHDU(data[order], header=hdus[1].header).writeto(folder / "w.fits")
    lines = (sky / "mock_grism.csv").read_text().splitlines()
    head = next(i for i, line in enumerate(lines) if not line.startswith("#"))
    body = [lines[head + 1 :][i] for i in random.permutation(len(lines) - head - 1)]
    (folder / "g.csv").write_text("\n".join([*lines[: head + 1], *body]) + "\n")
    text = (sky / "mock.tsm.yaml").read_text()
    files = {"mock_deep.parquet": "d.parquet", "mock_wide.fits": "w.fits", "mock_grism.csv": "g.csv"}
    files |= {name: str(sky / name) for name in ("mock_prob.hdf5", "mock_release")}
    for old, new in files.items():
        text = text.replace(old, new)
    names = dict(zip(("deep", "wide", "grism", "prob"), ("zz", "aa", "mm", "bb"), strict=True))
    for old, new in names.items():
        text = re.sub(rf"^  {old}:", f"  {new}:", text, flags=re.M)
    start, end = text.index("  zz:"), text.index("steps:")
    blocks = re.split(r"(?m)^(?=  \w+:)", text[start:end])
    inputs = "".join(sorted(block for block in blocks if block))
    (folder / "other.tsm.yaml").write_text(text[:start] + inputs + text[end:])
    return folder / "other.tsm.yaml"


def test_nothing_depends_on_order_names_or_files(small_sky, tmp_path):
    first = pz_tsm.run(small_sky / "mock.tsm.yaml")
    other = pz_tsm.run(shuffled_copy(small_sky, tmp_path))
    assert first.table.num_rows > 50
    assert first.digest == other.digest
    assert first.table["row_id"].equals(other.table["row_id"]), "not only the same rows: the same order"


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_importing_takes_next_to_no_time():
    code = "import time; t = time.process_time(); import pz_tsm; print(time.process_time() - t)"
    assert min(float(python(code)) for _ in range(3)) < 0.05
    heavy = ("numpy", "pyarrow", "pydantic", "astropy", "pandas", "scipy")
    assert python(f"import sys, pz_tsm; print([m for m in {heavy} if m in sys.modules])").strip() == "[]"
