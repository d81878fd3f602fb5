"""Values of an expression over a table, column by column, with the three-valued logic of SQL.

Rules that both languages obey (contract/vectors/expr.json):
a comparison with null or NaN is null (unknown); only null passes IS NULL; whole numbers are exact int64 among
themselves and become float64 beside a float; dividing by zero, MOD by zero, LOG10 of zero or less and results
beyond int64 are null; MOD has the sign of its first argument; ROUND goes away from zero at a half.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pz_tsm.expr.check import check, kind_of, kind_of_type
from pz_tsm.expr.syntax import (
    Between,
    Binary,
    Call,
    Column,
    Expr,
    In,
    IsNull,
    Like,
    Literal,
    Preset,
    Unary,
    parse,
)

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

COMPARE = {
    "=": "equal",
    "<>": "not_equal",
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
}
LEADING_NUMBER = r"^\s*\+?(?P<n>[0-9]+)"


def evaluate(expr: Expr | str, table: pa.Table) -> pa.BooleanArray:
    """Truth of a condition for each row: true, false or null. TsmError where it does not fit the table."""
    import pyarrow as pa

    tree = parse(expr) if isinstance(expr, str) else expr
    check(tree, table.schema)
    return _filled(_Values(table).of(tree), table.num_rows).cast(pa.bool_())


def evaluate_value(expr: Expr | str, table: pa.Table) -> pa.Array:
    """Value of an expression for each row: int64, float64, string or bool, null where it has none."""
    tree = parse(expr) if isinstance(expr, str) else expr
    kind_of(tree, table.schema)
    return _filled(_Values(table).of(tree), table.num_rows)


def mask(expr: Expr | str, table: pa.Table) -> np.ndarray:
    """Rows where the condition is true, as a numpy bool array (null counts as false)."""
    from pz_tsm import arrays

    return arrays.truths(evaluate(expr, table))


def _filled(value: Any, rows: int) -> pa.Array:
    import pyarrow as pa

    return pa.repeat(value, rows) if isinstance(value, pa.Scalar) else value


class _Values:
    """Evaluates a checked tree: Arrow arrays, or scalars where all parts are constants."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self.columns: dict[str, Any] = {}

    def of(self, expr: Expr) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        if isinstance(expr, Literal):
            kinds = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string()}
            return pa.scalar(expr.value, kinds.get(type(expr.value), pa.null()))
        if isinstance(expr, Column):
            if expr.name not in self.columns:
                self.columns[expr.name] = _plain(self.table.column(expr.name))
            return self.columns[expr.name]
        if isinstance(expr, Preset):
            return self.of(expr.body)
        if isinstance(expr, Unary):
            value = self.of(expr.arg)
            return pc.invert(_bool(value)) if expr.op == "NOT" else _arithmetic("-", pa.scalar(0), value)
        if isinstance(expr, Binary):
            left, right = self.of(expr.left), self.of(expr.right)
            if expr.op == "AND":
                return pc.and_kleene(_bool(left), _bool(right))
            if expr.op == "OR":
                return pc.or_kleene(_bool(left), _bool(right))
            if expr.op in COMPARE:
                return _compare(expr.op, left, right)
            return _arithmetic(expr.op, left, right)
        if isinstance(expr, IsNull):
            value = self.of(expr.arg)
            return pc.is_valid(value) if expr.negated else pc.is_null(value)
        if isinstance(expr, Call):
            return _call(expr.name, [self.of(arg) for arg in expr.args])
        value = self.of(expr.arg)  # type: ignore[attr-defined]
        if isinstance(expr, Between):
            low, high = self.of(expr.low), self.of(expr.high)
            truth = pc.and_kleene(_compare(">=", value, low), _compare("<=", value, high))
        elif isinstance(expr, In):
            truth = self.within(value, expr.items)
        elif isinstance(expr, Like):
            truth = pc.match_like(value.cast(pa.string()), pattern=_like_pattern(expr.pattern))
        else:
            raise TypeError(f"not an expression: {expr!r}")
        return pc.invert(truth) if expr.negated else truth

    def within(self, value: Any, items: tuple[Expr, ...]) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        plain = [item.value for item in items if isinstance(item, Literal) and item.value is not None]
        same = {str: pa.string(), int: pa.int64()}.get(type(plain[0])) if plain else None
        if same is not None and value.type == same and all(type(one) is type(plain[0]) for one in plain):
            hit = pc.and_(pc.is_in(value, value_set=pa.array(plain, same)), pc.is_valid(value))
            truth = pc.if_else(pc.is_valid(value), hit, pa.scalar(None, pa.bool_()))
            rest = [item for item in items if not isinstance(item, Literal) or item.value is None]
        else:
            truth, rest = pa.scalar(False), list(items)
        for item in rest:
            truth = pc.or_kleene(truth, _compare("=", value, self.of(item)))
        return truth


def _like_pattern(pattern: str) -> str:
    """SQL's LIKE knows no escape here: a backslash is a backslash."""
    return pattern.replace("\\", "\\\\")


def _plain(column: pa.ChunkedArray) -> Any:
    """A column as one array of int64, float64, string, bool or null."""
    import pyarrow as pa
    import pyarrow.types as pt

    if pt.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = kind_of_type(column.type)
    target = {"int": pa.int64(), "float": pa.float64(), "text": pa.string(), "bool": pa.bool_()}.get(
        kind or "", pa.null()
    )
    if column.type != target:
        try:
            column = column.cast(target)
        except pa.ArrowInvalid:  # unsigned beyond int64
            column = column.cast(pa.float64(), safe=False)
    if column.num_chunks == 1:
        return column.chunk(0)
    return column.combine_chunks() if column.num_chunks else pa.array([], target)


def _bool(value: Any) -> Any:
    import pyarrow as pa

    return value if value.type == pa.bool_() else value.cast(pa.bool_())


def _without_nan(value: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if value.type != pa.float64():
        return value
    return pc.if_else(pc.is_nan(value), pa.scalar(None, pa.float64()), value)


def _compare(op: str, left: Any, right: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.null() in (left.type, right.type):
        return _nulls(left, right, pa.bool_())
    left, right = _without_nan(left), _without_nan(right)
    if left.type != right.type:  # numbers, or a number beside true/false
        target = pa.float64() if pa.float64() in (left.type, right.type) else pa.int64()
        left, right = _to_number(left, target), _to_number(right, target)
    return getattr(pc, COMPARE[op])(left, right)


def _to_number(value: Any, target: Any) -> Any:
    import pyarrow as pa

    if value.type == pa.bool_():
        value = value.cast(pa.int64())
    if value.type == target:
        return value
    if isinstance(value, pa.Scalar):  # scalars have no unsafe cast: int64 beyond 2**53 rounds
        return pa.scalar(None if value.as_py() is None else float(value.as_py()), target)
    return value.cast(target, safe=False)


def _nulls(left: Any, right: Any, kind: Any) -> Any:
    import pyarrow as pa

    arrays = [one for one in (left, right) if isinstance(one, pa.Array)]
    return pa.nulls(len(arrays[0]), kind) if arrays else pa.scalar(None, kind)


def _arithmetic(op: str, left: Any, right: Any) -> Any:
    """``+ - * / %`` of two numbers; null where the result does not exist or leaves int64."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.null() in (left.type, right.type):
        both = {left.type, right.type} - {pa.null()}
        return _nulls(left, right, pa.float64() if op == "/" or pa.float64() in both else pa.int64())
    if op == "/" or left.type != right.type:
        left, right = _to_number(left, pa.float64()), _to_number(right, pa.float64())
    if op in "/%":
        zero = pa.scalar(0, right.type)
        right = pc.if_else(pc.equal(right, zero), pa.scalar(None, right.type), right)
    if op == "/":
        return pc.divide(left, right)
    if op == "%":
        return _remainder(left, right)
    name = {"+": "add", "-": "subtract", "*": "multiply"}[op]
    if left.type == pa.float64():
        return getattr(pc, name)(left, right)
    try:
        return getattr(pc, name + "_checked")(left, right)
    except pa.ArrowInvalid:  # some result leaves int64: null there
        exact = {"+": np.add, "-": np.subtract, "*": np.multiply}[op]
        rows = (
            max(len(one) for one in (left, right) if isinstance(one, pa.Array))
            if not (isinstance(left, pa.Scalar) and isinstance(right, pa.Scalar))
            else 1
        )
        a, b = (np.array(_filled(one, rows).to_pylist(), dtype=object) for one in (left, right))
        both = np.array([x is not None and y is not None for x, y in zip(a, b, strict=True)], dtype=bool)
        out: list[int | None] = [None] * rows
        for place, value in zip(np.flatnonzero(both), exact(a[both], b[both]), strict=True):
            out[place] = int(value) if -(2**63) <= value < 2**63 else None
        result = pa.array(out, pa.int64())
        return result if isinstance(left, pa.Array) or isinstance(right, pa.Array) else result[0]


def _remainder(left: Any, right: Any) -> Any:
    """a - trunc(a / b) * b, with the sign of a; ``right`` has no zeros."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if isinstance(left, pa.Scalar) and isinstance(right, pa.Scalar):
        return _remainder(pa.array([left.as_py()], left.type), pa.array([right.as_py()], right.type))[0]
    rows = len(left) if isinstance(left, pa.Array) else len(right)
    left, right = _filled(left, rows), _filled(right, rows)
    known = pc.and_(pc.is_valid(left), pc.is_valid(right)).to_numpy(zero_copy_only=False)
    a = pc.fill_null(left, 0).to_numpy(zero_copy_only=False)
    b = pc.fill_null(right, 1).to_numpy(zero_copy_only=False)
    b = np.where(b == -1, 1, b) if b.dtype.kind == "i" else b  # the smallest int64 by -1 leaves int64
    with np.errstate(invalid="ignore"):
        return pa.array(np.fmod(a, b), left.type, mask=~known)


def _call(name: str, args: list[Any]) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    value = args[0]
    if name == "MOD":
        return _arithmetic("%", args[0], args[1])
    if name == "UPPER":
        return pc.utf8_upper(value.cast(pa.string()))
    if name == "DIGIT":
        return _digit(value)
    if value.type == pa.null():
        return value.cast(pa.float64() if name == "LOG10" else pa.int64())
    if name == "LOG10":
        value = _to_number(value, pa.float64())
        return pc.log10(pc.if_else(pc.greater(value, pa.scalar(0.0)), value, pa.scalar(None, pa.float64())))
    if value.type == pa.int64():
        if name != "ABS":
            return value  # FLOOR and ROUND of a whole number
        least = pa.scalar(-(2**63), pa.int64())
        return pc.abs(pc.if_else(pc.equal(value, least), pa.scalar(None, pa.int64()), value))
    if name == "ABS":
        return pc.abs(value)
    if name == "FLOOR":
        return pc.floor(value)
    scale = pa.scalar(10.0 ** (args[1].as_py() if len(args) > 1 else 0))
    whole = pc.floor(pc.add(pc.multiply(pc.abs(value), scale), pa.scalar(0.5)))
    return pc.multiply(pc.sign(value), pc.divide(whole, scale))


def _digit(value: Any) -> Any:
    """Last digit of the whole part (13, 213, '3b' give 3, 2.5 gives 2); null for negative, NaN, no number."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if value.type == pa.null():
        return value.cast(pa.int64())
    if value.type == pa.string():
        found = pc.struct_field(pc.extract_regex(value, pattern=LEADING_NUMBER), [0])
        return pc.utf8_slice_codeunits(found, -1).cast(pa.int64())
    none = pa.scalar(None, value.type)
    if value.type == pa.float64():
        usable = pc.and_(pc.is_finite(value), pc.and_(pc.greater(value, -1.0), pc.less(value, 2.0**53)))
        value = pc.if_else(usable, pc.trunc(value), none)
        value = value.cast(pa.int64())
    else:
        value = pc.if_else(pc.less(value, pa.scalar(0)), none, value)
    return _arithmetic("%", value, pa.scalar(10, pa.int64()))
