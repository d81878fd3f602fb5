"""The JSON of ``/local``, as the OpenAPI document and the generated TypeScript types say it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field


class Trouble(BaseModel):
    """What went wrong, what to do, and which survey, column or file it is about."""

    message: str
    remedy: str | None = None
    where: str | None = None


class TroubleAnswer(BaseModel):
    error: Trouble


class Health(BaseModel):
    name: str
    version: str
    pid: int
    data: str
    busy: bool  # jobs run, which must not be cut off


class OpenTable(BaseModel):
    """``file`` (absolute path) or ``product`` (id); ``server``: the PZ Server's URL, if not this engine."""

    file: str | None = None
    product: int | str | None = None
    server: str | None = None


class Count(BaseModel):
    value: str | float | bool | None
    count: int


class Sentinel(BaseModel):
    """A value that stood for none and became null."""

    value: float | str
    count: int


class Histogram(BaseModel):
    edges: list[float]
    counts: list[int]


class Column(BaseModel):
    name: str
    type: Literal["int", "float", "text", "bool"]
    arrow: str
    unit: str | None
    ucd: str | None
    description: str | None
    nulls: int
    distinct: int | None
    min: float | str | None
    max: float | str | None
    histogram: Histogram | None
    values: list[Count] | None
    sentinels: list[Sentinel] | None = None


class Sampled(BaseModel):
    """Rows in all; of a HATS catalogue its partitions in all, and how many of them were read."""

    of: int
    partitions: int | None = None
    read: int | None = None


class TableInfo(BaseModel):
    id: str
    name: str
    path: str | None
    rows: int
    access: str
    roles: dict[str, str]
    citation: str | None
    sampled: Sampled | None
    columns: list[Column]
    pending: bool = False


class Sort(BaseModel):
    column: str
    descending: bool = False


class ExportTable(BaseModel):
    """Save the rows for which ``where`` is true as a new file, ``path`` (absolute).

    ``columns``: which, in this order; null for all. ``rename``: what some of them are called there.
    """

    path: str
    format: Literal["parquet", "csv"] = "parquet"
    where: str = ""
    sort: Sort | None = None
    columns: list[str] | None = None
    rename: dict[str, str] | None = None


class Exported(BaseModel):
    path: str
    rows: int
    bytes: int
    access: str


class Recipe(BaseModel):
    """A recipe's text and the folder from which its relative paths start.

    ``path``: its file, where it has one; ``server``: the URL of the PZ Server that its products are on, if
    that is not this engine.
    """

    text: str
    base: str
    path: str | None = None
    server: str | None = None


class BundlePath(BaseModel):
    path: str


class Edit(BaseModel):
    """One change of a recipe; ``path``: keys and indices."""

    op: Literal["set", "insert", "remove"]
    path: list[str | int]
    value: Any = None


class Fix(BaseModel):
    label: str
    edits: list[Edit]


class Finding(BaseModel):
    level: Literal["error", "warning", "note"]
    message: str
    remedy: str | None = None
    where: str | None = None
    count: int | None = None
    code: str | None = None
    examples: list[dict[str, Any]] = []
    fixes: list[Fix] = []


class Report(BaseModel):
    op: str
    rows_in: int
    rows_out: int
    dropped: dict[str, int]
    added: dict[str, int]
    set_aside: dict[str, int]
    findings: list[Finding]
    details: dict[str, Any]
    input: str | None = None


class NameType(BaseModel):
    name: str
    type: str


class PlanInput(BaseModel):
    name: str
    rows: int | None
    columns: list[NameType]
    findings: list[Finding]
    report: Report | None = None


class PlanStep(BaseModel):
    index: int
    op: str
    title: str
    input: str | None = None
    where: str
    rows_in: int | None
    rows_out: int | None
    estimated: bool
    report: Report | None = None
    findings: list[Finding]


class Plan(BaseModel):
    ok: bool
    inputs: list[PlanInput]
    steps: list[PlanStep]
    findings: list[Finding]
    columns: list[NameType]
    bytes: int | None = None


class Problem(BaseModel):
    code: str
    message: str
    where: str | None = None


class Verification(BaseModel):
    ok: bool
    problems: list[Problem]
    warnings: list[Problem] = Field(default_factory=list)
    checked: list[str]


class OperationInfo(BaseModel):
    name: str
    title: str
    summary: str
    scope: Literal["each", "all", "whole"]
    main: str | None = None
    schema_: dict[str, Any] = Field(alias="schema")


class ReleaseInfo(BaseModel):
    name: str
    title: str
    path: str | None = None
    fluxes: list[str]


class SplitMethod(BaseModel):
    """``own_parts``: it names its parts itself; ``by_key``: a row's part depends on its key only."""

    name: str
    title: str
    summary: str = ""
    own_parts: bool = False
    by_key: bool = False
    schema_: dict[str, Any] | None = Field(None, alias="schema")


class Operations(BaseModel):
    ops: list[OperationInfo]
    presets: dict[str, str]
    split_methods: list[SplitMethod]
    rule_packs: list[str]
    releases: list[ReleaseInfo]
    surveys: list[str]
