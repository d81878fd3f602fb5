"""Run by test_rail.py inside RAIL's own environment: train and estimate with K nearest neighbours.

Arguments: train.hdf5, test.hdf5, a scratch folder. Prints JSON: sigma_NMAD with the redshifts as they are and
with the training redshifts shuffled among the galaxies.
"""

import json
import sys
from pathlib import Path

import numpy as np
import tables_io
from rail.core.data import TableHandle
from rail.estimation.algos.k_nearneigh import KNearNeighEstimator, KNearNeighInformer

BANDS = [f"{band}_gaap1p0Mag" for band in "ugrizy"]
GRID = np.linspace(0, 6, 301)


def estimate(train: Path, test: Path, scratch: Path, name: str) -> np.ndarray:
    common = {
        "bands": BANDS,
        "ref_band": "i_gaap1p0Mag",
        "mag_limits": dict.fromkeys(BANDS, 27.0),
        "nondetect_val": np.nan,
        "hdf5_groupname": "",
        "redshift_col": "redshift",
        "model": str(scratch / f"{name}.pkl"),
        "zmax": 6.0,
        "nzbins": 301,
    }
    informer = KNearNeighInformer.make_stage(
        name=f"inform_{name}", ngrid_sigma=3, nneigh_min=5, nneigh_max=7, **common
    )
    informer.inform(TableHandle(f"train_{name}", path=str(train)))
    estimator = KNearNeighEstimator.make_stage(
        name=f"estimate_{name}",
        output=str(scratch / f"{name}.hdf5"),
        calculated_point_estimates=["mode"],
        **common,
    )
    result = estimator.estimate(TableHandle(f"test_{name}", path=str(test)))
    pdfs = result() if callable(result) else result
    return np.asarray(pdfs.ancil["zmode"]).ravel() if pdfs.ancil else np.asarray(pdfs.mode(GRID)).ravel()


def sigma_nmad(z: np.ndarray, truth: np.ndarray) -> float:
    delta = (z - truth) / (1 + truth)
    return float(1.4826 * np.median(np.abs(delta - np.median(delta))))


def main() -> None:
    train, test, scratch = (Path(argument) for argument in sys.argv[1:4])
    truth = np.asarray(tables_io.read(str(test))["redshift"])
    columns = dict(tables_io.read(str(train)))
    columns["redshift"] = np.random.default_rng(1).permutation(np.asarray(columns["redshift"]))
    tables_io.write(columns, str(scratch / "shuffled"), "hdf5")
    real = sigma_nmad(estimate(train, test, scratch, "real"), truth)
    shuffled = sigma_nmad(estimate(scratch / "shuffled.hdf5", test, scratch, "shuffled"), truth)
    print(
        json.dumps(
            {"real": real, "shuffled": shuffled, "train": len(columns["redshift"]), "test": len(truth)}
        )
    )


main()
