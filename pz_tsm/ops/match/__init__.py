"""Match redshifts to the objects of a release.

Only structural cuts on objects come before (finite position, primary); cuts on quality or colour come
after, else a star's spectrum lands on a neighbouring galaxy. Nothing in the result depends on how the
release is partitioned.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from pz_tsm.ahead import begun
from pz_tsm.arrays import taken
from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context, Finding, Operation, Report, Result
from pz_tsm.ops.combine.account import tell_unknown_surveys
from pz_tsm.ops.combine.columns import codes, numbers
from pz_tsm.ops.combine.params import DeltaZ
from pz_tsm.ops.fixes import without
from pz_tsm.ops.match import unmatched
from pz_tsm.ops.match.params import MatchParams
from pz_tsm.ops.match.report import describe, no_overlap, tell_assumed, tell_lost
from pz_tsm.ops.match.rows import best_rows, firsts, texts

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

    from pz_tsm.ops.combine import decide
    from pz_tsm.ops.match import columns, elsewhere, policy, quality, search, shared
    from pz_tsm.ops.match.assemble import assemble

    _require(table, ("row_id", "ra", "dec", "redshift"))
    far, release, catalogue, want = elsewhere.opened(params, ctx, table.num_rows)
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
    tell_assumed(report, release)
    if table.num_rows == 0:
        return Result(columns.with_asked(schema, params).empty_table(), report.close())

    reason = np.full(table.num_rows, unmatched.MATCHED)
    every = best_rows(table)
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

    objects_in = far or search.searching(release, catalogue, want, params, ctx, at_ra, at_dec)
    if far is not None:
        wide, inside, shifted = far.look(table.take(chosen), at_ra, at_dec, farthest, ctx.seed)
        schema = columns.result_schema(table.schema, release, far.catalogue, far.want)  # now it is known
        report.details["columns"] = list(far.want.columns)
    else:
        wide, inside, shifted = quality.search(
            objects_in.find, at_ra, at_dec, farthest, catalogue.partitions, ctx.seed
        )
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
            table.take(chosen), survey, params.errors, pairs, objects_in, release.profile
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
    with begun(objects_in.fetch, pairs) as fetched:  # while what is known already is judged
        base = taken(table, chosen[pairs.row])
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
            texts(base, "instrument_type"),
            best,
            tolerance,
            decide.rank(base),
        )
        if params.select == "all":
            judged = replace(judged, loser=np.zeros_like(judged.loser), blend=np.zeros_like(judged.blend))
        elif params.blends == "keep":
            judged = replace(judged, blend=np.zeros_like(judged.blend))
        measured = (
            None
            if shifted is None
            else quality.measure(
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
        )
        objects = fetched()
    report.details.update(objects_in.about())
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
                columns.with_asked(schema, params),
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
    describe(report, params, pairs, count, judged, len(chosen), inside, matched)
    if shifted is not None:
        report.details["quality"] = measured
        report.findings += quality.findings(report.details["quality"], params.shift)
    report.findings += objects_in.told()
    if params.radii and shifted is not None:
        report.findings.append(
            Finding(
                "note",
                f"The quality of the match is judged at the one radius of {params.radius_arcsec:g} arcsec; "
                f"{', '.join(sorted(params.radii))} are matched with radii of their own.",
                where="radii",
                code="one-radius-judged",
            )
        )
    if not ctx.planning:
        report.findings = without(report.findings)
    ctx.step(1.0, f"{result.num_rows} rows")
    return Result(result, report.close(), None if keep else unmatched.words(reason))


def plan(table: pa.Table, params: MatchParams, ctx: Context) -> Result:
    """Columns of the result and what is expected of it; a small release is matched for real."""
    from pz_tsm.ops.match import columns, elsewhere, expect, expect_sky, offers

    _require(table, ("row_id", "ra", "dec", "redshift"))
    ra, dec = numbers(table, "ra"), numbers(table, "dec")
    chosen = np.isfinite(ra) & np.isfinite(dec) & (np.abs(dec) <= 90)
    if params.rows == "best":
        chosen &= best_rows(table)
    if params.run in elsewhere.PLACES:
        return elsewhere.plan(table, params, ctx, int(chosen.sum()))
    _, release, catalogue, want = elsewhere.opened(params, ctx, int(chosen.sum()))
    if table.num_rows == 0:
        return run(table, params, ctx)
    schema = columns.with_asked(columns.result_schema(table.schema, release, catalogue, want), params)
    survey = _survey(table, np.flatnonzero(chosen))
    at_ra, at_dec = _shifted(ra[chosen], dec[chosen], survey, params.shift)
    width = columns.bytes_per_row(table, schema)
    before = partial(
        expect.before,
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
        expect_sky.refuse(params, table.column_names)
        result = run(table, params, ctx)
        report = result.report
        report.details["offers"] = offers.here(release, catalogue.schema.names)
        report.details["expected"], told = before(made=report, rows_made=result.table.num_rows)
        report.findings += told
        return result
    expected, told = before()
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
        offers=offers.here(release, catalogue.schema.names),
        expected=expected,
    )
    tell_assumed(report, release)
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


def _crowd(pairs, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Of each row the number of objects within the radius, and the separation of the second nearest (NaN:
    none)."""
    count = np.bincount(pairs.row, minlength=size)
    second = np.full(size, np.nan)
    several = firsts(pairs.row)
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


def _survey(table: pa.Table, rows: np.ndarray) -> np.ndarray:
    """The survey of each of those rows, 'unknown' where none is said."""
    names, code = codes(table, "survey")
    return np.array([*(name or "unknown" for name in names), "unknown"], dtype=object)[code[rows]]


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
