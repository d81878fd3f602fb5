"""The rules of a training set's values (E3, E4, E6, E7 and W1-W4 of the format), each a function of the
table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from pz_tsm.bundle import columns

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.bundle.verify import VerifyReport

SENTINELS = (-99.0, 99.0, -9.99, -9.9999, 9.9999, -999.0, 999.0)
FLAGS = (0, 1, 2, 3, 4, 6)
NEAR_TEN = 0.02  # +-9.99 and +-9.9999 are not further from it
BLOCK = 1 << 14
TYPES = ("s", "g", "p")
ONE_SURVEY = 0.6  # from this share of the training part on, one survey decides what is learned
GRIZ, ALL_SIX = 0b011110, 0b111111  # of bands_observed: bit 0 = u ... bit 5 = y


def check(
    table: pa.Table, homogenized: bool, report: VerifyReport, counts: Mapping[str, tuple[int, int]]
) -> None:
    """All of them. ``homogenized``: a step says what the instrument types mean; ``counts``: ``odd_numbers``
    of each column, also of those that ``table`` lacks."""
    best = best_rows(table)
    _redshifts(table, best, report)
    flags = _flags(table, homogenized, report)
    _numbers(counts, report)
    _photometric(table, best, flags, report)
    _ambiguous(table, best, report)
    _one_survey(table, best, report)
    _mixed_bands(table, best, report)
    report.checked.append("redshifts, flags, types, sentinels, magnitudes, surveys, bands")


def best_rows(table: pa.Table) -> np.ndarray:
    """True for the rows that stand for a galaxy; for all of them if nobody chose."""
    import pyarrow.compute as pc

    if "is_best" not in table.column_names:
        return np.ones(table.num_rows, dtype=bool)
    return pc.fill_null(table["is_best"], False).to_numpy()


def _redshifts(table: pa.Table, best: np.ndarray, report: VerifyReport) -> None:
    """E3: redshifts of training rows are finite and within -0.005 and 15; near zero they are of stars."""
    z = _floats(table, "redshift")
    if z is None:
        return
    bad = best & ~(np.isfinite(z) & (z > -0.005) & (z < 15))
    if bad.any():  # without a split nobody says that the rows are for training
        tell = report.problem if "split" in table.column_names else report.warning
        tell("E3", f"{int(bad.sum())} training rows have no redshift between -0.005 and 15.", "redshift")
    tiny = best & (np.abs(z) < 0.001) & (z != 0) & ~_equal(table, "spec_class", "STAR")
    if tiny.any():
        report.warning(
            "E3",
            f"{int(tiny.sum())} training rows that are no stars by class have a redshift within 0.001 of "
            "zero.",
            "redshift",
        )


def _flags(table: pa.Table, homogenized: bool, report: VerifyReport) -> np.ndarray | None:
    """E4: homogenized flags and instrument types are of their scales."""
    flags = _floats(table, "z_flag_homogenized")
    if flags is not None:
        wrong = np.isfinite(flags) & ~np.isin(flags, FLAGS)
        if wrong.any():
            report.problem(
                "E4", f"{int(wrong.sum())} homogenized flags are none of {FLAGS}.", "z_flag_homogenized"
            )
    if homogenized and "instrument_type" in table.column_names:
        kinds = set(table["instrument_type"].unique().to_pylist()) - {None, *TYPES}
        if kinds:
            report.problem(
                "E4",
                f"Instrument types other than s, g, p: {', '.join(sorted(map(str, kinds)))}.",
                "instrument_type",
            )
    return flags


def odd_numbers(field: pa.Field, column: pa.ChunkedArray) -> tuple[int, int]:
    """How many values of a column stand for none, and how many are no magnitudes though they should be."""
    import pyarrow.types as pt

    name = field.name
    if not pt.is_floating(field.type) or name.endswith(("Flux", "FluxErr", "_snr")):
        return 0, 0
    if name in ("ra", "specz_ra"):
        return 0, 0
    sentinels = odd = 0
    for found in _pieces(column):
        sentinels += _sentinels(found, name)
        if name.endswith("Mag"):
            odd += int((np.isfinite(found) & ((found < 5) | (found > 40))).sum())
    return sentinels, odd


def _numbers(counts: Mapping[str, tuple[int, int]], report: VerifyReport) -> None:
    """E6: no number stands for none; E7 (warning): magnitudes lie within 5 and 40."""
    for name, (sentinels, odd) in counts.items():
        if sentinels:  # a survey's own columns stay verbatim
            tell = report.problem if columns.known(name) else report.warning
            tell(
                "E6",
                f"The column '{name}' has {sentinels} values such as -99 or 9.9999 that stand for none.",
                name,
            )
        if odd:
            report.warning("E7", f"{odd} magnitudes '{name}' lie outside 5 to 40.", name)


def _photometric(table: pa.Table, best: np.ndarray, flags: np.ndarray | None, report: VerifyReport) -> None:
    """W1: photometric redshifts behind good flags."""
    if flags is None:
        return
    photo = best & _equal(table, "instrument_type", "p") & (flags >= 3) & (flags <= 4)
    if photo.any():
        report.warning(
            "W1",
            f"{_of(photo, best)} training rows are photometric redshifts with flag 3 or 4.",
            "instrument_type",
        )


def _ambiguous(table: pa.Table, best: np.ndarray, report: VerifyReport) -> None:
    """W2: positions with more than one object within the radius."""
    number = _floats(table, "match_n")
    if number is not None and (best & (number > 1)).any():
        report.warning(
            "W2",
            f"{_of(best & (number > 1), best)} training rows have several objects within the radius.",
            "match_n",
        )


def _one_survey(table: pa.Table, best: np.ndarray, report: VerifyReport) -> None:
    """W3: one survey, with its own selection, gives most of what is trained on."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if "survey" not in table.column_names:
        return
    rows = best & _equal(table, "split", "train") if "split" in table.column_names else best
    names = table["survey"].filter(pa.array(rows)).cast(pa.string())
    counts = {one["values"]: one["counts"] for one in pc.value_counts(names.combine_chunks()).to_pylist()}
    if len(counts) < 2:  # a training set of one survey says so in its name and its README
        return
    name = max(counts, key=lambda one: counts[one])
    if counts[name] > ONE_SURVEY * len(names):
        where = "of the part 'train'" if "split" in table.column_names else "of the training rows"
        report.warning(
            "W3",
            f"{name} gives {100 * counts[name] / len(names):.0f} % {where}: its selection decides what is "
            "learned (a step `cap` limits it).",
            "survey",
        )


def _mixed_bands(table: pa.Table, best: np.ndarray, report: VerifyReport) -> None:
    """W4: rows observed in all six bands beside rows in griz only."""
    found = _floats(table, "bands_observed")
    if found is None or not _six(table):
        return
    mask = np.where(np.isfinite(found), found, 0).astype(np.int64)
    six, four = best & (mask == ALL_SIX), best & (mask == GRIZ)
    if six.any() and four.any():
        report.warning(
            "W4",
            f"{int(six.sum())} training rows are observed in six bands and {int(four.sum())} in g, r, i, z "
            "only; few estimators take both.",
            "bands_observed",
        )


def _six(table: pa.Table) -> bool:
    """Whether the bits of the masks are those of ugrizy."""
    text = (table.schema.metadata or {}).get(b"tsm:release")
    profile = json.loads(text).get("profile_data", {}) if text else {}
    return list(profile.get("bands", "ugrizy")) == list("ugrizy")


def _of(some: np.ndarray, best: np.ndarray) -> str:
    """Number and share, as '12 (3.0 %)'."""
    return f"{int(some.sum())} ({100 * some.sum() / max(1, best.sum()):.1f} %)"


def _equal(table: pa.Table, name: str, value: Any) -> np.ndarray:
    import pyarrow as pa
    import pyarrow.compute as pc

    if name not in table.column_names:
        return np.zeros(table.num_rows, dtype=bool)
    same = pc.equal(table[name].cast(pa.string()), value)
    return pc.fill_null(same, False).to_numpy()


def _floats(table: pa.Table, name: str) -> np.ndarray | None:
    import pyarrow as pa
    import pyarrow.types as pt

    if name not in table.column_names:
        return None
    kind = table.schema.field(name).type
    if not (pt.is_floating(kind) or pt.is_integer(kind)):
        return None
    return table[name].cast(pa.float64()).to_numpy(zero_copy_only=False)


def _pieces(column: pa.ChunkedArray) -> Iterator[np.ndarray]:
    """A column of numbers as float64, some thousand values at a time, which stay in the processor's cache."""
    import pyarrow as pa

    for chunk in column.chunks:
        found = chunk.cast(pa.float64()).to_numpy(zero_copy_only=False)
        for start in range(0, len(found), BLOCK):
            yield found[start : start + BLOCK]


def _sentinels(found: np.ndarray, name: str) -> int:
    """How many values stand for none: numbers that no such quantity takes by chance."""
    if name in ("dec", "specz_dec"):
        return int(np.isin(found, (-99.0, 99.0, -999.0, 999.0)).sum())
    size = np.abs(found)  # most columns have nothing near 10, 99 or 999
    far = np.fmax.reduce(size, initial=0.0) < 98
    if far and not (np.fmin.reduce(np.abs(size - 10), initial=np.inf) < NEAR_TEN):
        return 0
    values = {*SENTINELS, *(float(np.float32(value)) for value in SENTINELS)}
    return int(np.isin(found, list(values)).sum())
