"""Match redshifts to the objects of a release.

Only structural cuts on objects come before (finite position, primary); cuts on quality or colour come
after, else a star's spectrum lands on a neighbouring galaxy. Nothing in the result depends on how the
release is partitioned.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context, Finding, Operation, Report, Result
from pz_tsm.ops.combine.account import tell_unknown_surveys
from pz_tsm.ops.combine.columns import numbers
from pz_tsm.ops.combine.params import DeltaZ
from pz_tsm.ops.match import unmatched
from pz_tsm.ops.match.params import MatchParams
from pz_tsm.ops.match.report import describe, no_overlap, tell_lost

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

__all__ = ["OPERATION", "MatchParams", "plan", "run"]

COMBINE = b"tsm:combine"
SMALL = 300_000  # objects: below this a plan matches for real


def run(table: pa.Table, params: MatchParams, ctx: Context) -> Result:
    """Rows with an object within the radius, with the object's columns; the others leave, or stay, by
    reason."""
    import pyarrow as pa

    from pz_tsm import releases
    from pz_tsm.ops.combine import decide
    from pz_tsm.ops.match import columns, policy, quality, search, shared
    from pz_tsm.ops.match.assemble import assemble
    from pz_tsm.sources.hats import open_catalogue

    _require(table, ("row_id", "ra", "dec", "redshift"))
    release = releases.resolve(params.release, ctx.base)
    catalogue = open_catalogue(release.path)
    want = columns.wanted(release, catalogue, params.columns, params.objects)
    schema = columns.result_schema(table.schema, release, catalogue, want)
    keep = params.unmatched == "keep"
    tolerance = agreeing(table, params)
    report = Report("match", table.num_rows, 0)
    report.details.update(
        release=release.name,
        profile=release.profile.name,
        access=release.profile.access,
        profile_sha256=release.profile.sha256,
        sha256=catalogue.sha256,
        radius_arcsec=params.radius_arcsec,
        select=params.select,
        unmatched=params.unmatched,
        delta_z=tolerance,
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
        return Result(_schema(schema, params).empty_table(), report.close())

    reason = np.full(table.num_rows, unmatched.MATCHED)
    every = (
        table["is_best"].fill_null(False).to_numpy()
        if "is_best" in table.column_names
        else np.ones(table.num_rows, bool)
    )
    chosen = np.arange(table.num_rows)
    if params.rows == "best":
        reason[~every] = unmatched.REASONS.index(unmatched.NOT_BEST)
        chosen = np.flatnonzero(every)
    ra, dec = numbers(table, "ra")[chosen], numbers(table, "dec")[chosen]
    good = np.isfinite(ra) & np.isfinite(dec) & (np.abs(dec) <= 90)
    reason[chosen[~good]] = unmatched.REASONS.index(unmatched.NO_POSITION)
    chosen, ra, dec = chosen[good], ra[good], dec[good]
    tell_unknown_surveys(table, surveys_named(params), report)
    survey = _survey(table, chosen)
    at_ra, at_dec = _shifted(ra, dec, survey, params.shift)
    limit = _limits(survey, params)
    farthest = float(limit.max(initial=params.radius_arcsec))

    def find(some_ra: np.ndarray, some_dec: np.ndarray, reach: float):  # noqa: ANN202
        return search.find(catalogue, want, some_ra, some_dec, reach, ctx.step)

    wide, inside, shifted = quality.search(find, at_ra, at_dec, farthest, catalogue.partitions, ctx.seed)
    pairs = wide.take(np.flatnonzero(wide.sep <= limit[wide.row]))
    near = np.zeros(len(chosen), dtype=bool)
    near[pairs.row] = True
    reason[chosen[~inside]] = unmatched.REASONS.index(unmatched.OUTSIDE)
    reason[chosen[inside & ~near]] = unmatched.REASONS.index(unmatched.NOTHING)
    if len(chosen) and not inside.any():
        raise no_overlap(release, catalogue, ra, dec)

    count, second = _crowd(pairs, len(chosen))
    row_ids = _int64(table, "row_id")
    groups = _int64(table, "group_id") if "group_id" in table.column_names else row_ids
    error = None
    if params.select == "error-weighted":
        error, read = policy.position_errors(
            table.take(chosen), survey, params.errors, pairs, catalogue, want, release.profile
        )
        report.details["object_errors"] = read
    took = policy.choose(pairs, groups[chosen], params, error)
    reason[chosen[took.lost]] = unmatched.REASONS.index(unmatched.LOST)
    reason[chosen[took.beyond]] = unmatched.REASONS.index(unmatched.BEYOND)
    candidates, pairs = pairs, pairs.take(took.taken)
    matched = np.zeros(len(chosen), dtype=bool)
    matched[pairs.row] = True
    unmatched.account(report, reason, every, keep)
    if len(pairs) > matched.sum():
        report.added["another object within the radius"] = int(len(pairs) - matched.sum())
    base = table.take(chosen[pairs.row])
    count, second = count[pairs.row], second[pairs.row]
    row_id, group, best = (one[chosen[pairs.row]] for one in (row_ids, groups, every))
    # rows that lost an object stay tied to it: they may be the same galaxy
    tied = np.concatenate([group, groups[chosen[took.lost]]])
    keys = shared.split_keys(tied, np.concatenate([pairs.object_id, candidates.object_id[took.lost_to]]))
    judged = shared.resolve(
        pairs.object_id,
        group,
        row_id,
        numbers(base, "redshift"),
        numbers(base, "z_flag_homogenized"),
        _texts(base, "instrument_type"),
        best,
        tolerance,
        decide.rank(base),
    )
    if params.select == "all":
        judged = replace(judged, loser=np.zeros_like(judged.loser), blend=np.zeros_like(judged.blend))
    elif params.blends == "keep":
        judged = replace(judged, blend=np.zeros_like(judged.blend))
    objects = search.fetch(catalogue, want, pairs)
    mine = keys[: len(pairs)]
    result = assemble(base, objects, pairs, schema, release.name, mine, best, judged, row_id, count, second)
    if took.sigma is not None:
        result = result.append_column(columns.sigma_field(), pa.array(took.sigma.astype(np.float32)))
    winners = _winners(candidates, took, pairs, row_id)
    if keep:
        others = np.flatnonzero(reason != unmatched.MATCHED)
        result = unmatched.together(
            result,
            chosen[pairs.row],
            unmatched.rows_without(
                table.take(others),
                reason[others],
                _schema(schema, params),
                shared.keys_of(groups[others], tied, keys),
                {
                    int(np.searchsorted(others, chosen[row])): winner
                    for row, winner in zip(took.lost.tolist(), winners, strict=True)
                },
            ),
            others,
        )
    report.rows_out = result.num_rows
    tell_lost(report, candidates, took, row_ids[chosen], winners, numbers(table, "redshift")[chosen])
    describe(report, params, pairs, count, judged, ra, dec, survey, len(chosen), inside, matched)
    report.details["quality"] = quality.measure(
        at_ra,
        at_dec,
        survey,
        wide,
        shifted,
        params.radius_arcsec,
        inside=inside,
        reach_arcsec=quality.reach_of(farthest),
        shared=judged.objects,
        shift=params.shift,
        seed=ctx.seed,
    )
    report.findings += quality.findings(report.details["quality"])
    if params.radii:
        report.findings.append(
            Finding(
                "note",
                f"The quality of the match is judged at the one radius of {params.radius_arcsec:g} arcsec; "
                f"{', '.join(sorted(params.radii))} are matched with radii of their own.",
                where="radii",
                code="one-radius-judged",
            )
        )
    ctx.step(1.0, f"{result.num_rows} rows")
    return Result(result, report.close())


def plan(table: pa.Table, params: MatchParams, ctx: Context) -> Result:
    """Columns of the result and what is expected of it; a small release is matched for real."""
    from pz_tsm import releases
    from pz_tsm.ops.match import columns, expect, quality
    from pz_tsm.sources.hats import open_catalogue

    release = releases.resolve(params.release, ctx.base)
    catalogue = open_catalogue(release.path)
    if table.num_rows == 0:
        return run(table, params, ctx)
    _require(table, ("row_id", "ra", "dec", "redshift"))
    want = columns.wanted(release, catalogue, params.columns, params.objects)
    schema = _schema(columns.result_schema(table.schema, release, catalogue, want), params)
    ra, dec = numbers(table, "ra"), numbers(table, "dec")
    chosen = np.isfinite(ra) & np.isfinite(dec) & (np.abs(dec) <= 90)
    if params.rows == "best" and "is_best" in table.column_names:
        chosen &= table["is_best"].fill_null(False).to_numpy()
    survey = _survey(table, np.flatnonzero(chosen))
    at_ra, at_dec = _shifted(ra[chosen], dec[chosen], survey, params.shift)
    width = columns.bytes_per_row(table, schema)
    expected, told = expect.before(
        catalogue,
        release,
        at_ra,
        at_dec,
        survey,
        params,
        width,
        want=want,
        names=table.column_names,
        seed=ctx.seed,
    )
    if (catalogue.rows or SMALL + 1) <= SMALL:
        result = run(table, params, ctx)
        report = result.report
        matched = report.details.get("matched", 0)
        report.details["expected"] = expect.exact(expected, result.table.num_rows, matched, width)
        known = {finding.code for finding in report.findings} | set(quality.CODES)  # those of a sample
        report.findings += [one for one in told if one.code is None or one.code not in known]
        return result
    rows = min(expected["matches"]["rows"], table.num_rows)
    left = table.num_rows - rows
    into = {"other rows, or no object there (estimated)": left} if left else {}
    if params.unmatched == "keep":
        report = Report("match", table.num_rows, table.num_rows, set_aside=into)
    else:
        report = Report("match", table.num_rows, rows, dropped=into)
    report.details.update(
        estimated=True,
        at_most=expected["overlap"]["inside"],
        partitions=expected["run"]["partitions"],
        release=release.name,
        columns=list(want.columns),
        expected=expected,
    )
    tell_unknown_surveys(table, surveys_named(params), report)
    report.findings += told
    return Result(schema.empty_table(), report.close())


def surveys_named(params: MatchParams) -> dict[str, list[str]]:
    """The surveys that each parameter names."""
    errors = params.errors.surveys if params.errors else {}
    return {"shift": list(params.shift), "radii": list(params.radii), "errors": list(errors)}


def agreeing(table: pa.Table, params: MatchParams) -> dict[str, float]:
    """|dz|/(1+z) by instrument type within which redshifts agree: asked for, as combine was told, or ours."""
    if params.delta_z is None:
        said = json.loads((table.schema.metadata or {}).get(COMBINE) or b"{}").get("delta_z")
        if isinstance(said, dict) and set("sgp") <= said.keys():
            return {kind: float(said[kind]) for kind in "sgp"}
        return DeltaZ().model_dump()
    if isinstance(params.delta_z, DeltaZ):
        return params.delta_z.model_dump()
    return dict.fromkeys("sgp", params.delta_z)


def _schema(schema: pa.Schema, params: MatchParams) -> pa.Schema:
    """The columns of the matched table, with those that the parameters ask for besides."""
    from pz_tsm.ops.match import columns

    if params.select == "error-weighted":
        schema = schema.append(columns.sigma_field())
    return unmatched.with_reason(schema) if params.unmatched == "keep" else schema


def _crowd(pairs, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Of each row the number of objects within the radius, and the separation of the second nearest (NaN:
    none)."""
    count = np.bincount(pairs.row, minlength=size)
    second = np.full(size, np.nan)
    first = np.concatenate([[True], np.diff(pairs.row) != 0]) if len(pairs) else np.zeros(0, bool)
    several = np.flatnonzero(first)
    several = several[count[pairs.row[several]] > 1]
    second[pairs.row[several]] = pairs.sep[several + 1]
    return count, second


def _winners(candidates, took, pairs, row_id: np.ndarray) -> list[int]:
    """For each lost row the row_id that took its nearest object, the closest where measurements share it."""
    if not len(took.lost):
        return []
    order = np.lexsort((row_id, pairs.sep, pairs.object_id))
    ids = pairs.object_id[order]
    return row_id[order[np.searchsorted(ids, candidates.object_id[took.lost_to])]].tolist()


def _require(table: pa.Table, names: tuple[str, ...]) -> None:
    for name in names:
        if name not in table.column_names:
            raise TsmError(
                f"Match needs the column '{name}', which the table hasn't.",
                remedy="Load the catalogue as an input of a recipe, with its columns named.",
                where=name,
            )


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
    """The survey of each of those rows, 'unknown' where none is said."""
    names = _texts(table, "survey")[rows]
    names[(names == None) | (names == "")] = "unknown"  # noqa: E711 - of each entry
    return names


def _of_surveys(survey: np.ndarray, names: Iterable[str]) -> dict[str, np.ndarray]:
    """For each of ``names`` the rows of that survey, upper and lower case being the same."""
    known = {one: one.upper() for one in set(survey.tolist())}
    return {
        name: np.isin(survey.astype(str), [one for one, upper in known.items() if upper == name.upper()])
        for name in names
    }


def _shifted(ra, dec, survey, shift) -> tuple[np.ndarray, np.ndarray]:
    if not shift:
        return ra, dec
    ra, dec = ra.copy(), dec.copy()
    of = _of_surveys(survey, shift)
    for name, (east, north) in shift.items():
        rows = of[name]
        ra[rows] = (ra[rows] + east / 3600 / np.maximum(np.cos(np.radians(dec[rows])), 1e-9)) % 360
        dec[rows] = np.clip(dec[rows] + north / 3600, -90, 90)
    return ra, dec


def _limits(survey, params: MatchParams) -> np.ndarray:
    limit = np.full(len(survey), params.radius_arcsec)
    if params.radii:
        of = _of_surveys(survey, params.radii)
        for name, radius in params.radii.items():
            limit[of[name]] = radius
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
