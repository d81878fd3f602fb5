"""What the four mock surveys measured in one cell: which targets, how often, how well, and what is planted.

A *measurement* is one row of a survey file. Its ``kind`` says what was planted:

single      one measurement of one galaxy
agree       one of several measurements of a galaxy that agree (within a survey or across)
repeat      one of two measurements of a galaxy by two surveys, each with its own flag and its own luck
conflict    one of two secure measurements of one position that disagree
chain       one of three measurements in a row, 0.6 arcsec apart: the ends meet only through the middle
blend       one of two galaxies 1 arcsec apart that the release sees as one object
star, qso   what the name says
photoz      a photometric redshift behind a good flag
sentinel    no redshift, only a number that stands for none
close-star, close-galaxy    one of a star and a galaxy 0.5 arcsec apart, both in the release; on request
"""

from __future__ import annotations

import numpy as np

from pz_tsm.mock import close
from pz_tsm.mock.sky import GALAXY, QSO, STAR, Cell, generator, offset

DEEP, WIDE, GRISM, PROB = 0, 1, 2, 3
SURVEYS = ("MOCK-DEEP", "MOCK-WIDE", "MOCK-GRISM", "MOCK-PROB")
KINDS = (
    *("single", "agree", "conflict", "chain", "blend", "star", "qso", "photoz", "sentinel", "repeat"),
    *close.KINDS,
)
# With these, about 5 % of the objects with two secure redshifts have discordant ones, as 8 of 154 have
# in ten public samples (2dFGRS, 2MRS, 3D-HST, 6dFGS, DESI DR1, OzDES, VANDELS, VIMOS/GOODS, VVDS, NED).
SHARE = {
    "agree": 0.13,
    "repeat": 0.06,
    "conflict": 0.01,
    "chain": 0.02,
    "blend": 0.008,
    "star": 0.05,
    "qso": 0.025,
    "photoz": 0.04,
    "sentinel": 0.03,
}  # of all rows
# Share of wrong redshifts by homogenized flag. The VVDS's levels (Le Fevre+2013, A&A 559, A14): 1 is
# right in 50-75 %, 2 in 75-85 %, 3 in about 95 %, 4 in about 100 % of the cases (taken as 99.5 %).
WRONG = (0.9, 0.375, 0.2, 0.05, 0.005)
TYPE_SCATTER = {"s": 2e-4, "g": 1e-3, "p": 0.03}  # of dz / (1 + z); cut at twice this for s and g
PRECISION = (0.05, 0.05, 0.08, 0.06)  # arcsec, per axis, cut at 0.1
SYSTEMATIC_NORTH = (0.0, 0.0, 0.15, 0.0)  # arcsec: the astrometry of MOCK-GRISM is off
ROW = np.dtype(
    [
        ("survey", "i1"),
        ("source", "i8"),
        ("kind", "i1"),
        ("group", "i8"),
        ("quality", "i1"),
        ("type", "U1"),
        ("east", "f8"),
        ("north", "f8"),
        ("wrong", "?"),
        ("secondary", "?"),
        ("ra", "f8"),
        ("dec", "f8"),
        ("z", "f8"),
        ("z_err", "f8"),
    ]
)


def hidden_needed(n_objects: int, n_rows: int, n_close: int = 0) -> int:
    """Galaxies outside the release that a cell needs, so that ``n_rows`` measurements have enough targets."""
    return int(0.03 * n_rows) + 2 + max(0, int(1.3 * n_rows - 0.5 * (n_objects - 2 * n_close)))


def observe(seed: int, cell: Cell, n_rows: int, close_stars: float = 0.0) -> np.ndarray:
    """``n_rows`` measurements (ROW) of the targets in a cell, in random order.

    ``close_stars``: the share of them that are of a star 0.5 arcsec from a galaxy, or of such a galaxy.
    """
    rng = generator(seed, cell.number, 2)
    n_close = min(round(close_stars * n_rows), len(cell.close))
    rows = np.zeros(_room(cell, n_rows - n_close) + n_close, ROW)
    rows["type"], rows["quality"] = "s", 4
    _plan(rng, cell, rows[: len(rows) - n_close])
    close.observe(generator(seed, cell.number, 6), cell, rows[len(rows) - n_close :])
    _measure(rng, cell, rows)
    return rng.permutation(rows)


def _room(cell: Cell, n_rows: int) -> int:
    galaxies = (cell.sources.cls[cell.targets] == GALAXY).sum()
    return min(n_rows, int(galaxies))


def _plan(rng, cell: Cell, rows: np.ndarray) -> None:
    """Fill survey, source, kind, quality and type; groups first, singles with the rows that are left."""
    pools = _pools(rng, cell)
    at = 0
    for kind, members in _groups(rng, cell, len(rows)):
        if kind == "blend":
            source = pools["blend"].pop(0)
            sources = [source, cell.blend_of[source]]
        else:
            sources = [pools[kind if kind in ("star", "qso") else "galaxy"].pop(0)] * members
        part = rows[at : at + members]
        part["source"], part["kind"], part["group"] = sources, KINDS.index(kind), sources[0]
        _FILL[kind](rng, part)
        at += members
    singles = rows[at:]
    singles["source"] = pools["galaxy"][: len(singles)]
    singles["group"] = singles["source"]
    _fill_singles(rng, cell, singles)


def _pools(rng, cell: Cell) -> dict[str, list[int]]:
    """Targets of each sort, bright ones mostly first."""
    sources, targets = cell.sources, cell.targets
    order = targets[np.argsort(sources.i_mag[targets] + rng.normal(0, 1.0, len(targets)), kind="stable")]
    blended = np.isin(order, list(cell.blend_of))
    cls = sources.cls[order]
    galaxies = order[(cls == GALAXY) & ~blended]
    if len(galaxies):  # planted groups take from all magnitudes, not the brightest
        wanted = galaxies[: max(1, int(0.8 * len(galaxies)))]
        galaxies = np.concatenate(
            [rng.permutation(wanted[: len(wanted) // 2]), wanted[len(wanted) // 2 :], galaxies[len(wanted) :]]
        )
    return {
        "galaxy": galaxies.tolist(),
        "blend": order[blended].tolist(),
        "star": order[cls == STAR].tolist(),
        "qso": order[cls == QSO].tolist(),
    }


def _groups(rng, cell: Cell, n_rows: int):
    """(kind, members) of each planted group; never more rows than there are, nor targets than exist."""
    cls = cell.sources.cls[cell.targets]
    blended = np.isin(cell.targets, list(cell.blend_of))
    available = {"star": (cls == STAR).sum(), "qso": (cls == QSO).sum(), "blend": blended.sum()}
    galaxies = ((cls == GALAXY) & ~blended).sum()
    left = min(n_rows, int(galaxies))
    out = []
    for kind, share in SHARE.items():
        mean = {"agree": 2.2, "repeat": 2, "conflict": 2, "chain": 3, "blend": 2}.get(kind, 1)
        count = int(share * n_rows / mean + rng.random())
        for _ in range(min(count, int(available.get(kind, count)))):
            members = int(mean) + (kind == "agree" and rng.random() < 0.2)
            if members <= left:
                out.append((kind, members))
                left -= members
    return out


def _fill_agree(rng, part) -> None:
    if len(part) == 2 and rng.random() < 0.3:  # repeated within one survey
        part["survey"] = rng.choice([DEEP, WIDE, PROB])
        part["secondary"][1] = part["survey"][0] == WIDE
    else:
        part["survey"] = rng.permutation(4)[: len(part)]
    part["quality"] = np.where(part["survey"] == WIDE, 4, rng.choice([3, 4], len(part)))
    grism = part["survey"] == GRISM
    part["type"] = np.where(grism, rng.choice(["s", "g"]), "s")


def _fill_repeat(rng, part) -> None:
    part["survey"] = rng.permutation([DEEP, WIDE, PROB])[: len(part)]
    quality = rng.choice(5, len(part), p=[0.05, 0.1, 0.15, 0.25, 0.45])
    part["quality"] = np.where((part["survey"] == WIDE) & (quality == 3), 4, quality)  # it has no 3
    part["wrong"] = rng.random(len(part)) < np.array(WRONG)[part["quality"]]


def _fill_conflict(rng, part) -> None:
    within = rng.random() < 0.2
    part["survey"] = rng.choice([DEEP, PROB]) if within else rng.permutation(4)[:2]
    part["quality"] = np.where(part["survey"] == WIDE, 4, rng.choice([3, 4], 2))
    part["wrong"][1] = True


def _fill_chain(rng, part) -> None:
    part["survey"] = rng.permutation([DEEP, WIDE, PROB])
    angle = rng.uniform(0, 2 * np.pi)
    along = np.array([-0.6, 0, 0.6])  # arcsec
    part["east"], part["north"] = along * np.cos(angle), along * np.sin(angle)


def _fill_blend(rng, part) -> None:
    part["survey"] = rng.choice([DEEP, WIDE, PROB], 2)


def _fill_star(rng, part) -> None:
    part["survey"] = rng.choice([DEEP, WIDE], p=[0.4, 0.6])


def _fill_qso(rng, part) -> None:
    part["survey"] = rng.choice([DEEP, WIDE], p=[0.3, 0.7])


def _fill_photoz(rng, part) -> None:
    part["survey"] = rng.choice([GRISM, PROB])
    part["type"], part["quality"] = "p", rng.choice([3, 4])


def _fill_sentinel(rng, part) -> None:
    part["survey"] = rng.choice([DEEP, GRISM, PROB])
    part["quality"] = 2 if part["survey"][0] == GRISM and rng.random() < 0.2 else 0
    part["secondary"] = part["survey"][0] == DEEP and rng.random() < 0.3


_FILL = {
    "agree": _fill_agree,
    "repeat": _fill_repeat,
    "conflict": _fill_conflict,
    "chain": _fill_chain,
    "blend": _fill_blend,
    "star": _fill_star,
    "qso": _fill_qso,
    "photoz": _fill_photoz,
    "sentinel": _fill_sentinel,
}


def _fill_singles(rng, cell: Cell, rows: np.ndarray) -> None:
    """The bright half goes mostly to the wide survey; each survey has its own mix of qualities and types."""
    brightness = cell.sources.i_mag[rows["source"]] + rng.normal(0, 0.8, len(rows))
    rank = np.argsort(np.argsort(brightness, kind="stable"))
    place = (rank + rng.random(len(rows))) / max(len(rows), 1)
    rows["survey"] = np.select([place < 0.4, place < 0.6, place < 0.86], [WIDE, PROB, DEEP], GRISM)
    draw, second = rng.random(len(rows)), rng.random(len(rows))
    quality = np.select([draw < 0.08, draw < 0.17, draw < 0.29, draw < 0.52], [0, 1, 2, 3], 4)
    wide = np.select([draw < 0.03, draw < 0.06, draw < 0.1], [0, 1, 2], 4)
    rows["quality"] = np.where(rows["survey"] == WIDE, wide, quality)
    slitless = (rows["survey"] == GRISM) & (second < 0.7) | (rows["survey"] == PROB) & (second < 0.2)
    rows["type"] = np.where(slitless, "g", "s")
    rows["secondary"] = (rows["survey"] == DEEP) & (second < 0.05)
    rows["wrong"] = rng.random(len(rows)) < np.array(WRONG)[rows["quality"]]


def _measure(rng, cell: Cell, rows: np.ndarray) -> None:
    """Positions and redshifts as the surveys give them."""
    n, sources = len(rows), cell.sources
    survey = rows["survey"]
    still = rows["kind"] == KINDS.index("chain")
    sigma = np.where(still, 0.0, np.array(PRECISION)[survey])
    scatter = np.clip(rng.standard_normal((2, n)) * sigma, -0.1, 0.1)
    north = rows["north"] + scatter[1] + np.array(SYSTEMATIC_NORTH)[survey]
    rows["ra"], rows["dec"] = offset(
        sources.ra[rows["source"]], sources.dec[rows["source"]], rows["east"] + scatter[0], north
    )
    true = sources.z[rows["source"]]
    width = np.select(
        [rows["type"] == "p", rows["type"] == "g"], [TYPE_SCATTER["p"], TYPE_SCATTER["g"]], TYPE_SCATTER["s"]
    )
    noise = rng.standard_normal(n)
    noise = np.where(rows["type"] == "p", noise, np.clip(noise, -2, 2))
    shift = rng.uniform(0.03, 0.3, n) * np.where(rng.random(n) < 0.5, -1, 1)
    shift = np.where(true + shift * (1 + true) < 0.02, np.abs(shift), shift)
    rows["z"] = true + (1 + true) * (noise * width + np.where(rows["wrong"], shift, 0.0))
    rows["z"] = np.where(cell.sources.cls[rows["source"]] == STAR, true, np.maximum(rows["z"], 0.003))
    rows["z_err"] = width * (1 + true) * rng.uniform(0.7, 1.3, n)
