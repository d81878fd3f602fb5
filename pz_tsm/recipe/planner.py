"""What a recipe would do, and what would fail, before anything runs. User's trouble is told, not raised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pz_tsm.errors import Cancelled, TsmError
from pz_tsm.ops.base import Context, Finding, Report
from pz_tsm.ops.fixes import placed
from pz_tsm.recipe import places
from pz_tsm.recipe.model import Recipe, Step
from pz_tsm.recipe.pipeline import Pipeline, prepare

QUALITY = {"z_flag_homogenized", "z_flag", "z_flag_orig", "confidence", "instrument_type", "spec_class"}


@dataclass
class Plan:
    """What would happen. ``ok``: the run would not fail; ``steps`` and ``inputs`` are as in the JSON."""

    name: str = ""
    inputs: list[dict[str, Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    columns: list[dict[str, str]] = field(default_factory=list)
    bytes: int | None = None
    access: str | None = None

    @property
    def all_findings(self) -> list[Finding]:
        """Every finding: of the recipe, of its inputs, of its steps."""
        found = list(self.findings)
        for item in (*self.inputs, *self.steps):
            found += item["findings"]
        return found

    @property
    def ok(self) -> bool:
        return not any(finding.level == "error" for finding in self.all_findings)

    def to_dict(self) -> dict[str, Any]:
        def plain(item: dict[str, Any]) -> dict[str, Any]:
            report = item.get("report")
            return {
                **item,
                "findings": [finding.to_dict() for finding in item["findings"]],
                "report": report.to_dict() if report is not None else None,
            }

        return {
            "ok": self.ok,
            "name": self.name,
            "inputs": [plain(item) for item in self.inputs],
            "steps": [plain(item) for item in self.steps],
            "findings": [finding.to_dict() for finding in self.findings],
            "columns": self.columns,
            "bytes": self.bytes,
            "access": self.access,
        }


def plan(
    recipe: Recipe | str,
    base: Path | str = ".",
    progress: Callable[[float, str], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    *,
    engine: bool = False,
) -> Plan:
    """Load the inputs and take them through the steps in planning mode.

    ``recipe``: a Recipe or its text; relative paths start at ``base``. ``engine``: the engine will run it,
    where a step that may choose (``run: auto``) is a job if it is large. Operations that are slow estimate;
    the others run. Everything wrong is a finding with level error, as many as can be told at once.
    """
    if not isinstance(recipe, Recipe):
        try:
            recipe = Recipe.parse(recipe)
        except TsmError as error:
            return Plan(findings=[as_finding(error)])
    tell = progress or (lambda fraction, message: None)
    return _Planner(recipe, Path(base), tell, cancelled, engine).plan()


def as_finding(error: Exception) -> Finding:
    """A finding with level error from anything that went wrong."""
    if isinstance(error, TsmError):
        return Finding(error.level, error.message, error.remedy, error.where, fixes=error.fixes)
    if isinstance(error, MemoryError):
        return Finding(
            "error", "There is not enough memory for this.", "Use fewer columns, or a larger machine."
        )
    return Finding(
        "error",
        f"This failed in a way that was not foreseen: {type(error).__name__}: {error}",
        "This is a defect of pz-tsm, or of the package that adds the operation: please report it.",
    )


class _Planner:
    def __init__(
        self,
        recipe: Recipe,
        base: Path,
        progress: Callable[[float, str], None],
        cancelled: Any,
        engine: bool,
    ) -> None:
        self.recipe = recipe
        self.engine = engine
        self.result = Plan(name=recipe.name)
        self.progress = progress
        self.ctx = Context(seed=recipe.seed, base=base, planning=True, cancelled=cancelled)
        self.pipeline = Pipeline(recipe, self.ctx)
        self.estimated = False
        self.expected: Expected | None = None
        self.looked = False
        self.done = 0
        self.total = (
            len(recipe.inputs) + sum(len(item.steps) for item in recipe.inputs.values()) + len(recipe.steps)
        )

    def plan(self) -> Plan:
        self.early_cuts()
        good = True
        for item in self.recipe.inputs.values():
            good &= self.input(item)
        for index, step in enumerate(self.recipe.steps):
            good = self.shared(index, step, good)
        self.traps()
        if good:
            self.whole()
        return self.result

    def input(self, item: Any) -> bool:
        """Plan one input and its own steps; False if something in it fails."""
        entry: dict[str, Any] = {
            "name": item.name,
            "rows": None,
            "columns": [],
            "findings": [],
            "report": None,
        }
        self.result.inputs.append(entry)
        self.tell(f"reading {item.name}")
        try:
            report = self.pipeline.load(item, self.ctx)
        except Exception as error:
            entry["findings"] = [self.trouble(error)]
            return False
        entry |= {
            "rows": report.rows_out,
            "columns": _columns(self.pipeline.tables[item.name]),
            "findings": list(report.findings),
            "report": report,
        }
        good = True
        for index, step in enumerate(item.steps):
            good = self.step(index, step, [item.name], item.name, good)
        return good

    def shared(self, index: int, step: Step, good: bool) -> bool:
        """Plan a shared step; when an input failed, the others still go on while each is by itself."""
        try:
            operation, _, _ = prepare(step)
        except TsmError:
            return self.step(index, step, [], None, good)
        names = self.pipeline.calls(operation)
        if names == [None]:
            self.traps()
        if not good and (names == [None] or not names):
            return self.step(index, step, [], None, False)
        return self.step(index, step, names, None, True) and good

    def step(self, index: int, step: Step, names: list[str | None], owner: str | None, good: bool) -> bool:
        entry: dict[str, Any] = {
            "index": index,
            "op": step.op,
            "title": step.op,
            "input": owner,
            "where": "memory",
            "rows_in": None,
            "rows_out": None,
            "estimated": False,
            "report": None,
            "findings": [],
        }
        self.result.steps.append(entry)
        self.tell(step.op)
        try:
            operation, params, place = prepare(step)
        except Exception as error:
            entry["findings"] = [self.trouble(error)]
            return False
        entry["title"] = operation.title
        entry["where"] = self.where(place)
        if not good:
            return False
        reports: list[Report] = []
        for name in names:
            try:
                reports.append(self.pipeline.call(operation, params, self.ctx, name))
            except Exception as error:
                finding = self.trouble(error)
                finding.where = finding.where or name
                if name is not None and len(names) > 1:
                    finding.message = f"Input '{name}': {finding.message}"
                entry["findings"].append(finding)
        if reports:
            report = merged(reports)
            at: list[str | int] = ["steps", index] if owner is None else ["inputs", owner, "steps", index]
            report.findings = placed(report.findings, at, step.op, step.params, operation.main)
            if self.expected is not None:
                report = self.expected.through(report)
            self.estimated |= bool(report.details.get("estimated"))
            if report.details.get("estimated") and "expected" in report.details:
                self.expected = Expected.of(report, self.pipeline.table)
            entry |= {
                "rows_in": report.rows_in,
                "rows_out": report.rows_out,
                "report": report,
                "estimated": self.estimated,
                "where": self.where(place, report),
                "findings": [*entry["findings"], *report.findings],
            }
        return len(reports) == len(names)

    def where(self, asked: str | None, report: Report | None = None) -> str:
        """Where a step will run: as it asks, else in memory, or in a job where the engine finds it large."""
        if asked not in places.HERE:
            return asked
        expected = report.details.get("expected", {}).get("run", {}) if report is not None else {}
        return expected.get("where", "memory") if self.engine and asked == "auto" else "memory"

    def traps(self) -> None:
        """What is often wrong with such catalogues, told at each input; once, while they are still apart."""
        if self.looked or self.pipeline.merged:
            return
        self.looked = True
        from pz_tsm import traps

        found = traps.look(self.pipeline.tables, self.recipe, self.ctx.base, cancelled=self.ctx.cancelled)
        for entry in self.result.inputs:
            new = found.get(entry["name"], [])
            codes = {finding.code for finding in new}
            old = [one for one in entry["findings"] if one.code is None or one.code not in codes]
            entry["findings"] = [*old, *new]  # a trap says the same as loading did, with rows and remedy

    def whole(self) -> None:
        """What the result would look like."""
        try:
            self.pipeline.no_twins()
            self.pipeline.no_two_matches()
            table = self.pipeline.table
        except Exception as error:
            self.result.findings.append(self.trouble(error))
            return
        from pz_tsm.recipe.concat import access_of
        from pz_tsm.recipe.other_release import unheeded

        self.result.columns = _columns(table)
        self.result.findings += unheeded(self.recipe, table.schema)
        self.formats(table.schema)
        self.result.access = access_of(table)
        rows = self.result.steps[-1]["rows_out"] if self.result.steps else table.num_rows
        if self.expected is not None:
            self.result.bytes = self.expected.bytes(table)
        elif table.num_rows:
            self.result.bytes = int(
                table.nbytes / table.num_rows * (rows if rows is not None else table.num_rows)
            )
        else:
            self.result.bytes = (rows or 0) * 8 * table.num_columns
        if not rows and self.expected is None:
            self.result.findings.append(
                Finding(
                    "error" if not self.estimated else "warning",
                    "No row would be left at the end.",
                    "Look where the rows go: the steps above count them.",
                )
            )

    def formats(self, schema: Any) -> None:
        """What could not be written from a table of that schema."""
        from pz_tsm import bundle

        for item in self.recipe.write:
            try:
                bundle.check([item], schema)
            except Exception as error:
                self.result.findings.append(self.trouble(error))

    def early_cuts(self) -> None:
        """Warn when a cut on quality stands before combine: it hides the measurements that disagree."""
        names = [step.op for step in self.recipe.steps]
        if "combine" not in names:
            return
        before = list(self.recipe.steps[: names.index("combine")])
        owned = [(step, item.name) for item in self.recipe.inputs.values() for step in item.steps]
        for step, owner in [*owned, *((step, None) for step in before)]:
            used = self._quality_columns(step)
            if used:
                self.result.findings.append(
                    Finding(
                        "warning",
                        f"A cut on quality ({', '.join(used)}) stands before combine"
                        + (f" in input '{owner}'" if owner else "")
                        + ": measurements that disagree are not seen.",
                        "Give the condition to combine as 'eligible', or cut after combine.",
                        where=owner or "filter",
                    )
                )

    def _quality_columns(self, step: Step) -> list[str]:
        if step.op != "filter":
            return []
        try:
            from pz_tsm import expr

            operation, params, _ = prepare(step)
            text = getattr(params, operation.main or "where")
            return sorted(set(expr.columns(expr.parse(text))) & QUALITY)
        except Exception:  # what is wrong with the step is told where it is planned
            return []

    def trouble(self, error: Exception) -> Finding:
        if isinstance(error, Cancelled):
            raise error
        return as_finding(error)

    def tell(self, message: str) -> None:
        self.ctx.step(0)
        self.progress(self.done / max(self.total, 1), message)
        self.done += 1


@dataclass
class Expected:
    """What a match is expected to leave, for the steps after it: their table is empty in the plan."""

    rows: int
    row_bytes: float  # of one row, in memory
    columns: int

    @classmethod
    def of(cls, report: Report, table: Any) -> Expected | None:
        """From the report of a match that was estimated; None where the table has rows after all."""
        if table.num_rows:
            return None
        size = report.details["expected"]["result"]
        return cls(report.rows_out, size["bytes"] / max(size["rows"], 1), table.num_columns)

    def through(self, report: Report) -> Report:
        """A later step's report on no rows, as one on the rows expected; a filter may leave fewer."""
        told = list(report.findings)
        if report.op == "filter":
            told.append(
                Finding(
                    "note",
                    "How many rows pass is known once the match has run; about "
                    f"{self.rows:,} are expected to come here.",
                    where="filter",
                )
            )
        details = {**report.details, "estimated": True, "at_most": self.rows}
        return Report(report.op, self.rows, self.rows, findings=told, details=details, input=report.input)

    def bytes(self, table: Any) -> int:
        """Of the result at most; a column that came later counts 8 bytes a value."""
        return int(self.rows * max(self.row_bytes + 8 * (table.num_columns - self.columns), 0))


def merged(reports: list[Report]) -> Report:
    """One report of a step that ran on several inputs."""
    if len(reports) == 1:
        return reports[0]
    total = Report(reports[0].op, 0, 0)
    for report in reports:
        total.rows_in += report.rows_in
        total.rows_out += report.rows_out
        for mine, theirs in (
            (total.dropped, report.dropped),
            (total.added, report.added),
            (total.set_aside, report.set_aside),
        ):
            for reason, count in theirs.items():
                mine[reason] = mine.get(reason, 0) + count
        for finding in report.findings:
            total.findings.append(finding)
        total.details.setdefault("inputs", {})[report.input or ""] = report.details
    total.details["estimated"] = any(report.details.get("estimated") for report in reports)
    return total


def _columns(table: Any) -> list[dict[str, str]]:
    return [{"name": item.name, "type": str(item.type)} for item in table.schema]
