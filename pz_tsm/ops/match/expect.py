"""What a match will find, before it runs: overlap, matches, chance matches, size, time and place.

The footprint comes from the catalogue's map of counts or its partitions. A sample of the positions is
matched for real in a few of the partitions: what is expected is what the sample shows, with its error.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pz_tsm.arrays import distinct
from pz_tsm.ops.base import Finding
from pz_tsm.ops.fixes import set_here
from pz_tsm.ops.match import expect_cost, expect_sky, quality
from pz_tsm.ops.match.report import no_overlap

if TYPE_CHECKING:
    from pz_tsm.ops.base import Report
    from pz_tsm.ops.match.columns import Wanted
    from pz_tsm.ops.match.params import MatchParams
    from pz_tsm.releases import Release
    from pz_tsm.sources.hats import Catalogue, Partition

FORMAT = "tsm-match-expected/1"
READ = 4  # partitions that are read for the sample
OBJECTS = 1_500_000  # in them, at most (one is always read)
POSITIONS = 4_000  # matched for real
SURVEYS = 50


def before(
    catalogue: Catalogue,
    release: Release,
    ra: np.ndarray,
    dec: np.ndarray,
    survey: np.ndarray,
    params: MatchParams,
    bytes_per_row: float,
    *,
    want: Wanted,
    names: Sequence[str] = (),
    seed: int = 0,
    made: Report | None = None,
    rows_made: int = 0,
) -> tuple[dict[str, Any], list[Finding]]:
    """What is expected (JSON), and what there is to tell.

    ``made``: report of the match itself, where it was made for the plan, with so many rows; nothing about the
    matches is a guess then, and no sample is taken.

    ``ra``, ``dec`` (degrees, finite) and ``survey``: one entry a position to match; ``bytes_per_row`` of the
    result in memory; ``names``: columns of the table. TsmError where the match can't do what it is asked:
    no overlap, or a column that is missing.
    """
    from pz_tsm.sources.hats import near_partitions

    expect_sky.refuse(params, names)
    radius = params.radius_arcsec
    near = near_partitions(catalogue.partitions, ra, dec, quality.reach_of(radius) / 3600)
    parts = [part for part, _ in near]
    sky = expect_sky.coverage(catalogue, parts) if parts else None
    where = expect_sky.cells(ra, dec)
    place = sky.at(where) if sky else np.full(len(ra), -1)
    inside = place >= 0
    if len(ra) and not inside.any():
        raise no_overlap(release, catalogue, ra, dec)
    count = int(inside.sum())
    if made is None:
        sample, read = _sample(catalogue, want, near, inside, ra, dec, survey, params, seed)
        matches = _matches(sample, count)
    else:
        sample, read = made.details.get("quality"), len(parts)
        matched = made.details.get("matched", 0)
        matches = {"rows": matched, "low": matched, "high": matched, "exact": True}
    density = _density(sky, place, sample)
    rate = 1 - np.exp(-np.pi * radius**2 * density)
    objects = expect_cost.objects_in(parts)
    took = expect_cost.seconds(len(parts), objects, len(want.columns), count)
    rows = len(ra) if params.unmatched == "keep" else matches["rows"]
    result = expect_cost.size(rows if made is None else rows_made, bytes_per_row)
    biggest = objects / max(len(parts), 1) * len(want.columns) * 8
    target, why = expect_cost.place(params.run, took, 2 * result["bytes"] + biggest)
    lacking = target == "engine" and not expect_cost.has_lsdb()
    if lacking and params.run == "auto":
        target, why = "memory", f"LSDB is not installed here, though {why}"
    found = {
        "format": FORMAT,
        "release": release.name,
        "radius_arcsec": radius,
        "rows": len(ra),
        "overlap": _overlap(sky, where, inside, survey),
        "select": params.select,
        "matches": matches,
        "chance": {
            "rate": _number(rate),
            "rows": _number(_by_chance(sample, count, rate), 4),
            "density_deg2": _number(density * quality.PER_DEGREE),
        },
        "sample": {**sample, "partitions": read} if sample and made is None else None,
        "result": result,
        "run": {
            "where": target,
            "why": why,
            **({"lsdb": "missing"} if lacking else {}),
            "seconds": _number(took, 2),
            "partitions": len(parts),
            "of_partitions": len(catalogue.partitions),
            "objects": objects,
            "margin_arcsec": expect_sky.margin_of(release.path),
        },
    }
    return found, _findings(found, params, rate, made is not None)


def _sample(catalogue, want, near, inside, ra, dec, survey, params, seed) -> tuple[dict | None, int]:
    """Quality of the match of a few positions, in a few partitions; and how many were read."""
    from pz_tsm.ops.match import search

    chosen = _partitions(near, inside, seed)
    if not chosen:
        return None, 0
    rows = distinct(np.concatenate([one for _, one in chosen]))
    rows = rows[inside[rows]]
    if len(rows) > POSITIONS:
        rows = np.sort(np.random.default_rng(seed % 2**64).choice(rows, POSITIONS, replace=False))
    small = type(catalogue)(catalogue.path, catalogue.properties)
    small.__dict__["partitions"] = tuple(part for part, _ in chosen)

    here = search.LocalSearch(small, want)

    def find(some_ra, some_dec, reach, **ignored):
        from pz_tsm.sources.hats import inside_pixels

        pairs, held = here.find(some_ra, some_dec, reach)
        return pairs, held & inside_pixels(small.partitions, some_ra, some_dec)

    pairs, held, shifted = quality.search(find, ra[rows], dec[rows], params.radius_arcsec, seed=seed)
    if not held.any():
        return None, len(chosen)
    said = quality.measure(
        ra[rows],
        dec[rows],
        survey[rows],
        pairs,
        shifted,
        params.radius_arcsec,
        inside=held,
        reach_arcsec=quality.reach_of(params.radius_arcsec),
        shift=params.shift,
        seed=seed,
    )
    return said, len(chosen)


def _partitions(near, inside, seed) -> list[tuple[Partition, np.ndarray]]:
    """A few partitions, drawn by how many positions they hold."""
    held = np.array([int(inside[rows].sum()) for _, rows in near], dtype=float)
    if not held.sum():
        return []
    rng = np.random.default_rng(seed % 2**64)
    some = min(READ, int((held > 0).sum()))
    order = rng.choice(len(near), some, replace=False, p=held / held.sum())
    chosen, total = [], 0
    for number in order:
        count = expect_cost.rows_of(near[number][0])
        if not chosen or total + count <= OBJECTS:
            chosen.append(near[number])
            total += count
    return chosen


def _matches(sample: dict | None, count: int) -> dict[str, Any]:
    """Positions expected to find an object, between two bounds (2 sigma of the sample, binomial).

    ``of`` says what it counts: the nearest object of each. Other choices (``select``) take more or fewer.
    """
    if sample is None:
        return {"rows": count, "low": 0, "high": count, "exact": False, "of": "nearest"}
    of, got = sample["rows"], sample["matched"]
    share = got / of
    error = 2 * np.sqrt(max(share * (1 - share), 1 / of) / of)
    low, high = max(0.0, share - error), min(1.0, share + error)
    return {
        "rows": round(count * share),
        "low": round(count * low),
        "high": round(count * high),
        "exact": False,
        "of": "nearest",
    }


def _density(sky, place, sample) -> float:
    """Objects per square arcsec around the positions: what the sample measured, else the map's or the
    partitions' counts, each position's own."""
    if sample and sample["null"]["positions"]:
        return sample["null"]["density_arcsec2"]
    held = place[place >= 0]
    return float(sky.density[held].mean()) if sky is not None and len(held) else 0.0


def _by_chance(sample, count: int, rate: float) -> float:
    """Matches that would be to an object that is there by chance."""
    if sample and sample.get("chance_matches") is not None:
        return sample["chance_matches"] / sample["rows"] * count
    return rate * count


def _overlap(sky, where, inside, survey) -> dict[str, Any]:
    import pyarrow as pa

    names = pa.array(survey, pa.string()).dictionary_encode()
    code = names.indices.to_numpy(zero_copy_only=False)
    by_survey = [
        {"survey": name, "rows": int((code == number).sum()), "inside": int(inside[code == number].sum())}
        for number, name in enumerate(names.dictionary.to_pylist())
    ]
    by_survey.sort(key=lambda one: (-one["rows"], one["survey"]))
    return {
        "inside": int(inside.sum()),
        "source": sky.source if sky else "its partitions",
        "area_deg2": {
            "rows": _number(expect_sky.area_of(where)),
            "both": _number(expect_sky.area_of(where[inside])),
            "release_near": _number(sky.area if sky else 0.0),
        },
        "by_survey": by_survey[:SURVEYS],
    }


def _findings(found: dict[str, Any], params: MatchParams, rate: float, made: bool) -> list[Finding]:
    told = quality.findings(found["sample"], params.shift) if found["sample"] else []
    if not found["sample"] and not made and rate > 0.05:
        told.append(
            Finding(
                "warning",
                f"{100 * rate:.1f} % of positions will have an object within {params.radius_arcsec:g} arcsec "
                "by chance alone.",
                remedy="Take a smaller radius_arcsec.",
                where="radius_arcsec",
                code="chance-matches",
            )
        )
    for one in found["overlap"]["by_survey"]:
        if not one["inside"]:
            told.append(
                Finding(
                    "warning",
                    f"None of the {one['rows']} positions of {one['survey']} lies in the footprint of "
                    f"'{found['release']}'.",
                    remedy="Leave the catalogue out, or check that its positions are in degrees (ICRS).",
                    where=one["survey"],
                    count=one["rows"],
                    code="survey-outside",
                )
            )
    where = found["run"]
    if where.get("lsdb") == "missing":
        told.append(
            Finding(
                "warning",
                "LSDB is not installed here, and this match is to be made by it."
                if params.run == "engine"
                else f"This match will be made in memory, also in a job: {where['why']} (about "
                f"{where['seconds']:.0f} seconds).",
                remedy='pip install "pz-tsm[lsdb]" where the engine runs, or run: memory.',
                where="run",
                code="lsdb-missing",
                fixes=[set_here(["run"], "memory", "Match in memory")],
            )
        )
    if params.run == "auto" and where["where"] == "engine":
        told.append(
            Finding(
                "warning",
                f"This match is better made as a job: {where['why']} (about {where['seconds']:.0f} seconds).",
                remedy="run: engine.",
                where="run",
                code="better-as-a-job",
                fixes=[set_here(["run"], "engine", "Run it as a job of the engine")],
            )
        )
    size = found["result"]
    if size["over"]:
        told.append(
            Finding(
                "warning",
                f"The matched table would be about {size['file_bytes'] / 1e6:.0f} MB; the PZ Server takes "
                f"{size['limit_bytes'] / 1e6:.0f} MB in one upload.",
                remedy="Name fewer 'columns' in this step, or cut rows after it.",
                where="columns",
                code="too-large",
            )
        )
    return told


def _number(value: float, digits: int = 6) -> float:
    return float(f"{float(value):.{digits}g}")
