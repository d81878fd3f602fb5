"""Tables going through the steps of a recipe: what plan and run (and the library) have in common."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pz_tsm.arrays import taken
from pz_tsm.errors import NotYet, TsmError
from pz_tsm.ops.base import Context, Operation, Params, Report, Result
from pz_tsm.recipe import excluded, places
from pz_tsm.recipe import memo as kept
from pz_tsm.recipe.concat import Positions, access_of, concat, with_access
from pz_tsm.recipe.model import Input, Recipe, Step

if TYPE_CHECKING:
    import pyarrow as pa


def prepare(step: Step) -> tuple[Operation, Params, str | None]:
    """The operation of a step, its parameters checked, and the recipe's wish where to run it."""
    from pz_tsm import ops

    where = f"line {step.line}" if step.line else step.op
    try:
        operation = _operation(step.op, ops)
        params, place = step.params, None
        if isinstance(params, dict) and "run" in params and "run" not in operation.params.model_fields:
            params = {key: value for key, value in params.items() if key != "run"}
            place = step.params["run"]
            known = ["auto", "memory", *places.names()]
            if place not in known:
                raise TsmError(
                    f"Step '{step.op}': 'run' is {place!r}.", remedy=f"It is one of {', '.join(known)}."
                )
        parsed = operation.parse(params)
        return operation, parsed, place or getattr(parsed, "run", None)
    except TsmError as error:
        message = f"Line {step.line}: {error.message}" if step.line else error.message
        raise TsmError(message, remedy=error.remedy, where=error.where or where) from None


def _operation(name: str, ops: Any) -> Operation:
    if name not in ops.names():
        from pz_tsm.sources.columns import nearest

        near = nearest(str(name), ops.names())
        known = f"Known operations: {', '.join(ops.names())}."
        raise TsmError(
            f"There is no operation '{name}'.", remedy=f"Did you mean '{near[0]}'? {known}" if near else known
        )
    return ops.get(name)


def execute(
    operation: Operation,
    params: Params,
    tables: Mapping[str, pa.Table],
    ctx: Context,
    positions: Positions,
    place: str | None = None,
) -> Result:
    """One operation on tables: each and whole take the only one, all takes them by name.

    ``place``: where it is to run, for operations that have no parameter ``run`` of their own.
    The access of what goes in stays on what comes out, unless the operation makes it more restrictive.
    """
    if getattr(params, "policy", None) == "pz-server":
        tables = positions.give(tables)
    function = operation.plan if ctx.planning and operation.plan is not None else operation.run
    access = access_of(*tables.values())
    asked = None if operation.looks_back else place or getattr(params, "run", None)
    away = places.elsewhere(asked, ctx)
    if away is not None:
        result = away(operation, params, tables, ctx)
    elif operation.scope == "all":
        result = function(dict(tables), params, ctx)
    else:
        (table,) = tables.values()
        result = function(table, params, ctx)
    if "source_row" in result.table.column_names and getattr(params, "policy", None) != "pz-server":
        result.table = result.table.drop_columns(["source_row"])
    result.report.close()
    before = with_access(result.table.slice(0, 0), access)
    result.table = with_access(result.table, access_of(before, result.table))
    return result


class Pipeline:
    """The tables of a recipe as they are after the steps so far: apart (by input), or merged into one.

    ``keys``: by the same names, what each table comes from (see ``memo``); None where that can't be told, or
    no memo is in use. ``gone``: the rows that the last load or step left out (None: none, or a plan).
    ``public``: the table before the match, which has nothing of the release; None if there was no match.
    """

    def __init__(self, recipe: Recipe, base: Context) -> None:
        self.recipe = recipe
        self.ctx = base
        self.tables: dict[str, pa.Table] = {}
        self.keys: dict[str, str | None] = {}
        self.merged = False
        self.origins: dict[str, dict[str, Any]] = {}
        self.positions = Positions()
        self.measurements: pa.Table | None = None
        self.public: pa.Table | None = None
        self.gone: pa.Table | None = None

    def load(self, item: Input, ctx: Context) -> Report:
        """Read one input."""
        from pz_tsm.sources import load

        memo = kept.current()
        try:
            key = kept.of_input(item.spec, item.name, ctx) if memo else None
            loaded = memo.get(key) if memo and key else None
            if loaded is None:
                loaded = load(item.spec, ctx.base, ctx, name=item.name)
                if memo and key and key == kept.of_input(item.spec, item.name, ctx):  # not changed meanwhile
                    memo.put(key, loaded, loaded.table)
        except TsmError as error:
            named = f"'{item.name}'" in error.message
            message = error.message if named else f"Input '{item.name}': {error.message}"
            kind = NotYet if isinstance(error, NotYet) else TsmError
            raise kind(
                message, remedy=error.remedy, where=error.where or item.name, fixes=error.fixes
            ) from None
        self.gone = excluded.refused(loaded.left) if loaded.left is not None else None
        self.tables[item.name] = self.positions.take(loaded.table)
        self.keys[item.name] = key
        self.origins[item.name] = copy.deepcopy(loaded.origin)
        return copy.deepcopy(loaded.report)

    def calls(self, operation: Operation) -> list[str | None]:
        """On what a shared step runs: each input by itself (their names), or everything at once (None)."""
        if operation.scope == "each" and not self.merged:
            return list(self.tables)
        return [None]

    def call(
        self, operation: Operation, params: Params, ctx: Context, name: str | None, place: str | None = None
    ) -> Report:
        """Run one call of a step and keep its table; ``place``: where it is to run."""
        if name is not None:
            result, self.keys[name] = self._once(
                operation, params, ctx, lambda: {name: self.tables[name]}, {name: self.keys.get(name)}, place
            )
            self.tables[name] = result.table
            return replace(result.report, input=name)
        self.no_twins()
        if operation.name == "match" and self.measurements is None and "is_best" in self.table.column_names:
            self.measurements = self.table
        if operation.name == "match" and self.public is None and self._public_asked():
            self.public = self.table
        if operation.scope != "all":
            self.no_two_matches()
        ctx.measurements = self.measurements
        result, key = self._once(
            operation,
            params,
            ctx,
            lambda: self.tables if operation.scope == "all" else {"": self.table},
            {one: self.keys.get(one) for one in self.tables},
            place,
        )
        self.tables, self.keys, self.merged = {"": result.table}, {"": key}, True
        return result.report

    def _once(
        self,
        operation: Operation,
        params: Params,
        ctx: Context,
        tables: Callable[[], Mapping[str, pa.Table]],
        given: Mapping[str, str | None],
        place: str | None,
    ) -> tuple[Result, str | None]:
        """The step's result and its key; from the memo where it has been worked out before."""
        memo = kept.current()
        key = kept.of_step(operation, params, given, ctx) if memo else None
        result = memo.get(key) if memo and key else None
        if result is None:
            result = execute(operation, params, tables(), ctx, self.positions, place)
            if memo and key and key == kept.of_step(operation, params, given, ctx):
                memo.put(key, kept.copied(result), result.table)
        else:
            result = kept.copied(result)
        dropping = result.report.dropped and not ctx.planning
        self.gone = excluded.gone(concat(list(tables().values())), result) if dropping else None
        return result, key

    @property
    def table(self) -> pa.Table:
        """Everything as one table."""
        return concat(list(self.tables.values()))

    def finish(self) -> pa.Table:
        """The result: one table, rows in the order of their identities."""
        self.no_twins()
        self.no_two_matches()
        return ordered(self.table)

    def _public_asked(self) -> bool:
        return any(one.get("format") == "public" for one in self.recipe.write)

    def no_twins(self) -> None:
        """TsmError when two inputs are the same catalogue."""
        if self.merged or len(self.tables) < 2:
            return
        seen: dict[str, str] = {}
        for name, origin in self.origins.items():
            other = seen.setdefault(origin["product"], name)
            if other != name and self._share_rows(other, name):
                raise TsmError(
                    f"Inputs '{other}' and '{name}' are the same catalogue ({origin['product']}).",
                    remedy=f"Remove '{name}', or give the two different ids ('id: ...') if they differ.",
                    where=name,
                )

    def no_two_matches(self) -> None:
        """TsmError when inputs that were matched by themselves would be put together."""
        matched = [name for name, table in self.tables.items() if "split_key" in table.column_names]
        if len(matched) > 1:
            raise TsmError(
                f"Inputs '{matched[0]}' and '{matched[1]}' are matched each by itself: an object of both "
                "would count twice, and might stand in two parts of a split.",
                remedy="Put one match into the recipe's own steps ('radii' gives a survey another radius).",
                where="match",
            )

    def _share_rows(self, a: str, b: str) -> bool:
        import pyarrow.compute as pc

        one, other = self.tables[a].column("row_id"), self.tables[b].column("row_id")
        return bool(pc.any(pc.is_in(one, value_set=other)).as_py())


def ordered(table: pa.Table) -> pa.Table:
    """Rows by row_id, then objectId, in one chunk: the same bytes whatever the order of inputs and rows."""
    import pyarrow.compute as pc

    keys = [(name, "ascending") for name in ("row_id", "objectId") if name in table.column_names]
    if not keys or table.num_rows < 2:
        return table.combine_chunks()
    return taken(table, pc.sort_indices(table, keys))
