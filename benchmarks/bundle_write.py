"""Writing 3,000,000 rows of 40 columns: Parquet, HDF5 and RAIL files against bare pyarrow and h5py."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import at_most, in_turn

if TYPE_CHECKING:
    import pyarrow as pa

ROWS, FLOATS = 3_000_000, 31
BAR = 1.2
SURVEYS = ("VVDS", "VUDS", "ZCOSMOS", "DESI_DR1")


def run(rows: int = ROWS, rounds: int = 3) -> Iterator[dict[str, Any]]:
    import h5py
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    from pz_tsm.bundle import formats, rail
    from pz_tsm.bundle.write import parquet

    made = table(rows)
    spec = {"format": "rail-hdf5", "catalog_tag": "lsst_gaap_1p0"}
    wanted = rail.plan(spec, made.schema)[2]
    arrays = {}
    for name in made.column_names:
        values = made[name].to_numpy()
        arrays[name] = values.astype("S8") if pa.types.is_string(made[name].type) else values

    def bare(path: Path, names: list[str]) -> None:
        with h5py.File(path, "w") as file:
            for name in names:
                file[name] = arrays[name]

    with tempfile.TemporaryDirectory(prefix="pz-tsm-bench-") as kept:
        folder = Path(kept)
        ways = {
            "parquet": (
                lambda: parquet(folder / "ours.parquet", made, {}),
                lambda: pq.write_table(made, folder / "peer.parquet"),
                "pyarrow.parquet.write_table",
            ),
            "hdf5": (
                lambda: formats.hdf5(folder / "ours.hdf5", made),
                lambda: bare(folder / "peer.hdf5", made.column_names),
                "h5py, of numpy arrays that are at hand",
            ),
            "rail": (
                lambda: rail.write(folder, made, spec),
                lambda: bare(folder / "peer-rail.hdf5", list(wanted.values())),
                "h5py, of numpy arrays that are at hand",
            ),
        }
        for name, (ours, peer, about) in ways.items():
            timed = in_turn(ours, peer, rounds)
            more = {f"{key}_s": round(timed[key], 3) for key in ("ours", "peer", "ours_wall", "peer_wall")}
            yield at_most(
                *(f"bundle/write-{name}", timed["ours"] / timed["peer"], BAR, "times", rounds),
                f"CPU s of ours over those of {about}",
                **more,
                bytes=sum(path.stat().st_size for path in folder.iterdir() if path.stem in _made(name)),
                peer_bytes=sum(path.stat().st_size for path in folder.glob(f"peer*{_ending(name)}")),
            )
            for path in folder.iterdir():
                path.unlink()
    assert np.isfinite(arrays["redshift"]).all()


def _made(name: str) -> tuple[str, ...]:
    return ("all",) if name == "rail" else ("ours",)


def _ending(name: str) -> str:
    return ".parquet" if name == "parquet" else ".hdf5"


def table(rows: int) -> pa.Table:
    """Ids, positions, redshifts, flags, a text, magnitudes with their errors."""
    import numpy as np
    import pyarrow as pa

    rng = np.random.default_rng(17)
    bands = [
        f"{band}_{flux}Mag{end}" for flux in ("gaap1p0", "cModel") for band in "ugrizy" for end in ("", "Err")
    ]
    names = [*bands, *(f"value{k}" for k in range(FLOATS - len(bands)))]
    ids = np.sort(rng.integers(-(2**63), 2**63 - 1, rows))
    surveys = pa.array(SURVEYS).take(pa.array(rng.integers(0, len(SURVEYS), rows)))
    return pa.table(
        {
            "row_id": ids,
            "objectId": rng.integers(0, 2**62, rows),
            "group_id": ids[::-1].copy(),
            "survey": surveys,
            "ra": rng.uniform(0, 360, rows),
            "dec": rng.uniform(-60, 60, rows),
            "redshift": rng.uniform(0.01, 3, rows),
            "z_flag": rng.integers(1, 5, rows).astype(np.int32),
            "n_detected": rng.integers(1, 7, rows).astype(np.int8),
            **{name: rng.normal(22, 1.5, rows) for name in names},
        }
    )


if __name__ == "__main__":
    from benchmarks.measure import show

    for said in run():
        show(said)
