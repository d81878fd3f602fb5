"""The match that a user writes with LSDB alone: the peer of ``benchmarks.jobs``, in processes of its own.

``python -m benchmarks.jobs_lsdb cold|serve RELEASE TABLE OUT``: once with the defaults of LSDB; or once
for every line of stdin, in the leanest way, with one JSON line each.
"""

from __future__ import annotations

import json
import sys
import time

RADIUS = 1.0


def match(release: str, table: str, out: str, **options: object) -> int:
    """The number of pairs, written to ``out`` with all columns of both."""
    import lsdb
    import pandas as pd

    left = lsdb.from_dataframe(pd.read_parquet(table), ra_column="ra", dec_column="dec", **options)
    right = lsdb.open_catalog(release, columns="all")
    both = left.crossmatch(
        right, n_neighbors=1, radius_arcsec=RADIUS, suffixes=("_specz", ""), suffix_method="all_columns"
    )
    found = both.compute(progress_bar=False)
    found.to_parquet(out)
    return len(found)


def serve(release: str, table: str, out: str) -> None:
    """Without the margin and the map of the redshifts' side, which the match does not need."""
    for _ in sys.stdin:
        start, used = time.perf_counter(), time.process_time()
        rows = match(release, table, out, margin_threshold=None, should_generate_moc=False)
        took = {"wall": time.perf_counter() - start, "cpu": time.process_time() - used, "rows": rows}
        print(json.dumps(took), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(*sys.argv[2:])
    else:
        print(json.dumps({"rows": match(*sys.argv[2:]), "cpu": time.process_time()}))
