"""What an operation is: a model of its parameters and one pure function from tables to a table and a report.

An operation is one Python file. From its ``OPERATION`` come the recipe step, the Python function, the command
line, the JSON Schema and the form in the editor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from pz_tsm.errors import Cancelled, TsmError

if TYPE_CHECKING:
    import pyarrow as pa


class Params(BaseModel):
    """Base of every operation's parameters: unknown keys are refused, with the known ones named."""

    model_config = ConfigDict(extra="forbid", validate_default=True)


@dataclass(frozen=True)
class Fix:
    """A remedy as edits of the recipe, made in order.

    ``label``: what it does, as the words of a button. An edit is ``{"op": "set" | "insert" | "remove",
    "path": [keys and indices], "value": ...}``: set makes the maps that are missing on the way, insert puts
    an item before the one at the last index (and makes the list), remove takes a key or an item away.
    """

    label: str
    edits: list[dict[str, Any]]


@dataclass
class Finding:
    """One thing that the user should know before or after a step runs."""

    level: Literal["error", "warning", "note"]
    message: str
    remedy: str | None = None
    where: str | None = None  # survey, column or input that it is about
    count: int | None = None  # rows concerned
    code: str | None = None  # short name of the kind of finding, such as "photo-z-behind-good-flags"
    examples: list[dict[str, Any]] = field(default_factory=list)  # up to 5 rows; 64-bit integers as text
    fixes: list[Fix] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """As JSON; code, examples and fixes only where there are any."""
        return _lean(asdict(self))


def _lean(finding: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in finding.items() if value or key not in ("code", "examples", "fixes")}


@dataclass
class Report:
    """The row accounting of one step. ``rows_in + added == rows_out + sum(dropped)`` always holds."""

    op: str
    rows_in: int
    rows_out: int
    dropped: dict[str, int] = field(default_factory=dict)  # reason -> rows that left the table
    added: dict[str, int] = field(default_factory=dict)  # reason -> rows that were not there before
    set_aside: dict[str, int] = field(default_factory=dict)  # reason -> rows kept, but no longer "best"
    findings: list[Finding] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)  # JSON; what the step wants to show
    input: str | None = None  # name of the recipe input, for steps that run on each input

    def close(self) -> Report:
        """Return self; raise if the sums do not close (a defect of the operation, not of the data)."""
        if self.rows_in + sum(self.added.values()) != self.rows_out + sum(self.dropped.values()):
            raise AssertionError(f"row accounting of '{self.op}' does not close: {self}")
        return self

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "findings": [finding.to_dict() for finding in self.findings]}


@dataclass(frozen=True)
class Amount:
    """How far a long step is, in what it works on; shown beside its fraction."""

    done: int
    total: int
    unit: str = "partitions"
    rows: int | None = None  # found so far
    seconds_left: float | None = None


@dataclass(frozen=True)
class JobPlace:
    """What a job of the engine gives the operations that run in it.

    ``folder`` keeps partial work and outlives a restart; ``memory`` is what the job may take, in bytes;
    ``executor`` says where its partitions are worked on (see ``pz_tsm.scale``).
    """

    folder: Path
    memory: int
    executor: dict[str, Any] = field(default_factory=dict)


@dataclass
class Context:
    """What a running operation may ask of its surroundings.

    ``job``: None outside a job of the engine. ``measurements``: all rows as they were before the match, for
    steps after it.
    """

    seed: int = 0
    base: Path = field(default_factory=Path)  # relative paths in the recipe start here
    planning: bool = (
        False  # tables may then be empty: check columns and parameters, raise nothing for "no rows"
    )
    progress: Callable[[float, str], None] = lambda fraction, message: None
    cancelled: Callable[[], bool] = lambda: False
    measured: Callable[[Amount], None] = lambda amount: None
    job: JobPlace | None = None
    measurements: pa.Table | None = None
    pins: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # input -> snapshot of a lock

    def step(self, fraction: float, message: str = "", amount: Amount | None = None) -> None:
        """Report progress (0 to 1 within the step) and stop here if the user asked for it."""
        if self.cancelled():
            raise Cancelled()
        if amount is not None:
            self.measured(amount)
        self.progress(fraction, message)


@dataclass
class Result:
    """``left``: of each row that went in why it is not in the table, null for those that are; None where the
    operation doesn't say, or drops nothing."""

    table: pa.Table
    report: Report
    left: pa.Array | None = None


def _named(place: tuple[Any, ...]) -> list[str]:
    """Where a value stands, in the user's words: without the kinds that pydantic tried there."""
    kinds = {"str", "int", "float", "bool", "none"}
    models = [BaseModel]
    for model in models:  # grows while it is read
        models += model.__subclasses__()
    kinds |= {model.__name__ for model in models}
    return [str(part) for part in place if isinstance(part, int) or not (part in kinds or "[" in part)]


@dataclass(frozen=True)
class Operation:
    """One step of a recipe.

    ``scope``: ``"each"`` runs on every input by itself (``run(table, params, ctx)``); ``"all"`` takes the
    named tables and makes one (``run({name: table}, params, ctx)``); ``"whole"`` takes the one table that
    the recipe has by then (inputs still apart are concatenated first).
    ``main`` names the parameter that a bare value in the recipe stands for (``filter: "i_snr >= 20"``).
    ``plan`` replaces ``run`` when a plan is made and running would be slow: it returns a table with the
    columns of the result (rows optional) and a report with estimates. Without it the plan runs the operation.
    ``looks_back``: it reads ``ctx.measurements``, which go nowhere else: it runs where the recipe does.
    """

    name: str
    title: str
    summary: str
    params: type[Params]
    run: Callable[..., Result]
    scope: Literal["each", "all", "whole"] = "whole"
    main: str | None = None
    plan: Callable[..., Result] | None = None
    looks_back: bool = False

    def parse(self, value: Any) -> Params:
        """Parameters from a recipe value; raises TsmError that names the parameter and what was expected."""
        from pydantic import ValidationError

        if value is None:
            value = {}
        if not isinstance(value, dict):
            if self.main is None:
                raise TsmError(f"Step '{self.name}' takes named parameters, not {value!r}.")
            value = {self.main: value}
        try:
            return self.params.model_validate(value)
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(_named(first["loc"])) or self.name
            if first["type"] == "extra_forbidden":
                known = ", ".join(self.params.model_fields)
                raise TsmError(
                    f"Step '{self.name}' has no parameter '{name}'.", remedy=f"It knows: {known}.", where=name
                ) from None
            said = first["msg"].removeprefix("Value error, ").rstrip(".")
            if first["type"] == "missing":
                raise TsmError(
                    f"Step '{self.name}' needs the parameter '{name}'.",
                    remedy=f"`pz-tsm ops {self.name}` says what it means.",
                    where=name,
                ) from None
            raise TsmError(
                f"Step '{self.name}', parameter '{name}': {said}.",
                remedy=f"`pz-tsm ops {self.name}` lists the parameters and their defaults.",
                where=name,
            ) from None
