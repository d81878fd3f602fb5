"""Match redshifts to the objects of a release.

Only structural cuts on objects come before (finite position, primary); cuts on quality or colour come
after, else a star's spectrum lands on a neighbouring galaxy. Nothing in the result depends on how the
release is partitioned.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context, Finding, Operation, Params, Report, Result
from pz_tsm.ops.match.report import describe, no_overlap

if TYPE_CHECKING:
    import pyarrow as pa

OUTSIDE = "outside the footprint"
NOTHING = "nothing within the radius"
NOT_BEST = "not the best measurement"
NO_POSITION = "no position"
SMALL = 300_000  # objects: below this a plan matches for real


class MatchParams(Params):
    release: str | dict[str, Any] = Field(
        title="Release",
        description="Object catalogue: a known release, the folder of a HATS catalogue, or {hats: FOLDER, "
        "profile: NAME}.",
    )
    radius_arcsec: float = Field(
        0.75,
        gt=0,
        le=60,
        title="Radius (arcsec)",
        description="Largest separation of a redshift and its object.",
    )
    columns: list[str] | None = Field(
        None,
        title="Columns",
        description="Flux families (gaap1p0, cModel) or column names of the release. Empty: the release's "
        "usual families.",
    )
    select: Literal["nearest", "all"] = Field(
        "nearest",
        title="Select",
        description="The nearest object, or one row for every object within the radius.",
    )
    objects: Literal["primary", "all"] = Field(
        "primary",
        title="Objects",
        description="Primary objects only, where the release has detect_isPrimary; or all with a position.",
    )
    blends: Literal["set_aside", "keep"] = Field(
        "set_aside",
        title="Blends",
        description="Rows whose object has another, discordant redshift: set aside, or kept as they are.",
    )
    delta_z: float = Field(
        0.005,
        ge=0,
        le=1,
        title="Redshifts agree within",
        description="Largest |dz| / (1 + z) at which two redshifts of one object agree.",
    )
    rows: Literal["best", "all"] = Field(
        "best", title="Rows", description="Match the best rows only, or every measurement."
    )
    shift: dict[str, tuple[float, float]] = Field(
        default_factory=dict,
        title="Position offsets",
        description="By survey: arcsec to add to the positions, [east, north].",
    )
    radii: dict[str, float] = Field(
        default_factory=dict,
        title="Radii by survey (arcsec)",
        description="Where a survey's positions need another radius.",
    )
    run: Literal["auto", "memory", "engine"] = Field(
        "auto", title="Run", description="Where to run: here in memory, or in a job of the engine."
    )


def run(table: pa.Table, params: MatchParams, ctx: Context) -> Result:
    """Rows with an object within the radius, with the object's columns; the others leave, by reason."""
    from pz_tsm import releases
    from pz_tsm.ops.combine import decide
    from pz_tsm.ops.match import columns, search, shared
    from pz_tsm.ops.match.assemble import assemble
    from pz_tsm.sources.hats import open_catalogue

    _require(table, ("row_id", "ra", "dec", "redshift"))
    release = releases.resolve(params.release, ctx.base)
    catalogue = open_catalogue(release.path)
    want = columns.wanted(release, catalogue, params.columns, params.objects)
    schema = columns.result_schema(table.schema, release, catalogue, want)
    report = Report("match", table.num_rows, 0)
    report.details.update(
        release=release.name,
        profile=release.profile.name,
        access=release.profile.access,
        profile_sha256=release.profile.sha256,
        sha256=catalogue.sha256,
        radius_arcsec=params.radius_arcsec,
        select=params.select,
        columns=list(want.columns),
    )
    if release.assumed:
        report.findings.append(
            Finding(
                "warning",
                f"Nobody says which release '{release.path.name}' is: its extinction coefficients (those "
                f"of DP1) and its "
                "access are assumed.",
                remedy="Name the profile: release: {hats: FOLDER, profile: dp1}.",
                where="release",
            )
        )
    if table.num_rows == 0:
        return Result(schema.empty_table(), report.close())

    chosen = np.arange(table.num_rows)
    if params.rows == "best" and "is_best" in table.column_names:
        best = table["is_best"].fill_null(False).to_numpy()
        _drop(report, NOT_BEST, int((~best).sum()))
        chosen = np.flatnonzero(best)
    ra, dec = _numbers(table, "ra")[chosen], _numbers(table, "dec")[chosen]
    good = np.isfinite(ra) & np.isfinite(dec) & (np.abs(dec) <= 90)
    _drop(report, NO_POSITION, int((~good).sum()))
    chosen, ra, dec = chosen[good], ra[good], dec[good]
    survey = _survey(table, chosen)
    at_ra, at_dec = _shifted(ra, dec, survey, params.shift)
    limit = _limits(survey, params)
    pairs, inside = search.find(catalogue, want, at_ra, at_dec, float(limit.max(initial=0)), ctx.step)
    pairs = pairs.take(np.flatnonzero(pairs.sep <= limit[pairs.row]))
    matched = np.zeros(len(chosen), dtype=bool)
    matched[pairs.row] = True
    _drop(report, OUTSIDE, int((~inside).sum()))
    _drop(report, NOTHING, int((inside & ~matched).sum()))
    if len(chosen) and not inside.any():
        raise no_overlap(release, catalogue, ra, dec)

    first = np.concatenate([[True], np.diff(pairs.row) != 0]) if len(pairs) else np.zeros(0, bool)
    count = np.bincount(pairs.row, minlength=len(chosen))[pairs.row]
    second = np.full(len(pairs), np.nan)
    firsts = np.flatnonzero(first)
    several = firsts[count[firsts] > 1]
    second_of = np.full(len(chosen), np.nan)
    second_of[pairs.row[several]] = pairs.sep[several + 1]
    second = second_of[pairs.row]
    if params.select == "nearest":
        pairs, count, second = pairs.take(firsts), count[firsts], second[firsts]
    elif len(pairs) > matched.sum():
        report.added["another object within the radius"] = int(len(pairs) - matched.sum())
    base = table.take(chosen[pairs.row])
    row_id = _int64(base, "row_id")
    group = _int64(base, "group_id") if "group_id" in base.column_names else row_id
    keys = shared.split_keys(group, pairs.object_id)
    best = (
        base["is_best"].fill_null(False).to_numpy()
        if "is_best" in base.column_names
        else np.ones(len(pairs), bool)
    )
    judged = shared.resolve(
        pairs.object_id,
        group,
        row_id,
        _numbers(base, "redshift"),
        _numbers(base, "z_flag_homogenized"),
        _texts(base, "instrument_type"),
        best,
        params.delta_z,
        decide.rank(base),
    )
    if params.select == "all":
        judged = replace(judged, loser=np.zeros_like(judged.loser), blend=np.zeros_like(judged.blend))
    elif params.blends == "keep":
        judged = replace(judged, blend=np.zeros_like(judged.blend))
    objects = search.fetch(catalogue, want, pairs)
    result = assemble(base, objects, pairs, schema, release.name, keys, best, judged, row_id, count, second)
    report.rows_out = result.num_rows
    describe(report, params, pairs, count, judged, ra, dec, survey, len(chosen), inside, matched)
    ctx.step(1.0, f"{result.num_rows} rows")
    return Result(result, report.close())


def plan(table: pa.Table, params: MatchParams, ctx: Context) -> Result:
    """Columns of the result and an estimate of its rows; a small release is matched for real."""
    from pz_tsm import releases
    from pz_tsm.ops.match import columns
    from pz_tsm.sources.hats import inside_pixels, near_partitions, open_catalogue

    release = releases.resolve(params.release, ctx.base)
    catalogue = open_catalogue(release.path)
    if table.num_rows == 0 or (catalogue.rows or SMALL + 1) <= SMALL:
        return run(table, params, ctx)
    _require(table, ("row_id", "ra", "dec", "redshift"))
    want = columns.wanted(release, catalogue, params.columns, params.objects)
    schema = columns.result_schema(table.schema, release, catalogue, want)
    ra, dec = _numbers(table, "ra"), _numbers(table, "dec")
    chosen = np.isfinite(ra) & np.isfinite(dec) & (np.abs(dec) <= 90)
    if params.rows == "best" and "is_best" in table.column_names:
        chosen &= table["is_best"].fill_null(False).to_numpy()
    near = near_partitions(catalogue.partitions, ra[chosen], dec[chosen], params.radius_arcsec / 3600)
    inside = int(inside_pixels([part for part, _ in near], ra[chosen], dec[chosen]).sum()) if near else 0
    if chosen.any() and not near:
        raise no_overlap(release, catalogue, ra[chosen], dec[chosen])
    report = Report("match", table.num_rows, inside)
    _drop(report, "other rows, or no object there (estimated)", table.num_rows - inside)
    report.details.update(
        estimated=True, at_most=inside, partitions=len(near), release=release.name, columns=list(want.columns)
    )
    report.findings.append(
        Finding(
            "note",
            f"At most {inside} rows lie in the {len(near)} partitions of '{release.name}' that would be "
            f"read; "
            "how many find an object is known after the run.",
            where=release.name,
        )
    )
    return Result(schema.empty_table(), report.close())


def _drop(report: Report, reason: str, count: int) -> None:
    if count:
        report.dropped[reason] = report.dropped.get(reason, 0) + count


def _require(table: pa.Table, names: tuple[str, ...]) -> None:
    for name in names:
        if name not in table.column_names:
            raise TsmError(
                f"Match needs the column '{name}', which the table hasn't.",
                remedy="Load the catalogue as an input of a recipe, with its columns named.",
                where=name,
            )


def _numbers(table: pa.Table, name: str) -> np.ndarray:
    """float64, NaN where null or where the column is missing."""
    import pyarrow as pa

    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    return table[name].cast(pa.float64()).to_numpy(zero_copy_only=False)


def _int64(table: pa.Table, name: str) -> np.ndarray:
    column = table[name]
    if column.null_count:
        raise TsmError(f"The column '{name}' has gaps; every row needs its own.", where=name)
    return column.to_numpy()


def _texts(table: pa.Table, name: str) -> np.ndarray:
    if name not in table.column_names:
        return np.full(table.num_rows, None, dtype=object)
    return np.asarray(table[name].to_pylist(), dtype=object)


def _survey(table: pa.Table, rows: np.ndarray) -> np.ndarray:
    names = _texts(table, "survey")[rows]
    return np.array([(name or "unknown") for name in names], dtype=object)


def _shifted(ra, dec, survey, shift) -> tuple[np.ndarray, np.ndarray]:
    ra, dec = ra.copy(), dec.copy()
    upper = np.array([name.upper() for name in survey], dtype=object)
    for name, (east, north) in shift.items():
        rows = upper == name.upper()
        ra[rows] = (ra[rows] + east / 3600 / np.maximum(np.cos(np.radians(dec[rows])), 1e-9)) % 360
        dec[rows] = np.clip(dec[rows] + north / 3600, -90, 90)
    return ra, dec


def _limits(survey, params: MatchParams) -> np.ndarray:
    limit = np.full(len(survey), params.radius_arcsec)
    if params.radii:
        upper = np.array([name.upper() for name in survey], dtype=object)
        for name, radius in params.radii.items():
            limit[upper == name.upper()] = radius
    return limit


OPERATION = Operation(
    name="match",
    title="Match to objects",
    summary="Find each redshift's object in an LSST release, with its fluxes; objects with two redshifts "
    "are judged.",
    params=MatchParams,
    run=run,
    plan=plan,
    main="release",
)
