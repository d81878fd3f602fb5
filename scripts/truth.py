"""How true combine is: wrong winners on a mock sky, and each flag's failures in real repeats.

    python scripts/truth.py [--rows 100000] [--seed 1]

prints the tables of docs/combine.md. The second one needs the catalogues in ../shared/data.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
POLICIES = {
    "default": {},
    "conflicts: best": {"conflicts": "best"},
    "chains: split": {"chains": "split"},
    "agree: true": {"agree": True},
    "policy: pz-server, 0.75 arcsec": {"policy": "pz-server"},
}


def mock_inputs(sky: Path) -> dict:
    """The four mock catalogues, homogenized."""
    from ruamel.yaml import YAML

    from pz_tsm.ops import get
    from pz_tsm.ops.base import Context
    from pz_tsm.sources import load

    homogenize, ctx = get("homogenize"), Context(base=sky)
    inputs = YAML(typ="safe", pure=True).load((sky / "mock.tsm.yaml").read_text(encoding="utf-8"))["inputs"]
    params = homogenize.parse({"rules": "mock"})
    loaded = {name: load(spec, sky, ctx, name=name).table for name, spec in inputs.items()}
    return {name: homogenize.run(table, params, ctx).table for name, table in loaded.items()}


def combined(tables: dict, **params):
    """The tables combined as a recipe does it."""
    from pz_tsm.ops import get
    from pz_tsm.ops.base import Context

    operation = get("combine")
    if params.get("policy") == "pz-server":
        import numpy as np
        import pyarrow as pa

        tables = {
            name: table.append_column("source_row", pa.array(np.arange(1, len(table) + 1)))
            if "source_row" not in table.column_names
            else table
            for name, table in tables.items()
        }
    return operation.run(tables, operation.parse({"radius_arcsec": 0.75, **params}), Context()).table


def on_the_mock_sky(rows: int, seed: int) -> None:
    import pyarrow.parquet as pq

    from pz_tsm import mock
    from pz_tsm.mock.score import winners

    with tempfile.TemporaryDirectory() as folder:
        sky = Path(folder)
        mock.make(sky, rows=rows, objects=2 * rows, seed=seed)
        truth, tables = pq.read_table(sky / "truth.parquet"), mock_inputs(sky)
        print(f"Mock sky, {rows:,} rows, seed {seed}\n")
        print("| combine | best rows | decidable | wrong winners | share | objects left undecided |")
        print("|---|---|---|---|---|---|")
        for name, params in POLICIES.items():
            score = winners(combined(tables, **params), tables, truth)
            print(
                f"| {name} | {score.best:,} | {score.decidable:,} | {score.wrong:,} | "
                f"{100 * score.share:.2f} % | {score.undecided:,} |"
            )


def in_real_repeats() -> None:
    shared = ROOT.parent / "shared"
    if not (shared / "data").is_dir():
        print("\n../shared/data is not here: no table of real repeats")
        return
    sys.path.insert(0, str(ROOT / "tests" / "ops"))
    import kit

    from pz_tsm.ops import get
    from pz_tsm.ops.base import Context
    from pz_tsm.repeats import failure_rates

    homogenize = get("homogenize")
    params = homogenize.parse("pz-server")
    tables = kit.catalogues(shared, kit.ALL10)
    tables = {name: homogenize.run(table, params, Context()).table for name, table in tables.items()}
    print("\nReal repeats, ten catalogues of up to 1,000 rows\n")
    print("| survey | flag | type | compared | failed | copies left out | failure rate (95 %) |")
    print("|---|---|---|---|---|---|---|")
    for row in failure_rates(combined(tables)).to_pylist():
        rate = (
            "-"
            if row["rate"] is None
            else f"{100 * row['rate']:.0f} % ({100 * row['rate_low']:.0f}-{100 * row['rate_high']:.0f})"
        )
        cells = [row[name] for name in ("survey", "z_flag_homogenized", "instrument_type", "compared")]
        cells += [f"{row['failed']:g}", row["copies"], rate]
        print(f"| {' | '.join(map(str, cells))} |")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    on_the_mock_sky(given.rows, given.seed)
    in_real_repeats()


if __name__ == "__main__":
    main()
