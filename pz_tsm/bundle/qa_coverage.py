"""Coverage of the target in a bundle: qa/coverage.json, and a picture of magnitude and colour."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.bundle.qa_files import Numbers
from pz_tsm.bundle.svg import BOTTOM, LEFT, RIGHT, WIDTH, below, escape, framed

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.bundle.verify import VerifyReport

COVERAGE = "qa/coverage.json"
HEIGHT, TOP = 420, 74
COLOURS = {"filled": "#2b6cb0", "sparse": "#e0a526", "empty": "#c2571a"}


def write(out: Path, steps: list[dict[str, Any]]) -> None:
    """Write both files, if a step measured coverage."""
    details = FILES.details(steps)
    if details is not None:
        FILES.write(out, details["coverage"])


def check(folder: Path, table: pa.Table | None, provenance: dict | None, report: VerifyReport) -> None:
    """Q2: qa/coverage.json is what the run recorded, its numbers follow from its cells, its rows are those of
    the part, and the picture is drawn from it."""
    details = FILES.details((provenance or {}).get("activities"))
    recorded = details["coverage"] if details is not None else None
    FILES.check(folder, provenance, recorded, lambda said: said, lambda said: _wrong(said, table), report)


def picture(said: dict[str, Any]) -> str:
    """SVG of the cells of magnitude and colour that the target fills: with training rows, with few, with
    none. ``said``: the content of qa/coverage.json."""
    from pz_tsm.coverage import SPARSE

    grid = said["grid"]
    columns, rows = grid["columns"], grid["rows"]
    wide, high = (WIDTH - LEFT - RIGHT) / columns, (HEIGHT - TOP - BOTTOM) / rows
    state = said["states"]["grid"]
    lines = []
    for place, name in enumerate(COLOURS):
        x = LEFT + 130 * place
        lines.append(
            f'<rect x="{x}" y="50" width="12" height="12" fill="{COLOURS[name]}"/>'
            f'<text x="{x + 18}" y="60">{name}: {state[name]} cells</text>'
        )
    most = max([1, *grid["n_target"]])
    for cell, (theirs, mine) in enumerate(zip(grid["n_target"], grid["n_train"], strict=True)):
        if theirs:
            name = "empty" if not mine else "sparse" if mine < SPARSE else "filled"
            x, y = LEFT + wide * (cell // rows), HEIGHT - BOTTOM - high * (cell % rows + 1)
            lines.append(
                f'<rect x="{x:.2f}" y="{y:.2f}" width="{wide:.2f}" height="{high:.2f}" '
                f'fill="{COLOURS[name]}" fill-opacity="{0.25 + 0.75 * (theirs / most) ** 0.3:.3f}">'
                f"<title>target {theirs}, training {mine}</title></rect>"
            )
    for part in range(5):
        mag = grid["mag_from"] + grid["mag_bin"] * columns * part / 4
        colour = grid["colour_from"] + grid["colour_bin"] * rows * part / 4
        lines.append(
            f'<text x="{LEFT + wide * columns * part / 4:.1f}" y="{HEIGHT - BOTTOM + 16}" '
            f'text-anchor="middle">{mag:.4g}</text>'
            f'<text x="{LEFT - 6}" y="{HEIGHT - BOTTOM - high * rows * part / 4 + 4:.1f}" '
            f'text-anchor="end">{colour:.3g}</text>'
        )
    lines.append(below(HEIGHT, said["features"][0]))
    lines.append(
        f'<text transform="translate(16 {(TOP + HEIGHT - BOTTOM) / 2:.1f}) rotate(-90)" '
        f'text-anchor="middle">{escape(said["features"][1])}</text>'
    )
    text = words(said)
    title = f"Coverage of {said['target']['release']}"
    return framed(HEIGHT, title, text, f"{text.split('. ')[0]}.", lines)


def words(said: dict[str, Any]) -> str:
    """What the picture shows, for who can't see it."""
    empty, sparse = said["frac_target_in_empty_cells"], said["frac_target_in_sparse_cells"]
    text = f"{100 * empty:.1f} % of the target lie in empty cells, {100 * sparse:.1f} % in sparse ones"
    if said["mag_limit_90"] is not None:
        text += f"; supported to {said['mag_limit_90']:.1f} mag"
    return f"{text}. {said['cannot_see']}"


def _wrong(said: dict[str, Any], table: pa.Table | None) -> Iterator[str]:
    from pz_tsm.coverage import FORMAT, SPARSE

    if said["format"] != FORMAT:
        yield f"{COVERAGE} has the format '{said['format']}', not {FORMAT}."
    theirs = sum(one["n_target"] for one in said["cells"])
    if theirs != said["n_target"]:
        yield f"The cells of {COVERAGE} hold {theirs} objects of the target, not {said['n_target']}."
    for name, few in (("empty", lambda n: n == 0), ("sparse", lambda n: 0 < n < SPARSE)):
        share = sum(one["n_target"] for one in said["cells"] if few(one["n_train"])) / max(theirs, 1)
        if abs(share - said[f"frac_target_in_{name}_cells"]) > 1e-5:
            yield f"The share of the target in {name} cells does not follow from the cells of {COVERAGE}."
    if sum(said["grid"]["n_train"]) != said["rows"]:
        yield f"The cells of magnitude and colour in {COVERAGE} don't hold its {said['rows']} rows."
    if table is not None and said.get("part") and "split" in table.column_names:
        counts = {one["values"]: one["counts"] for one in table["split"].value_counts().to_pylist()}
        there = counts.get(said["part"], 0)
        if said["rows"] + said["rows_without_features"] != there:
            yield f"{COVERAGE} counts other rows than the {there} of the part '{said['part']}'."


FILES = Numbers("coverage", "coverage", COVERAGE, "qa/coverage.svg", picture, "Q2", "coverage of the target")
