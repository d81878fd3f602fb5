"""What a match tells: details, findings, and the error of catalogues that don't overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Finding
from pz_tsm.ops.fixes import set_here

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pz_tsm.ops.base import Report
    from pz_tsm.releases import Release

SAME_OBJECT = "another row of the same object won"
BLEND = "blend: redshifts of one object disagree"


def describe(report, params, pairs, count, judged, looked_at, inside, matched) -> None:
    """Details and findings of the report."""
    details = report.details
    details.update(
        looked_at=looked_at,
        matched=int(matched.sum()),
        pairs=len(pairs),
        ambiguous=int((count > 1).sum()),
        shared_objects=len(judged.objects),
    )
    if judged.objects:
        details["shared"] = judged.objects[:1000]
    if len(pairs):
        p50, p95 = np.percentile(pairs.sep, [50, 95])
        details.update(distance_p50=float(p50), distance_p95=float(p95))
    losers, blends = int(judged.loser.sum()), int(judged.blend.sum())
    if losers:
        report.set_aside[SAME_OBJECT] = losers
    if blends:
        report.set_aside[BLEND] = blends
    blended = [one for one in judged.objects if one["verdict"] == "blend"]
    disagree = [one["objectId"] for one in blended]
    if disagree:
        fate = "set aside" if blends else "kept"
        other = (
            set_here(["blends"], "keep", "Keep their rows")
            if blends
            else set_here(["blends"], "set_aside", "Set their rows aside")
        )
        report.findings.append(
            Finding(
                "warning",
                f"Of {len(disagree)} object{'s' * (len(disagree) != 1)} the redshifts disagree; "
                f"their rows are {fate}: "
                f"{', '.join(disagree[:7])}{f' and {len(disagree) - 7} more' if len(disagree) > 7 else ''}.",
                remedy="Look at them: they may be blends, or one of the redshifts is wrong.",
                where="objectId",
                count=len(disagree),
                code="blends",
                examples=[_shared(one) for one in blended[:5]],
                fixes=[other],
            )
        )
    if (count > 1).any():
        report.findings.append(
            Finding(
                "note",
                f"{int((count > 1).sum())} rows have more than one object within {params.radius_arcsec} "
                f"arcsec.",
                where="match_n",
                count=int((count > 1).sum()),
            )
        )
    if not matched.any():
        report.findings.append(
            Finding(
                "warning",
                f"None of {looked_at} positions has an object within {params.radius_arcsec} arcsec, though "
                f"{int(inside.sum())} lie in the footprint.",
                remedy="Check the positions' frame and units.",
            )
        )


def _shared(one: Mapping[str, Any]) -> dict[str, Any]:
    """An object with several redshifts, as an example of a finding."""
    redshifts = [f"{z:.4f}" if z is not None else "none" for z in one["redshifts"]]
    return {
        "objectId": str(one["objectId"]),
        "redshifts": ", ".join(redshifts),
        "rows": ", ".join(str(row) for row in one["rows"]),
    }


def tell_assumed(report: Report, release: Release) -> None:
    """Warn where nobody says which release the objects are of."""
    if release.assumed:
        report.findings.append(
            Finding(
                "warning",
                f"Nobody says which release '{release.path.name}' is: its extinction coefficients (those of "
                "DP1) and its access are assumed.",
                remedy="Name the profile: release: {hats: FOLDER, profile: dp1}.",
                where="release",
            )
        )


def tell_lost(report, candidates, took, row_ids, winners, z) -> None:
    """Rows whose object went to a closer one: a list, and how many of them disagree with it.

    ``winners``: row_id of the closer row, one for each lost row; ``row_ids`` and ``z`` have one entry a row.
    """
    if not len(took.lost):
        return
    tolerance = max(report.details["delta_z"].values())
    place = {int(one): at for at, one in enumerate(row_ids)}
    theirs = np.array([z[place[winner]] if winner in place else np.nan for winner in winners])
    mine = z[took.lost]
    apart = np.abs(mine - theirs) > tolerance * (1 + (mine + theirs) / 2)
    report.details["lost"] = [
        {
            "row_id": str(row_ids[row]),
            "to": str(winner),
            "objectId": str(candidates.object_id[at]),
            "separation": round(float(candidates.sep[at]), 4),
            "redshifts": [float(one) if np.isfinite(one) else None for one in (z[row], other)],
        }
        for row, winner, at, other in zip(took.lost[:200], winners, took.lost_to, theirs, strict=False)
    ]
    report.details["lost_discordant"] = int(apart.sum())
    if apart.any():
        report.findings.append(
            Finding(
                "warning",
                f"Of {len(apart)} rows that lost their object to a closer one, {int(apart.sum())} have "
                "another redshift than that: these objects may be blends.",
                remedy="select: nearest sets blends aside.",
                where="objectId",
                count=int(apart.sum()),
                code="lost-discordant",
                fixes=[set_here(["select"], "nearest", "Take the nearest object instead")],
            )
        )


def no_overlap(release, catalogue, ra, dec) -> TsmError:
    parts = catalogue.partitions
    known = release.profile.footprint or f"{len(parts)} HEALPix partitions"
    return TsmError(
        f"None of the {len(ra)} positions lies in the footprint of the release '{release.name}' "
        f"({known}). The "
        f"positions span right ascension {ra.min():.3f} to {ra.max():.3f} and declination {dec.min():.3f} to "
        f"{dec.max():.3f} degrees.",
        remedy="Choose a release that covers these catalogues, or check that their positions are in "
        "degrees (ICRS).",
        where=release.name,
    )
