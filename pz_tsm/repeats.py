"""What repeated measurements say of the flags: how often a redshift with a given flag turns out wrong.

An object measured again by somebody else is the only test of a quality flag that needs no truth table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pz_tsm.errors import TsmError
from pz_tsm.ops.combine.columns import codes, numbers
from pz_tsm.redshifts import TOLERANCE, agree

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

NEEDED = ("group_id", "survey", "redshift", "z_flag_homogenized", "instrument_type")
COPY = 1e-5  # |dz|/(1+z), 3 km/s: closer than two spectra agree; one measurement listed twice


def failure_rates(table: pa.Table, tolerance: Mapping[str, float] = TOLERANCE) -> pa.Table:
    """How often each survey's rows of each flag disagree with a secure spectrum of the same object.

    ``table``: all measurements, homogenized and combined (NEEDED columns). Each row of the result is one
    survey, flag and instrument type: ``compared`` counts its comparisons with rows of flag 4 and type s in
    the same group, ``failed`` those in which |dz|/(1+z) exceeds the larger tolerance of the two types,
    ``copies`` pairs left out because they are closer than two spectra ever agree (a compilation beside its
    source). ``rate`` is failed / compared; ``rate_low`` and ``rate_high`` bound 95 % (Jeffreys interval:
    Brown, Cai and DasGupta 2001, Statistical Science 16, 101). Of two rows with flag 4 that disagree,
    either may be wrong: each is charged a half. Raises TsmError when the table has not been combined.
    """
    import numpy as np
    import pyarrow as pa
    from scipy.special import betaincinv

    missing = [name for name in NEEDED if name not in table.column_names]
    if missing:
        raise TsmError(
            f"The table has no column '{missing[0]}': repeats are known once it is combined.",
            remedy="Homogenize the catalogues and combine them first.",
            where=missing[0],
        )
    code, names = _kinds(table)
    z, flag = numbers(table, "redshift"), numbers(table, "z_flag_homogenized")
    kind = np.asarray(table["instrument_type"].fill_null("").to_numpy(zero_copy_only=False), dtype="U1")
    limit = np.select([kind == one for one in tolerance], list(tolerance.values()), tolerance["s"])
    judge = (flag == 4) & (kind == "s") & np.isfinite(z)
    compared, failed, copies = (np.zeros(len(names)) for _ in range(3))
    for a, b in _pairs(table["group_id"].to_numpy()):
        known = np.isfinite(z[a]) & np.isfinite(z[b])
        copy = agree(z[a], z[b], COPY)
        bad = known & ~agree(z[a], z[b], np.maximum(limit[a], limit[b]))
        for mine, other in ((a, b), (b, a)):
            use = judge[other] & known & (code[mine] >= 0)
            share = np.where(judge[mine], 0.5, 1.0)
            fair = use & ~copy
            compared += np.bincount(code[mine[fair]], minlength=len(names))
            failed += np.bincount(code[mine[fair]], (bad * share)[fair], minlength=len(names))
            copies += np.bincount(code[mine[use & copy]], minlength=len(names))
    keep = compared + copies > 0
    n, k = compared[keep], failed[keep]
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = k / n
    low, high = (betaincinv(k + 0.5, n - k + 0.5, part) for part in (0.025, 0.975))
    kept = [name for name, there in zip(names, keep, strict=True) if there]
    return pa.table(
        {
            "survey": [one[0] for one in kept],
            "z_flag_homogenized": pa.array([one[1] for one in kept], pa.int8()),
            "instrument_type": [one[2] for one in kept],
            "compared": n.astype(np.int64),
            "failed": k,
            "copies": copies[keep].astype(np.int64),
            "rate": pa.array(rate, mask=n == 0),
            "rate_low": pa.array(np.where(k > 0, low, 0.0), mask=n == 0),
            "rate_high": pa.array(np.where(k < n, high, 1.0), mask=n == 0),
        }
    )


def _kinds(table: pa.Table) -> tuple[np.ndarray, list[tuple[str, int, str | None]]]:
    """Each row's place among the (survey, flag, type) that occur, in order; -1 without one."""
    import numpy as np

    surveys, survey = codes(table, "survey")
    kinds, kind = codes(table, "instrument_type")
    flag = numbers(table, "z_flag_homogenized")
    known = (survey >= 0) & np.isfinite(flag)
    whole = np.where(known, flag, 0).astype(np.int64)
    key = np.where(known, (survey * 10 + whole) * (len(kinds) + 1) + kind + 1, -1)
    found, inverse = np.unique(key, return_inverse=True)  # in the order of survey, flag, type
    unknown = int(len(found) > 0 and found[0] < 0)
    names = []
    for one in found[unknown:].tolist():
        rest, place = divmod(one, len(kinds) + 1)
        names.append((surveys[rest // 10], rest % 10, kinds[place - 1] if place else None))
    return inverse - unknown, names


def _pairs(group: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """All pairs of rows of one group, as index arrays; each pair once."""
    import numpy as np

    order = np.argsort(group, kind="stable")
    ordered = group[order]
    apart = 1
    while apart < len(order):
        same = np.flatnonzero(ordered[apart:] == ordered[:-apart])
        if not len(same):
            return
        yield order[same], order[same + apart]
        apart += 1
