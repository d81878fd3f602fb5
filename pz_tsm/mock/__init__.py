"""The mock sky: survey-like redshift catalogues, an LSST-like release in HATS, and the truth beside them.

It is what a newcomer, a test and a benchmark start from without data rights. Everything it makes is named
mock. The same seed and sizes give the same bytes.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pz_tsm.errors import TsmError

FILES = ("mock_deep.parquet", "mock_wide.fits", "mock_grism.csv", "mock_prob.hdf5")
CELL_OBJECTS = 1500  # in a cell of 0.0525 square degrees; the field grows with the numbers asked for
MAX_PARTITION_ROWS = 300_000
TARGET_OBJECTS = 50_000  # drawn before the cut
TARGET_CUT = "i_snr >= 10"


def make(
    out: str | Path,
    rows: int = 20_000,
    objects: int = 60_000,
    seed: int = 1,
    progress: Callable[[float, str], None] | None = None,
    *,
    close_stars: float = 0.0,
) -> dict[str, Any]:
    """Write a mock sky into the folder ``out``, with a target sample, and return what was written.

    ``rows``: redshift measurements in the four survey files together; ``objects``: rows of the release;
    ``close_stars``: the share of the measurements (0 to 0.3) that are of a star 0.5 arcsec from a galaxy, or
    of such a galaxy: ``kind`` and ``neighbour_objectId`` of truth.parquet say which. Memory is bounded by a
    partition whatever the numbers. An earlier mock sky in ``out`` is replaced.

    Returns ``{"out", "recipe", "release", "truth", "target", "rows": {file: rows}, "objects", "partitions",
    "seed"}``.
    Raises TsmError for numbers that make no sky and for a folder that can't be written.
    """
    out = Path(out)
    _check(out, rows, objects, close_stars)
    counts, wanted = _cells(rows, objects)
    return _write(out, counts, wanted, seed, close_stars, progress or (lambda fraction, message: None))


def _check(out: Path, rows: int, objects: int, close_stars: float) -> None:
    from pz_tsm.mock.close import MAX_SHARE

    if rows < 100 or objects < 100:
        raise TsmError(
            f"A mock sky needs at least 100 rows and 100 objects (asked for: {rows} and {objects}).",
            where="rows" if rows < 100 else "objects",
        )
    if not 0 <= close_stars <= MAX_SHARE:
        raise TsmError(
            f"At most {MAX_SHARE:.0%} of the rows can be of close stars (asked for: {close_stars:g}).",
            remedy=f"Give a share between 0 and {MAX_SHARE:g}.",
            where="close_stars",
        )
    release = out / "mock_release"
    if release.exists() and "mock" not in _text(release / "collection.properties"):
        raise TsmError(
            f"'{release}' exists and is no mock release.", remedy="Choose another folder.", where=str(out)
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TsmError(
            f"Can't write into '{out}': {error.strerror}.", remedy="Name another folder.", where=str(out)
        ) from None


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _cells(rows: int, objects: int) -> tuple[dict[int, int], dict[int, int]]:
    """Cell -> objects, and cell -> survey rows."""
    from pz_tsm.mock.sky import choose_cells

    count = max(6, round(objects / CELL_OBJECTS), round(rows / CELL_OBJECTS))
    cells = [int(cell) for field in choose_cells(count) for cell in field]

    def shares(total: int) -> dict[int, int]:
        return {cell: total * (k + 1) // len(cells) - total * k // len(cells) for k, cell in enumerate(cells)}

    return shares(objects), shares(rows)


def _write(
    out: Path, counts: dict[int, int], wanted: dict[int, int], seed: int, close_stars: float, progress
) -> dict[str, Any]:
    from pz_tsm import target
    from pz_tsm.mock import close, files, recipe, release, sky, surveys, tables

    degrees = {
        "ALPHA": "deg",
        "DELTA": "deg",
        "TARGET_RA": "deg",
        "TARGET_DEC": "deg",
        "ra_deg": "deg",
        "dec_deg": "deg",
        "MAGI": "mag",
    }
    numbers = {"RAJ2000": ".7f", "DEJ2000": ".7f", "z_best": ".5f", "z_err": ".5f"}
    deep, wide, grism, prob = (out / name for name in FILES)
    writers: list[files.Writer] = [
        files.ParquetWriter(deep, degrees),
        files.FitsWriter(wide, degrees),
        files.CsvWriter(grism, numbers),
        files.Hdf5Writer(prob, degrees),
    ]
    truth = files.ParquetWriter(out / "truth.parquet", {})
    total = sum(counts.values())
    plan = release.partitions(counts, min(max(total // 5, max(counts.values())), MAX_PARTITION_ROWS))
    objects = release.ReleaseWriter(out / "mock_release", plan)
    waiting, behind = [], 0
    for k, (pixel, cells) in enumerate(plan.items(), 1):
        pieces = []
        for number in cells:
            n_rows = wanted[number] + behind
            n_close = close.needed(counts[number], n_rows, close_stars)
            n_hidden = surveys.hidden_needed(counts[number], n_rows, n_close)
            cell = sky.make_cell(seed, number, counts[number], n_hidden, n_close)
            rows = surveys.observe(seed, cell, n_rows, close_stars)
            behind = n_rows - len(rows)  # a crowded cell leaves a few rows to the next
            done = [writer.rows for writer in writers]
            survey_columns = tables.survey_tables(seed, cell, rows, done)
            waiting.append(tables.truth_table(cell, rows, survey_columns, done))
            for writer, columns in zip(writers, survey_columns, strict=True):
                writer.add(columns)
            pieces.append(cell.objects)
        objects.add(pixel, pieces)
        if sum(part.num_rows for part in waiting) >= files.FLUSH_ROWS or k == len(plan):
            _flush_truth(truth, waiting)
        progress(k / len(plan), f"partition {k} of {len(plan)}")
    for writer in (*writers, truth, objects):
        writer.close()
    target.draw(
        {"hats": str(objects.path.resolve()), "profile": "mock"},
        out / "target.parquet",
        objects=TARGET_OBJECTS,
        columns=["gaap1p0"],
        where=TARGET_CUT,
        photometry={"to": "mag", "deredden": "sfd"},
        seed=seed,
    )
    path = out / "mock.tsm.yaml"
    path.write_text(recipe.RECIPE, encoding="utf-8")
    return {
        "out": str(out),
        "recipe": str(path),
        "release": str(objects.path),
        "truth": str(out / "truth.parquet"),
        "target": str(out / "target.parquet"),
        "rows": {name: writer.rows for name, writer in zip(FILES, writers, strict=True)},
        "objects": objects.rows,
        "partitions": len(plan),
        "seed": seed,
    }


def _flush_truth(truth, waiting: list) -> None:
    import pyarrow as pa

    truth.write_table(pa.concat_tables(waiting).combine_chunks())
    waiting.clear()


def main(args: list[str] | None = None) -> int:
    """``pz-tsm mock OUT [--rows N] [--objects N] [--seed N]``."""
    import argparse

    parser = argparse.ArgumentParser(
        prog="pz-tsm mock", description="Make a mock sky and a recipe that uses it."
    )
    parser.add_argument("out", metavar="OUT", help="folder to write into")
    parser.add_argument(
        "--rows", type=int, default=20_000, help="redshift measurements (default: %(default)s)"
    )
    parser.add_argument(
        "--objects", type=int, default=60_000, help="rows of the release (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same bytes (default: 1)")
    parser.add_argument(
        "--close-stars", type=float, default=0.0, metavar="SHARE", help="share of close stars and galaxies"
    )
    options = parser.parse_args(args)
    made = make(options.out, options.rows, options.objects, options.seed, close_stars=options.close_stars)
    for name, n in made["rows"].items():
        print(f"{name}: {n} rows")
    print(f"mock_release: {made['objects']} objects in {made['partitions']} partitions")
    print(f"Now try: pz-tsm run {made['recipe']} -o {Path(made['out']) / 'out'}")
    return 0


class _Callable(types.ModuleType):
    """``pz_tsm.mock("sky")`` is ``pz_tsm.mock.make("sky")``."""

    def __call__(self, *args: Any, **options: Any) -> dict[str, Any]:
        return make(*args, **options)


sys.modules[__name__].__class__ = _Callable

__all__ = ["make", "main"]
