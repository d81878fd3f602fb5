"""How good a match is: separations against expectation, chance matches, purity and completeness, offsets.

All of it is measured on the pairs that the match found anyway, with two things besides: it looks somewhat
farther than the radius, so that a radius too small is seen, too; and some of the positions are looked up a
second time, moved by 20 to 30 arcsec (the null test): what is found there is there by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pz_tsm.ops.match.quality_findings import findings
from pz_tsm.ops.match.quality_model import Model, fit, rayleigh_density
from pz_tsm.ops.match.rows import firsts

if TYPE_CHECKING:
    from pz_tsm.ops.match.search import Pairs
    from pz_tsm.sources.hats import Partition

__all__ = ["FORMAT", "findings", "measure", "moved", "reach_of", "search"]

FORMAT = "tsm-match-quality/1"
SAMPLE = 4_000  # positions of the null test; each is moved four times, fewer positions eight times
SHIFTS = tuple(
    (float(round(d * np.sin(np.radians(a)), 3)) + 0.0, float(round(d * np.cos(np.radians(a)), 3)) + 0.0)
    for a, d in ((0, 20), (90, 25), (180, 30), (270, 22), (45, 27), (135, 21), (225, 24), (315, 29))
)  # arcsec [east, north]
FEW = 4_000  # moved positions in the footprint, below which others are chosen
WIDTHS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # arcsec, of a histogram of at most 60 bins
LISTED = 200
CRITERION = "where purity times completeness is greatest"
PER_DEGREE = 3600.0**2

Answer = tuple[np.ndarray, np.ndarray]
Find = Callable[..., "tuple[Pairs, np.ndarray]"]  # as Search.find


def reach_of(radius_arcsec: float) -> float:
    """How far to look for pairs, that the radius may be judged: half as far again, from 1.5 to 5 arcsec."""
    return max(radius_arcsec, min(5.0, max(1.5, 1.5 * radius_arcsec)))


def search(
    find: Find,
    ra: np.ndarray,
    dec: np.ndarray,
    radius_arcsec: float,
    partitions: Sequence[Partition] | None = None,
    seed: int = 0,
) -> tuple[Pairs, np.ndarray, Callable[[np.ndarray, np.ndarray], Answer]]:
    """The match's search and the null test's in one pass over the release.

    ``find`` is that of a ``search.Search``. Returns the pairs within ``reach_of(radius_arcsec)``, the
    footprint's answer, and ``find_shifted`` for ``measure``.
    ``partitions``: of the release; positions are chosen where these are.
    """
    reach = reach_of(radius_arcsec)
    near = np.ones(len(ra), dtype=bool)
    if partitions is not None and len(ra) > SAMPLE:
        from pz_tsm.sources.hats import inside_pixels

        near = inside_pixels(partitions, ra, dec)
    there_ra, there_dec = moved(ra, dec, near, seed)
    both = np.concatenate([ra, there_ra]), np.concatenate([dec, there_dec])
    pairs, inside = find(*both, reach, objects_of=len(ra))
    cut = int(np.searchsorted(pairs.row, len(ra)))
    answer = _nearest(pairs.row[cut:] - len(ra), pairs.sep[cut:], len(there_ra)), inside[len(ra) :]
    pairs, inside = pairs.take(slice(cut)), inside[: len(ra)]  # views

    def shifted(to_ra: np.ndarray, to_dec: np.ndarray) -> Answer:
        if np.array_equal(to_ra, there_ra) and np.array_equal(to_dec, there_dec):
            return answer
        again, where = find(to_ra, to_dec, reach, objects_of=0)
        return _nearest(again.row, again.sep, len(to_ra)), where

    if answer[1].sum() >= min(FEW, 2 * inside.sum()):
        shifted.rows = near  # type: ignore[attr-defined]
    return pairs, inside, shifted


def moved(ra: np.ndarray, dec: np.ndarray, rows: np.ndarray, seed: int = 0) -> Answer:
    """Some of the positions where ``rows`` is true, drawn by ``seed``, each moved in several directions."""
    chosen = np.flatnonzero(rows)
    shifts = _shifts(len(chosen))
    if len(chosen) > SAMPLE:
        chosen = np.sort(np.random.default_rng(seed % 2**64).choice(chosen, SAMPLE, replace=False))
    chosen = chosen[np.abs(dec[chosen]) < 89.9]  # nearer to a pole a step to the east is no step
    scale = np.cos(np.radians(dec[chosen]))
    east = [(ra[chosen] + e / 3600 / scale) % 360 for e, _ in shifts]
    north = [np.clip(dec[chosen] + n / 3600, -90, 90) for _, n in shifts]
    return (np.concatenate(east), np.concatenate(north)) if len(chosen) else (np.zeros(0), np.zeros(0))


def _shifts(positions: int) -> tuple[tuple[float, float], ...]:
    return SHIFTS[:4] if positions >= SAMPLE else SHIFTS


def measure(
    ra: np.ndarray,
    dec: np.ndarray,
    survey: np.ndarray,
    pairs: Pairs,
    find_shifted: Callable[[np.ndarray, np.ndarray], Answer],
    radius_arcsec: float,
    density: float | None = None,
    *,
    inside: np.ndarray | None = None,
    reach_arcsec: float | None = None,
    shared: Sequence[Mapping[str, Any]] = (),
    shift: Mapping[str, Sequence[float]] | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Quality of a match, as JSON.

    ``ra``, ``dec`` (degrees, as they were looked up), ``survey`` and ``inside`` (in the footprint) have one
    entry a position; ``pairs`` are all those within ``reach_arcsec`` (the radius unless given), before any
    choice. ``find_shifted(ra, dec)`` gives the nearest separation of each position, NaN if none is within
    the reach, and whether it is in the footprint. ``density``: objects per square arcsec, if it is known
    otherwise than from the null test. ``shared``: objects with several rows, as ``shared.resolve`` lists
    them; ``shift``: what was added to the positions by survey.
    """
    reach = max(reach_arcsec or radius_arcsec, radius_arcsec)
    size = len(ra)
    inside = np.ones(size, dtype=bool) if inside is None else inside
    rows = int(inside.sum())
    near = _nearest(pairs.row, pairs.sep, size)[inside]
    near = near[np.isfinite(near)].astype(np.float32).astype(float)  # as the table keeps them
    null = _null(ra, dec, inside, find_shifted, radius_arcsec, reach, density, seed)
    model = fit(near, rows, reach, null["density_arcsec2"])
    edges = _edges(reach)
    found: dict[str, Any] = {
        "format": FORMAT,
        "radius_arcsec": radius_arcsec,
        "reach_arcsec": reach,
        "rows": rows,
        "matched": int((near <= radius_arcsec).sum()),
        "histogram": _histogram(near, edges, model, rows),
        "null": null,
        "signal": None,
        "curve": None,
        "proposed": None,
        "offsets": _offsets(ra, dec, survey, pairs, shift or {}),
        "many_to_one": _many(shared),
        "blends": sum(one["verdict"] == "blend" for one in shared),
    }
    if model is not None:
        found |= _judged(model, edges, radius_arcsec, rows)
    return found


def _null(ra, dec, inside, find_shifted, radius, reach, density, seed) -> dict[str, Any]:
    """How often a moved position has an object within the radius, and how often it should."""
    chosen = getattr(find_shifted, "rows", inside)
    there_ra, there_dec = moved(ra, dec, chosen, seed)
    sep, where = find_shifted(there_ra, there_dec)
    sep = sep[where]
    count, hits = len(sep), int((sep <= radius).sum())
    own = rayleigh_density(sep, reach)
    density = own if density is None else density
    rate = hits / count if count else 0.0
    expected = 1 - np.exp(-np.pi * radius**2 * density)
    return {
        "positions": count,
        "shifts_arcsec": [list(one) for one in _shifts(int(chosen.sum()))],
        "seed": seed,
        "hits": hits,
        "rate": _short(rate),
        "rate_error": _short(np.sqrt(max(rate * (1 - rate), 1 / max(count, 1)) / max(count, 1))),
        "expected_rate": _short(expected),
        "density_arcsec2": _short(density),
        "density_deg2": _short(density * PER_DEGREE),
        "measured_density_deg2": _short(own * PER_DEGREE),
    }


def _histogram(near: np.ndarray, edges: np.ndarray, model: Model | None, rows: int) -> dict[str, Any]:
    counts, _ = np.histogram(near, bins=edges)
    found: dict[str, Any] = {"bin_arcsec": _short(edges[1]), "counts": counts.tolist(), "expected": None}
    if model is not None:
        true, chance = model.parts(edges)
        found["expected"] = [_short(one, 5) for one in rows * (true + chance)]
        found["chance"] = [_short(one, 5) for one in rows * chance]
    return found


def _judged(model: Model, edges: np.ndarray, radius: float, rows: int) -> dict[str, Any]:
    """What the model says of the radius, and of others."""
    radii = np.unique(np.append(edges[1:], radius))
    purity, completeness = model.curve(radii)
    here = int(np.searchsorted(radii, radius))
    offered = np.isin(radii, edges)
    best = int(np.argmax(np.where(offered, purity * completeness, 0)))
    matched = rows * float(1 - model.nothing(np.array([radius]))[0])
    return {
        "signal": {
            "share": _short(model.share),
            "sigma_arcsec": [_short(one) for one in model.sigma],
            "weight": [_short(one) for one in model.weight],
        },
        "curve": {
            "radius_arcsec": [_short(one, 6) for one in radii],
            "purity": [_short(one, 6) for one in purity],
            "completeness": [_short(one, 6) for one in completeness],
        },
        "purity": _short(purity[here], 6),
        "completeness": _short(completeness[here], 6),
        "chance_matches": round(matched * (1 - float(purity[here])), 1),
        "proposed": {
            "radius_arcsec": _short(radii[best], 6),
            "purity": _short(purity[best], 6),
            "completeness": _short(completeness[best], 6),
            "criterion": CRITERION,
        },
    }


def _offsets(ra, dec, survey, pairs: Pairs, shift: Mapping[str, Sequence[float]]) -> list[dict[str, Any]]:
    """By survey the median of object minus position, with its significance; the largest surveys first.

    Outliers beyond 3 sigma of the median are left out once: they are mostly there by chance. The error of a
    median is 1.2533 sigma / sqrt(n), sigma = 1.4826 times the median absolute deviation (MAD).
    """
    import pyarrow as pa

    near = pairs.take(firsts(pairs.row))
    east = ((near.ra - ra[near.row] + 180) % 360 - 180) * np.cos(np.radians(near.dec)) * 3600
    north = (near.dec - dec[near.row]) * 3600
    names = pa.array(survey[near.row], pa.string()).dictionary_encode()
    code = names.indices.to_numpy(zero_copy_only=False)
    added = {name.upper(): value for name, value in shift.items()}
    found = []
    for number, name in enumerate(names.dictionary.to_pylist()):
        mine = code == number
        x, y, mad = _centre(east[mine], north[mine])
        count = int(mine.sum())
        error = 1.2533 * 1.4826 * mad / np.sqrt(count)
        sigma = float(np.hypot(x, y) / error) if error > 0 else 0.0
        before = added.get(name.upper(), (0.0, 0.0))
        found.append(
            {
                "survey": name,
                "rows": count,
                "east_arcsec": _short(x),
                "north_arcsec": _short(y),
                "mad_arcsec": _short(mad),
                "error_arcsec": _short(error),
                "significance": _short(min(sigma, 1e4), 4),
                "shift": [round(before[0] + x, 3) + 0.0, round(before[1] + y, 3) + 0.0],  # no -0.0
            }
        )
    return sorted(found, key=lambda one: (-one["rows"], one["survey"]))


def _centre(east: np.ndarray, north: np.ndarray) -> tuple[float, float, float]:
    """Median of both, and the MAD of one axis, without outliers."""
    keep = np.ones(len(east), dtype=bool)
    x = y = mad = 0.0
    for _ in range(2):
        x, y = float(np.median(east[keep])), float(np.median(north[keep]))
        mad = float(np.median(np.abs(np.concatenate([east[keep] - x, north[keep] - y]))))
        keep = np.hypot(east - x, north - y) <= max(3 * 1.4826 * mad, 1e-9)
    return x, y, mad


def _many(shared: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Objects that several galaxies have found, of which a match keeps one, or none (a blend)."""
    keys = ("objectId", "verdict", "rows", "redshifts")
    return {
        "objects": len(shared),
        "rows": sum(len(one["rows"]) for one in shared),
        "listed": [{key: one[key] for key in keys} for one in shared[:LISTED]],
    }


def _nearest(row: np.ndarray, sep: np.ndarray, size: int) -> np.ndarray:
    """Nearest separation of each position, NaN without a pair; pairs are in order of row, separation."""
    found = np.full(size, np.nan)
    first = firsts(row)
    found[row[first]] = sep[first]
    return found


def _edges(reach: float) -> np.ndarray:
    width = next((one for one in WIDTHS if reach / one <= 60), reach / 60)
    return np.round(width * np.arange(int(np.ceil(reach / width - 1e-9)) + 1), 6)


def _short(value: float, digits: int = 6) -> float:
    """As a number of JSON with so many significant digits."""
    return float(f"{float(value):.{digits}g}") if np.isfinite(value) else 0.0
