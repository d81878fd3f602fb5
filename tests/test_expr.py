"""The condition language: the vectors that TypeScript obeys too, and what a user reads when it fails."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest

from pz_tsm import expr
from pz_tsm.errors import TsmError

TYPES = {
    "int64": pa.int64(),
    "float64": pa.float64(),
    "float32": pa.float32(),
    "string": pa.string(),
    "bool": pa.bool_(),
}


@pytest.fixture(scope="module")
def vectors(contract):
    return json.loads((contract / "vectors" / "expr.json").read_text(encoding="utf-8"))


def table_of(vectors: dict) -> pa.Table:
    def value(kind: str, raw):
        if raw is None or kind in ("string", "bool"):
            return raw
        return int(raw) if kind == "int64" else float(raw)

    return pa.table(
        {
            name: pa.array([value(kind, row[name]) for row in vectors["rows"]], TYPES[kind])
            for name, kind in vectors["columns"].items()
        }
    )


def test_vectors(vectors):
    table = table_of(vectors)
    assert len(vectors["cases"]) >= 200
    wrong = []
    for case in vectors["cases"]:
        try:
            got = {"result": expr.evaluate(case["text"], table).to_pylist()}
        except TsmError:
            got = {"error": True}
        if got != {key: case[key] for key in case if key != "text"}:
            wrong.append((case, got))
    assert not wrong


def test_vectors_hold_the_presets(vectors):
    assert vectors["presets"] == expr.PRESETS
    assert vectors["functions"] == sorted(expr.FUNCTIONS)


def test_text_of_a_tree_gives_the_same_tree(vectors):
    for case in vectors["cases"]:
        if "result" in case:
            tree = expr.parse(case["text"])
            assert expr.parse(expr.to_text(tree)) == tree, expr.to_text(tree)


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("((a = 1) AND (b = 2)) OR (c = 3)", "a = 1 AND b = 2 OR c = 3"),
        ("(a = 1) AND (b = 2 OR c = 3)", "a = 1 AND (b = 2 OR c = 3)"),
        ("not (a is null)", "NOT a IS NULL"),
        ("a - (b - c) > 0", "a - (b - c) > 0"),
        ('"a b" = 1 and "and" != 2', '"a b" = 1 AND "and" <> 2'),
        ("secure_galaxy and x>1", "secure_galaxy AND x > 1"),
    ],
)
def test_text_is_short(text, short):
    assert expr.to_text(expr.parse(text)) == short


def test_columns_include_those_of_presets():
    found = expr.columns(expr.parse("secure_galaxy AND i_snr > 5 OR UPPER(\"my flag\") = 'A'"))
    assert found == {"z_flag_homogenized", "instrument_type", "spec_class", "redshift", "i_snr", "my flag"}


TABLE = pa.table({"redshift": [0.1, 2.0], "survey": ["a", "b"], "when": pa.array([0, 1], pa.timestamp("s"))})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("redshfit > 1", ["'redshfit'", "'redshift'"]),
        ("Survey = 'a'", ["'Survey'", "'survey'"]),
        ("survey > 3", ["survey", "text", "quotation"]),
        ("redshift >", ["ends too early", "character 11"]),
        ("redshift > 1 redshift < 2", ["AND or OR", "character 14"]),
        ("FLOR(redshift) = 1", ["FLOR", "FLOOR"]),
        ("redshift", ["not a condition"]),
        ("survey = 'a", ["never closed"]),
        ('"when" > 3', ["when", "timestamp"]),
        ("secure_galaxy", ["secure_galaxy", "z_flag_homogenized"]),
        ("a = 92233720368547758080", ["64-bit"]),
    ],
)
def test_errors_say_what_is_wrong(text, words):
    with pytest.raises(TsmError) as error:
        expr.evaluate(text, TABLE)
    for word in words:
        assert word in str(error.value)


def test_nothing_is_evaluated_as_python():
    for text in (
        "__import__('os').system('true')",
        "().__class__",
        "redshift.real > 0",
        "lambda: 1",
        "f'{1}'",
    ):
        with pytest.raises(TsmError):
            expr.evaluate(text, TABLE)


def test_every_column_type_of_real_files():
    table = pa.table(
        {
            "u8": pa.array([1, 2, None], pa.uint8()),
            "u64": pa.array([2**64 - 1, 2, None], pa.uint64()),
            "f4": pa.array([1.5, None, float("nan")], pa.float32()),
            "large": pa.array(["a", "b", None], pa.large_string()),
            "dict": pa.array(["a", "b", None]).dictionary_encode(),
            "none": pa.nulls(3),
            "dec": pa.array([1, 2, None], pa.decimal128(5, 2)),
        }
    )
    assert expr.mask("u8 = 2 AND u64 < 3", table).tolist() == [False, True, False]
    assert expr.mask("f4 = 1.5 OR large = 'b'", table).tolist() == [True, True, False]
    assert expr.mask("dict IN ('a') AND none IS NULL AND dec < 2", table).tolist() == [True, False, False]
    assert expr.evaluate("none = 3", table).to_pylist() == [None] * 3


def test_chunks_and_empty_tables():
    table = pa.concat_tables([pa.table({"a": [1, 2]}), pa.table({"a": [3]})])
    assert expr.mask("a >= 2", table).tolist() == [False, True, True]
    assert expr.mask("a >= 2 AND TRUE", table.slice(0, 0)).tolist() == []
    assert expr.evaluate_value("a * 2", table).to_pylist() == [2, 4, 6]
    assert expr.evaluate_value("a / 2", table).to_pylist() == [0.5, 1.0, 1.5]


def test_mask_is_a_numpy_array_without_nulls():
    found = expr.mask("a > 1", pa.table({"a": [None, 1, 2]}))
    assert isinstance(found, np.ndarray) and found.dtype == bool and found.tolist() == [False, False, True]
