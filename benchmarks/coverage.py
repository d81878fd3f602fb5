"""Coverage while cuts change: 1M training rows against a target of 200k objects.

``editor``: a cut or a cap of the recipe was edited, and what the training set of the last run covers is told
again (filter, split and cap are done anew; the table and the target's map are known from before). ``meter``:
another cut is asked of a meter in a notebook. Bars: 2 seconds.
"""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import at_most

ROWS = 1_000_000
OBJECTS = 200_000
ROUNDS = 7
LIMIT = 2.0  # seconds
BANDS = "ugrizy"

RECIPE = """format: tsm-recipe/1
name: covered
seed: 1
inputs:
  mock: {{from: {{file: mock.fits}}}}
steps:
  - combine
  - match: {{release: mock}}
  - photometry: {{to: mag}}
  - filter: "i_snr >= {cut}"
  - split: {{parts: {{train: 0.8, test: 0.2}}}}
  - cap: {{cells: {{redshift: 0.05, i_gaap1p0Mag: 0.25}}, others: {cap}}}
  - coverage: {{target: target.parquet}}
"""


def photometry(count: int, seed: int) -> dict[str, np.ndarray]:
    """Magnitudes of mock galaxies in six bands, and their signal to noise in i."""
    draw = np.random.default_rng(seed)
    mag = 17 + 8 * draw.beta(4, 1.6, count)
    colour = draw.random(count)
    found = {}
    for number, band in enumerate(BANDS):
        slope = 1.6 - 0.6 * number
        found[f"{band}_gaap1p0Mag"] = (mag + slope * colour + 0.15 * draw.standard_normal(count)).astype(
            np.float32
        )
    found["i_snr"] = (10 ** (-0.4 * (mag - 24.5)) * 10).astype(np.float32)
    return found


def write(folder: Path) -> None:
    """A catalogue that is already matched to a mock release, and a target of that release."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from pz_tsm import releases, target

    profile = releases.profile("mock")
    draw = np.random.default_rng(3)
    columns = {
        "row_id": np.arange(ROWS),
        "survey": np.array(["MOCK-DEEP", "MOCK-WIDE"])[draw.integers(0, 2, ROWS)],
        "ra": draw.random(ROWS) * 60,
        "dec": np.degrees(np.arcsin(draw.random(ROWS) - 0.5)),
        "redshift": draw.gamma(3, 0.3, ROWS),
        "z_flag_homogenized": np.full(ROWS, 4.0),
        **photometry(ROWS, 1),
    }
    said = {"tsm:release": json.dumps({"name": "mock", "profile_data": profile.to_dict()})}
    pq.write_table(_stated(pa.table(columns), said), folder / "mock.parquet")
    about = {
        "format": target.FORMAT,
        "release": "mock",
        "profile": profile.name,
        "mock": True,
        "objects": OBJECTS,
        "bands": list(BANDS),
    }
    theirs = _stated(pa.table(photometry(OBJECTS, 2)), {**said, target.KEY.decode(): json.dumps(about)})
    pq.write_table(theirs, folder / "target.parquet")


def _stated(table: Any, said: dict[str, str]) -> Any:
    """The table with the state that the photometry step writes."""
    import pyarrow as pa

    fields = []
    for field in table.schema:
        if field.name.endswith("Mag"):
            state = {"kind": "mag", "band": field.name[0], "flux": "gaap1p0", "dereddened": False}
            field = field.with_metadata({"state": json.dumps(state)})
        fields.append(field)
    return table.cast(pa.schema(fields)).replace_schema_metadata(said)


def run() -> Iterator[dict[str, Any]]:
    folder = Path(tempfile.mkdtemp(prefix="tsm-bench-"))
    try:
        write(folder)
        yield edited(folder)
        yield metered(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def edited(folder: Path) -> dict[str, Any]:
    """Seconds from an edit of the cut, or of the cap, to the coverage."""
    from unittest import mock

    from pz_tsm.engine.local import coverage_rows
    from pz_tsm.engine.local.until import Taken
    from pz_tsm.recipe.memo import Memo, using

    taken, rows = [], []
    reached = Taken(None, 1, {})  # inputs, combine and the estimated match are known from the plan before
    with using(Memo(1_500_000_000)), mock.patch("pz_tsm.engine.local.until.until", lambda *_: reached):
        for number in range(ROUNDS + 1):
            text = RECIPE.format(cut=2 + number // 2, cap=500 + 50 * (number % 2))
            start = time.perf_counter()
            found = coverage_rows.measure(
                text, str(folder), "covered", 6, str(folder / "mock.parquet"), lambda: False
            )
            taken.append(time.perf_counter() - start)
            rows.append(found["coverage"]["rows"])
    seconds = taken[1:]
    return at_most(
        "coverage/editor",
        statistics.median(seconds),
        LIMIT,
        "s",
        len(seconds),
        "ours at most",
        first=round(taken[0], 3),
        longest=round(max(seconds), 3),
        rows=ROWS,
        objects=OBJECTS,
        train=rows[-1],
    )


def metered(folder: Path) -> dict[str, Any]:
    """Seconds from another cut to its numbers, in a notebook."""
    import pyarrow.parquet as pq

    from pz_tsm import coverage

    start = time.perf_counter()
    meter = coverage.meter(pq.read_table(folder / "mock.parquet"), folder / "target.parquet")
    first = time.perf_counter() - start
    taken = []
    for number in range(ROUNDS):
        start = time.perf_counter()
        meter(f"i_snr >= {2 + number}")
        taken.append(time.perf_counter() - start)
    return at_most(
        "coverage/meter",
        statistics.median(taken),
        LIMIT,
        "s",
        len(taken),
        "ours at most",
        first=round(first, 3),
        longest=round(max(taken), 3),
        rows=ROWS,
        objects=OBJECTS,
    )
