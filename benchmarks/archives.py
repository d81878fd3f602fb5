"""From an entry of the registry to 100,000 rows in memory, against ``astroquery`` used by hand, both asking
the VizieR of the tests on this machine; and the memory that this takes."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measure import at_most, in_turn

ROWS = 100_000
BAR = 1.2
TABLE = "J/A+A/609/A84/vipersw1"
ROOT = Path(__file__).resolve().parent.parent


def run() -> Iterator[dict[str, Any]]:
    with served(ROWS) as variables:
        assert ours() == peer(variables) == ROWS
        timed = in_turn(ours, lambda: peer(variables), 5)
        for kind, more in (("cpu", ""), ("wall", "_wall")):
            mine, theirs = timed[f"ours{more}"], timed[f"peer{more}"]
            yield at_most(
                *(f"archives/vizier-{kind}", mine / theirs, BAR, "times", timed["n"]),
                f"{kind} s of ours (with count, snapshot, checksum, roles) over those of astroquery by hand",
                ours_s=round(mine, 3),
                peer_s=round(theirs, 3),
                rows=ROWS,
            )


def ours() -> int:
    """The registry's entry as an input of a recipe, fetched into an empty cache and read."""
    from pz_tsm.ops.base import Context
    from pz_tsm.sources import fetching, files, registry

    with _cache():
        spec = registry.recipe_input(registry.entry("vipers_pdr2"))
        place = fetching.place_of(spec, Path(), Context(), "vipers")
        return files.read_raw(place["path"]).num_rows


def peer(variables: dict[str, str]) -> int:
    """As one does it in a notebook; only the address is that of the tests."""
    from astroquery.vizier import VizierClass
    from requests.adapters import HTTPAdapter

    class Here(HTTPAdapter):
        def send(self, request: Any, *args: Any, **more: Any) -> Any:
            there = "https://vizier.cds.unistra.fr/viz-bin"
            request.url = variables["PZ_TSM_VIZIER_URL"] + request.url[len(there) :]
            return super().send(request, *args, **more)

    client = VizierClass(columns=["**", "_RAJ2000", "_DEJ2000"], row_limit=-1)
    client._session.mount("https://", Here())
    client._session.trust_env = False
    with tempfile.TemporaryDirectory() as folder:
        client.cache_location = folder
        return len(client.get_catalogs(TABLE)[0])


@contextlib.contextmanager
def _cache() -> Iterator[None]:
    folder = tempfile.mkdtemp()
    os.environ["PZ_TSM_CACHE"] = folder
    try:
        yield
    finally:
        del os.environ["PZ_TSM_CACHE"]
        shutil.rmtree(folder)


@contextlib.contextmanager
def served(rows: int) -> Iterator[dict[str, str]]:
    """The archives of the tests in a process of their own, named in this process's environment."""
    command = [sys.executable, str(ROOT / "tests" / "archivekit" / "alone.py"), str(rows)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        variables = json.loads(process.stdout.readline())
        before = {name: os.environ.get(name) for name in variables}
        os.environ.update(variables)
        try:
            yield variables
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})
            process.communicate()
