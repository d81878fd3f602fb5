"""The quality of the match in a bundle: qa/match.json, and a picture of its separations."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.bundle.qa_files import Numbers
from pz_tsm.bundle.qa_picture import picture

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.bundle.verify import VerifyReport

FORMAT = "tsm-qa-match/1"
MATCH = "qa/match.json"
FILES = Numbers("match", "quality", MATCH, "qa/match.svg", picture, "Q1", "quality of the match")
ROUND = 1e-6


def write(out: Path, steps: list[dict[str, Any]]) -> None:
    """Write both files, if a step matched and measured itself."""
    details = FILES.details(steps)
    if details is None:
        return
    said = {key: details.get(key) for key in ("release", "profile_sha256", "select", "quality")}
    FILES.write(out, {"format": FORMAT, **said})


def check(folder: Path, table: pa.Table | None, provenance: dict | None, report: VerifyReport) -> None:
    """Q1: qa/match.json is what the run recorded, its numbers follow from each other, the table's
    separations are among those it counts, and the picture is drawn from it."""
    details = (provenance or {}).get("match")
    recorded = details.get("quality") if isinstance(details, dict) else None
    FILES.check(
        folder, provenance, recorded, lambda said: said["quality"], lambda said: _wrong(said, table), report
    )


def _wrong(said: dict[str, Any], table: pa.Table | None) -> list[str]:
    found = []
    quality = said["quality"]
    if said.get("format") != FORMAT:
        found.append(f"{MATCH} has the format '{said.get('format')}', not {FORMAT}.")
    null = quality["null"]
    radius, density = quality["radius_arcsec"], null["density_arcsec2"]
    if null["positions"] and abs(null["rate"] - null["hits"] / null["positions"]) > ROUND:
        found.append(f"The chance rate in {MATCH} is not its hits over its positions.")
    if abs(null["expected_rate"] - (1 - math.exp(-math.pi * radius**2 * density))) > 10 * ROUND:
        found.append(f"The expected chance rate in {MATCH} does not follow from its density.")
    counts = quality["histogram"]["counts"]
    if sum(counts) > quality["rows"] or quality["matched"] > sum(counts):
        found.append(f"The separations counted in {MATCH} do not add up to its rows.")
    if table is not None and said.get("select") == "nearest":
        found += _beyond(table, quality["histogram"])
    return found


def _beyond(table: pa.Table, histogram: dict[str, Any]) -> list[str]:
    """The table's rows are some of those that were counted: no bin may hold more of them."""
    import numpy as np

    if "match_dist" not in table.column_names:
        return [f"{MATCH} is there, but the table was not matched."]
    near = table["match_dist"].drop_null().to_numpy().astype(np.float32).astype(float)
    edges = np.round(histogram["bin_arcsec"] * np.arange(len(histogram["counts"]) + 1), 6)
    mine, _ = np.histogram(near, bins=edges)
    if (mine > np.array(histogram["counts"])).any() or (near > edges[-1]).any():
        return [f"The table has separations that {MATCH} does not count."]
    return []
