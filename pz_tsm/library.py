"""The functions of the library: reading, the operations (made from the registry), running and checking."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    from pz_tsm.ops.base import Operation
    from pz_tsm.recipe import Plan, Recipe, RunResult
    from pz_tsm.sources.proposals import Proposals
    from pz_tsm.table import Table


def read(
    source: Any,
    *,
    survey: str | None = None,
    columns: Mapping[str, Any] | None = None,
    convert: Mapping[str, Any] | None = None,
    id: str | None = None,
    access: str | None = None,
    name: str | None = None,
) -> Table:
    """A catalogue: checked, with our column names, every row with its identity.

    ``source``: a path (Parquet, FITS, CSV, HDF5, VOTable, HATS), the folder of a bundle (its training set, as
    it was written, with groups, verdicts and recipe), an input as in a recipe (``{"from":
    {"pzserver": "12_goods"}, ...}``), or a table in memory (Arrow, pandas, astropy, or whatever has the Arrow
    PyCapsule interface). ``survey``: the survey's name, if no column has it. ``columns``: role to column,
    ``{"id", "ra", "dec", "z", "z_err", "z_flag", "survey"}``; what is not given is told by names, UCDs and
    values (see ``propose``). ``convert``: what positions and redshifts are converted from, such as
    ``{"positions": "hours", "z": "velocity_km_s"}``. ``id``: the catalogue's registered id. Raises TsmError,
    in words.
    """
    from pz_tsm.bundle.opened import is_bundle, opened
    from pz_tsm.lineage import Node, alias
    from pz_tsm.ops.base import Context
    from pz_tsm.recipe.concat import Positions
    from pz_tsm.sources.loading import from_table, load
    from pz_tsm.table import Table

    given = {
        "survey": survey,
        "columns": dict(columns) if columns is not None else None,
        "convert": dict(convert) if convert is not None else None,
        "id": id,
        "access": access,
    }
    given = {key: value for key, value in given.items() if value is not None}
    if isinstance(source, str | Path) and is_bundle(Path(source).expanduser()):
        if given:
            raise TsmError(
                f"'{source}' is a bundle: it says itself what {', '.join(given)} is.",
                remedy="Leave it out, or read a file of the bundle as a catalogue.",
                where=next(iter(given)),
            )
        return opened(Path(source).expanduser(), name)
    if isinstance(source, str | Path):
        spec: dict[str, Any] | None = {"from": {"file": str(source)}, **given}
    elif isinstance(source, Mapping):
        spec = _spec(source) | given
    else:
        spec = None
    if spec is not None:
        place = next(iter(spec["from"].values()))
        name = name or alias(str(place))
        loaded = load(spec, Path(), name=name)
    else:
        name = name or "table"
        loaded = from_table(_arrow(source), given, name, name, Context())
    positions = Positions()
    table = positions.take(loaded.table)
    return Table(table, Node(name, spec), [loaded.report], [loaded.origin], positions)


def propose(source: Any, *, registry: bool = True) -> Proposals:
    """What the columns of a catalogue mean, with the reason for each: print it, or take its ``input()``.

    ``source``: as for ``read``. ``registry``: use what is known of public catalogues. Where it is not sure it
    says so; ``read`` then asks which column it is. Raises TsmError for what can't be read.
    """
    from pz_tsm.ops.base import Context
    from pz_tsm.sources.fetching import place_of
    from pz_tsm.sources.files import read_raw
    from pz_tsm.sources.proposals import propose as propose_columns

    if isinstance(source, str | Path):
        source = {"from": {"file": str(source)}}
    if not isinstance(source, Mapping):
        return propose_columns(_arrow(source), registry=registry)
    spec = _spec(source)
    place = place_of(spec, Path(), Context(), "table")
    table = read_raw(place["path"], group=place.get("group"))
    return propose_columns(table, registry=registry, name=place["where"], given=spec.get("columns"))


def _spec(source: Mapping[str, Any]) -> dict[str, Any]:
    """An input as in a recipe, its keys checked."""
    from pz_tsm.recipe.model import FORMAT, SOURCES, _Reader

    value = (
        dict(source)
        if "from" in source
        else {"from": dict(source)}
        if set(source) & set(SOURCES)
        else dict(source)
    )
    recipe = _Reader({}).recipe({"format": FORMAT, "inputs": {"table": value}}, None, None)
    if recipe.inputs["table"].steps:
        raise TsmError(
            "An input read here has no steps.", remedy="Apply them as functions: pz_tsm.homogenize(table)."
        )
    return recipe.inputs["table"].spec


def _arrow(source: Any) -> Any:
    """A table in memory as Arrow: pandas, astropy, or whatever speaks Arrow's stream interface."""
    import pyarrow as pa

    if isinstance(source, pa.Table):
        return source
    if type(source).__module__.startswith("pandas"):
        return pa.Table.from_pandas(source, preserve_index=False)
    if type(source).__module__.startswith("astropy"):
        from pz_tsm.sources.formats.common import field, to_arrow

        made = {}
        for name in source.colnames:
            column = source[name]
            mask = getattr(column, "mask", None)
            array = to_arrow(
                _plain(column), mask if mask is not None and getattr(mask, "ndim", 0) == 1 else None
            )
            if array is not None:
                said = {"unit": column.unit, "description": column.description}
                ucd = (getattr(column, "meta", None) or {}).get("ucd")
                made[name] = (field(name, array, ucd=ucd, **said), array)
        return pa.Table.from_arrays(
            [a for _, a in made.values()], schema=pa.schema([f for f, _ in made.values()])
        )
    if hasattr(source, "__arrow_c_stream__"):
        return pa.table(source)
    if hasattr(source, "__arrow_c_array__"):
        return pa.Table.from_batches([pa.record_batch(source)])
    raise TsmError(
        f"pz_tsm can't read a {type(source).__name__}.",
        remedy="Give a path, an input as in a recipe, or a table of Arrow, pandas or astropy.",
    )


def _plain(column: Any) -> Any:
    import numpy as np

    values = getattr(column, "value", column)
    return np.asarray(getattr(values, "data", values))


@cache
def function(name: str) -> Callable[..., Table]:
    """An operation as a function; AttributeError names the known ones."""
    from pz_tsm import ops

    if name not in ops.names():
        from pz_tsm.sources.columns import nearest

        near = nearest(name, ops.names())
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise AttributeError(
            f"module 'pz_tsm' has no attribute {name!r}.{hint} Operations: {', '.join(ops.names())}."
        )
    operation = ops.get(name)
    first = "tables" if operation.scope == "all" else "table"

    def call(*args: Any, **params: Any) -> Table:
        bound = call.__signature__.bind(*args, **params)
        given = dict(bound.arguments)
        return apply(operation, given.pop(first), given)

    call.__name__ = call.__qualname__ = name
    call.__module__ = "pz_tsm"
    call.__signature__ = _signature(operation, first)
    call.__doc__ = _doc(operation, first)
    return call


def _signature(operation: Operation, first: str) -> inspect.Signature:
    kinds = inspect.Parameter
    parameters = [kinds(first, kinds.POSITIONAL_ONLY)]
    fields = operation.params.model_fields
    order = [name for name in fields if name == operation.main] + [
        name for name in fields if name != operation.main
    ]
    for name in order:
        item = fields[name]
        kind = kinds.POSITIONAL_OR_KEYWORD if name == operation.main else kinds.KEYWORD_ONLY
        default = kinds.empty if item.is_required() else item.get_default(call_default_factory=True)
        parameters.append(kinds(name, kind, default=default, annotation=item.annotation))
    return inspect.Signature(parameters)


def _doc(operation: Operation, first: str) -> str:
    what = "a list of tables, or a dict of them by name" if first == "tables" else "a Table"
    lines = [operation.summary, "", f"{first}: {what}"]
    for name, item in operation.params.model_fields.items():
        lines.append(f"{name}: {item.description or item.title or ''}".rstrip())
    return "\n".join([*lines, "", "Returns a Table. Raises TsmError, in words."])


def apply(operation: Operation, given: Any, values: Mapping[str, Any]) -> Table:
    """Run an operation on one table, or on several; the parameters are checked as a recipe's are."""
    from pz_tsm.lineage import Node
    from pz_tsm.ops.base import Context
    from pz_tsm.recipe.concat import Positions
    from pz_tsm.recipe.pipeline import execute
    from pz_tsm.table import Table

    named = _tables(given, operation)
    params = operation.parse(dict(values))
    parents = list(named.values())
    positions = Positions().merge([parent._positions for parent in parents])
    arrow = {name: parent.arrow for name, parent in named.items()}
    measurements = next(
        (parent._measurements for parent in parents if parent._measurements is not None), None
    )
    if operation.name == "match" and measurements is None and "is_best" in parents[0].columns:
        measurements = parents[0].arrow
    ctx = Context(seed=0, measurements=measurements)
    result = execute(operation, params, arrow, ctx, positions)
    report = replace(result.report, input=parents[0].name) if operation.scope == "each" else result.report
    written = params.model_dump(mode="json", exclude_unset=True, by_alias=True)
    node = Node(
        parents[0].name if len(parents) == 1 else operation.name,
        op=operation.name,
        params=_short(operation, written),
        parents=tuple(parent._node for parent in parents),
        aliases=tuple(named),
    )
    reports = [item for parent in parents for item in parent.reports]
    origins = [origin for parent in parents for origin in parent._origins]
    return Table(result.table, node, [*reports, report], origins, positions, measurements)


def _short(operation: Operation, written: dict[str, Any]) -> Any:
    """Parameters as one writes them: the main one alone where it stands alone."""
    if operation.main and set(written) == {operation.main} and not isinstance(written[operation.main], dict):
        return written[operation.main]
    return written


def _tables(given: Any, operation: Operation) -> dict[str, Table]:
    from pz_tsm.table import Table

    if isinstance(given, Table):
        given = [given]
    if operation.scope != "all":
        if isinstance(given, Sequence) and len(given) == 1 and isinstance(given[0], Table):
            return {given[0].name: given[0]}
        raise TsmError(
            f"pz_tsm.{operation.name} takes one Table, not {type(given).__name__}.",
            remedy="Read a catalogue with pz_tsm.read, or merge several with pz_tsm.combine.",
        )
    named: dict[str, Table] = {}
    pairs = (
        given.items() if isinstance(given, Mapping) else [(getattr(item, "name", ""), item) for item in given]
    )
    for name, table in pairs:
        if not isinstance(table, Table):
            raise TsmError(
                f"pz_tsm.{operation.name} takes Tables, not {type(table).__name__}.",
                remedy="Read catalogues with pz_tsm.read.",
            )
        free, number = str(name), 2
        while free in named:
            free, number = f"{name}_{number}", number + 1
        named[free] = table
    return named


def operations() -> dict[str, str]:
    """Name and summary of every operation, those of other packages too."""
    from pz_tsm import ops

    return {name: ops.get(name).summary for name in ops.names()}


def _recipe(recipe: Recipe | str | Path, base: Path | str | None) -> tuple[Recipe, Path]:
    """A recipe from itself, its text or its file; and where its relative paths start."""
    from pz_tsm.recipe import Recipe

    if isinstance(recipe, Recipe):
        return recipe, Path(base or ".")
    if isinstance(recipe, str) and ("\n" in recipe or recipe.lstrip().startswith("{")):
        return Recipe.parse(recipe), Path(base or ".")
    path = Path(recipe)
    return Recipe.read(path), Path(base) if base is not None else path.parent


def run(
    recipe: Any, out: str | Path | None = None, *, base: Path | str | None = None, **options: Any
) -> RunResult:
    """Run a recipe (a Recipe, its text, or the path of its file); ``out``: folder for the bundle.

    ``options``: ``progress`` (called with each event), ``cancelled``, ``overwrite``, ``lock`` (of a run that
    this one replays; that beside the recipe's file is taken by itself), ``inputs_mb`` (of copies of what came
    from archives, at most).
    """
    from pz_tsm.recipe import run as run_recipe

    found, start = _recipe(recipe, base)
    if isinstance(recipe, Path) or (isinstance(recipe, str) and "\n" not in recipe and recipe[:1] != "{"):
        from pz_tsm.recipe.lock import beside

        options.setdefault("lock", beside(recipe))
    return run_recipe(found, start, out, **options)


def plan(recipe: Any, *, base: Path | str | None = None) -> Plan:
    """What a recipe would do and what would fail; see ``Plan.ok`` and ``Plan.all_findings``."""
    from pz_tsm.recipe import Plan
    from pz_tsm.recipe import plan as plan_recipe
    from pz_tsm.recipe.planner import as_finding

    try:
        found, start = _recipe(recipe, base)
    except TsmError as error:
        return Plan(findings=[as_finding(error)])
    return plan_recipe(found, start)


def verify(path: str | Path, again: bool = False) -> Any:
    """Recompute what a bundle records: ``ok``, ``problems``, ``checked``. Where all of it held before for the
    same bytes, the sha256 of its files is enough, unless ``again``."""
    from pz_tsm import bundle

    return bundle.verify(Path(path), again=again)


def diff(a: str | Path, b: str | Path) -> Any:
    """What differs between two bundles, or two recipes."""
    from pz_tsm import bundle

    return bundle.diff(Path(a), Path(b))
