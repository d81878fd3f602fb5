"""Coverage of the target in a bundle: qa/coverage.json, and a picture of magnitude and colour."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.bundle.verify import VerifyReport

COVERAGE = "qa/coverage.json"
PICTURE = "qa/coverage.svg"
WIDTH, HEIGHT = 640, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 74, 52
COLOURS = {"filled": "#2b6cb0", "sparse": "#e0a526", "empty": "#c2571a"}
INK = "#222222"


def write(out: Path, steps: list[dict[str, Any]]) -> list[str]:
    """Write both files, if a step measured coverage; the paths written."""
    said = _of(steps)
    if said is None:
        return []
    (out / "qa").mkdir(parents=True, exist_ok=True)
    text = json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (out / COVERAGE).write_text(text, encoding="utf-8", newline="\n")
    (out / PICTURE).write_text(picture(said), encoding="utf-8", newline="\n")
    return [COVERAGE, PICTURE]


def check(folder: Path, table: pa.Table | None, report: VerifyReport) -> None:
    """Q2: the numbers of qa/coverage.json follow from its cells, its rows are those of the part, and the
    picture is drawn from it."""
    if not (folder / COVERAGE).is_file():
        return
    try:
        said = json.loads((folder / COVERAGE).read_text(encoding="utf-8"))
        problems = list(_wrong(said, table))
        drawn = (folder / PICTURE).is_file() and (folder / PICTURE).read_text(encoding="utf-8")
        if drawn != picture(said):
            problems.append(f"The picture {PICTURE} does not show what {COVERAGE} says.")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        report.problem("Q2", f"{COVERAGE} can't be read: {type(error).__name__} {error}.", COVERAGE)
        return
    for problem in problems:
        report.problem("Q2", problem, COVERAGE)
    report.checked.append("coverage of the target")


def picture(said: dict[str, Any]) -> str:
    """SVG of the cells of magnitude and colour that the target fills: with training rows, with few, with
    none. ``said``: the content of qa/coverage.json."""
    grid = said["grid"]
    columns, rows = grid["columns"], grid["rows"]
    wide, high = (WIDTH - LEFT - RIGHT) / columns, (HEIGHT - TOP - BOTTOM) / rows
    state = said["states"]["grid"]
    title = f"Coverage of {said['target']['release']}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" aria-labelledby="title text" font-family="sans-serif" '
        f'font-size="12" fill="{INK}">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="text">{escape(words(said))}</desc>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22" font-size="14" font-weight="bold">{escape(title)}</text>',
        f'<text x="{LEFT}" y="40">{escape(words(said).split(". ")[0])}.</text>',
    ]
    for place, name in enumerate(COLOURS):
        x = LEFT + 130 * place
        lines.append(
            f'<rect x="{x}" y="50" width="12" height="12" fill="{COLOURS[name]}"/>'
            f'<text x="{x + 18}" y="60">{name}: {state[name]} cells</text>'
        )
    most = max([1, *grid["n_target"]])
    for cell, (theirs, mine) in enumerate(zip(grid["n_target"], grid["n_train"], strict=True)):
        if theirs:
            name = "empty" if not mine else "sparse" if mine < 5 else "filled"
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
    lines.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.1f}" y="{HEIGHT - 14}" text-anchor="middle">'
        f"{escape(said['features'][0])}</text>"
        f'<text transform="translate(16 {(TOP + HEIGHT - BOTTOM) / 2:.1f}) rotate(-90)" '
        f'text-anchor="middle">{escape(said["features"][1])}</text>'
    )
    return "\n".join([*lines, "</svg>"]) + "\n"


def words(said: dict[str, Any]) -> str:
    """What the picture shows, for who can't see it."""
    empty, sparse = said["frac_target_in_empty_cells"], said["frac_target_in_sparse_cells"]
    text = f"{100 * empty:.1f} % of the target lie in empty cells, {100 * sparse:.1f} % in sparse ones"
    if said["mag_limit_90"] is not None:
        text += f"; supported to {said['mag_limit_90']:.1f} mag"
    return f"{text}. {said['cannot_see']}"


def _of(steps: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What the last step that measured coverage found."""
    found = (one.get("details") or {} for one in reversed(steps) if one.get("op") == "coverage")
    return next((one["coverage"] for one in found if one.get("coverage")), None)


def _wrong(said: dict[str, Any], table: pa.Table | None):  # noqa: ANN202
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
        there = sum(one == said["part"] for one in table["split"].to_pylist())
        if said["rows"] + said["rows_without_features"] != there:
            yield f"{COVERAGE} counts other rows than the {there} of the part '{said['part']}'."
