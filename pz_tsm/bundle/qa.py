"""The quality of the match in a bundle: qa/match.json, and a picture of its separations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.bundle.verify import VerifyReport

FORMAT = "tsm-qa-match/1"
MATCH = "qa/match.json"
PICTURE = "qa/match.svg"
ROUND = 1e-6


def write(out: Path, steps: list[dict[str, Any]]) -> list[str]:
    """Write both files, if a step matched and measured itself; the paths written."""
    from pz_tsm.bundle.qa_picture import picture

    details = _of(steps)
    if details is None:
        return []
    said = {
        "format": FORMAT,
        "release": details.get("release"),
        "profile_sha256": details.get("profile_sha256"),
        "select": details.get("select"),
        "quality": details["quality"],
    }
    (out / "qa").mkdir(parents=True, exist_ok=True)
    text = json.dumps(said, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    (out / MATCH).write_text(text, encoding="utf-8", newline="\n")
    (out / PICTURE).write_text(picture(said), encoding="utf-8", newline="\n")
    return [MATCH, PICTURE]


def check(folder: Path, table: pa.Table | None, provenance: dict | None, report: VerifyReport) -> None:
    """Q1: qa/match.json is what the run recorded, its numbers follow from each other, the table's
    separations are among those it counts, and the picture is drawn from it."""
    details = (provenance or {}).get("match")
    recorded = details.get("quality") if isinstance(details, dict) else None
    if not (folder / MATCH).is_file():
        if recorded is not None:
            report.problem("Q1", f"The file {MATCH} is missing; the run recorded a match.", MATCH)
        return
    try:
        said = json.loads((folder / MATCH).read_text(encoding="utf-8"))
        problems = _wrong(said, recorded if provenance is not None else said.get("quality"), table)
        drawn = _drawn(folder, said)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        report.problem("Q1", f"{MATCH} can't be read: {type(error).__name__} {error}.", MATCH)
        return
    for problem in problems:
        report.problem("Q1", problem, MATCH)
    if drawn:
        report.problem("Q1", drawn, PICTURE)
    report.checked.append("quality of the match")


def _of(steps: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Details of the last step that matched and says how well."""
    found = (one.get("details") or {} for one in reversed(steps) if one.get("op") == "match")
    details = next(found, None)
    return details if details and details.get("quality") else None


def _wrong(said: dict[str, Any], recorded: Any, table: pa.Table | None) -> list[str]:
    import math

    found = []
    quality = said["quality"]
    if said.get("format") != FORMAT:
        found.append(f"{MATCH} has the format '{said.get('format')}', not {FORMAT}.")
    if recorded is None or json.dumps(recorded, sort_keys=True) != json.dumps(quality, sort_keys=True):
        found.append(f"{MATCH} is not what provenance.json records of the match.")
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


def _drawn(folder: Path, said: dict[str, Any]) -> str | None:
    from pz_tsm.bundle.qa_picture import picture

    path = folder / PICTURE
    if not path.is_file():
        return f"The file {PICTURE} is missing."
    if path.read_text(encoding="utf-8") != picture(said):
        return f"The picture {PICTURE} does not show what {MATCH} says."
    return None
