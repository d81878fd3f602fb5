"""All bars of the explorer. ``ONLY=open,brush`` in the environment leaves the others out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.explorer import bars, build, peers, startup, tables
from benchmarks.explorer.lab import Lab, lab

GROUPS = ("start", "open", "brush", "rectangle", "scroll", "memory", "split", "notebook")
MAIN = Path(__file__).parent / "browser" / "main.mjs"
ROUNDS = 5
BRUSH_COLUMNS = ["redshift", "ra", "dec", "g_mag", "i_mag", "z_flag", "redshift_err"]
EVERY_COLUMN = (
    "object_id > 0 AND ra >= 0 AND dec > -91 AND redshift > -1 AND redshift_err >= 0 AND z_flag >= 0 "
    "AND survey != 'x' AND type != 'x' AND g_mag > 0 AND i_mag > 0 AND g_mag_err >= 0 AND i_mag_err >= 0"
)


def run() -> Iterator[dict[str, Any]]:
    wanted = [name for name in os.environ.get("ONLY", "").split(",") if name] or list(GROUPS)
    subprocess.run([peers.ROOT / "scripts" / "ensure-chromium.sh"], check=True)
    files = [tables.make(peers.CACHE / "tables", name) for name in tables.ROWS]
    python = peers.quak() if "notebook" in wanted else None
    shares = [build.production()]
    if python is not None:
        shares.append(python.parent.parent / "share" / "jupyter")
    with lab(files, shares, python) as server:
        for name in GROUPS:
            if name in wanted:
                yield from MEASURES[name](server, python is not None)


def _start(server: Lab, _: bool) -> Iterator[dict[str, Any]]:
    [found] = browse(server, [{"test": "start"}])
    yield from bars.started(found, startup.median_ms())


def _open(server: Lab, _: bool) -> Iterator[dict[str, Any]]:
    tests = [{"test": "open", "table": f"mock_{name}.parquet", "rounds": ROUNDS} for name in ("1m", "3m")]
    for name, found in zip(("1m", "3m"), browse(server, tests), strict=True):
        yield from bars.opened(name, found)


def _brush(server: Lab, _: bool) -> Iterator[dict[str, Any]]:
    tests = [_trace("1m", "x", 0), _trace("3m", "x", 0)]
    modules = peers.duckdb()
    if modules is not None:
        low = [0.1 + 0.02 * move for move in range(24)]
        ranges = [[value, value + 0.6] for value in low]
        tests.insert(1, {"test": "duckdb", "ipc": str(_stream("1m")), "ranges": ranges})
    found = list(browse(server, tests, modules))
    yield from bars.brushed("1m", found[0], 4, found[1] if modules is not None else None)
    yield from bars.brushed("3m", found[-1], 16)


def _rectangle(server: Lab, _: bool) -> Iterator[dict[str, Any]]:
    one, three = browse(server, [_trace("1m", "xy", 2), _trace("3m", "xy", 2)])
    yield from bars.brushed("rectangle-1m", one, 16)
    yield from bars.brushed("rectangle-3m", three, 33)


def _scroll(server: Lab, _: bool) -> Iterator[dict[str, Any]]:
    sizes = ([900, 500], [1440, 900])
    for found in browse(
        server, [{"test": "scroll", "table": "mock_3m.parquet", "size": size} for size in sizes]
    ):
        yield from bars.scrolled(found)


def _memory(server: Lab, _: bool) -> Iterator[dict[str, Any]]:
    test = {"test": "memory", "table": "mock_3m.parquet", "condition": EVERY_COLUMN}
    [found] = browse(server, [test])
    yield from bars.remembered(found, tables.size(peers.CACHE / "tables", "3m"))


def _notebook(server: Lab, peer: bool) -> Iterator[dict[str, Any]]:
    test = {"test": "notebook", "table": "mock_500k.parquet", "rounds": ROUNDS, "peer": peer}
    [found] = browse(server, [test])
    yield from bars.notebook(found)


SPLIT = """format: tsm-recipe/1
name: split_3m
inputs:
  mock: {from: {file: mock_3m.parquet}, id: mock, columns: {id: object_id, ra: ra, dec: dec, z: redshift}}
steps:
  - split: {method: random, parts: {train: 0.7, validation: 0.15, test: 0.15}}
"""


def _split(server: Lab, _: bool) -> Iterator[dict[str, Any]]:
    (server.work / "split_3m.tsm.yaml").write_text(SPLIT)
    [found] = browse(server, [{"test": "split", "recipe": "split_3m.tsm.yaml"}])
    yield from bars.split(found)


MEASURES = {
    "start": _start,
    "open": _open,
    "brush": _brush,
    "rectangle": _rectangle,
    "scroll": _scroll,
    "memory": _memory,
    "split": _split,
    "notebook": _notebook,
}


def _trace(table: str, trace: str, over: int) -> dict[str, Any]:
    return {"test": "brush", "table": f"mock_{table}.parquet", "trace": trace, "over": over, "repeat": 2}


def browse(server: Lab, tests: list[dict[str, Any]], modules: Path | None = None) -> Iterator[dict[str, Any]]:
    """These tests in one Chromium, one after another; what each found."""
    config = {
        **{"url": server.url, "token": server.token, "work": str(server.work)},
        **{"tests": tests, "duckdb": modules and str(modules)},
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(config, file)
        file.flush()
        done = subprocess.run(["node", MAIN, file.name], stdout=subprocess.PIPE, text=True, cwd=peers.ROOT)
    if done.returncode != 0:
        sys.exit("The browser's part of the benchmark failed: see above.")
    (peers.CACHE / f"last-{tests[0]['test']}.jsonl").write_text(done.stdout)  # to look closer
    for line in done.stdout.splitlines():
        yield json.loads(line)


def _stream(name: str) -> Path:
    """The columns of the brush as an Arrow stream, for duckdb-wasm."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = peers.CACHE / "tables" / f"mock_{name}.arrows"
    if not path.exists():
        table = pq.read_table(tables.make(path.parent, name), columns=BRUSH_COLUMNS).combine_chunks()
        with pa.ipc.new_stream(path, table.schema) as writer:
            writer.write_table(table)
    return path
