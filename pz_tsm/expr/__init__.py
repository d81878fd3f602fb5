"""Conditions: the condition part of ADQL, parsed, checked against the columns, and evaluated on Arrow tables.

    mask("redshift BETWEEN 0.1 AND 1 AND survey <> 'NED'", table)

``contract/vectors/expr.json`` is what this package and the TypeScript one (src/expr) both obey.
"""

from pz_tsm.expr.check import check, kind_of, kind_of_type
from pz_tsm.expr.evaluate import evaluate, evaluate_value, mask
from pz_tsm.expr.syntax import FUNCTIONS, KEYWORDS, PRESETS, Expr, columns, nearest, parse
from pz_tsm.expr.text import name, quote, to_text

__all__ = [
    "FUNCTIONS",
    "KEYWORDS",
    "PRESETS",
    "Expr",
    "check",
    "columns",
    "evaluate",
    "evaluate_value",
    "kind_of",
    "kind_of_type",
    "mask",
    "name",
    "nearest",
    "parse",
    "quote",
    "to_text",
]
