"""What the release says of an object's shape, and of how well it was measured: PSF fluxes, extendedness and
flags.

The names are those of the Object tables of DP1 and DP2, so that the photo-z team's presets run on a mock sky.
"""

from __future__ import annotations

import numpy as np

from pz_tsm.mock.sed import BANDS

EXTENDEDNESS, PSF = "{band}_extendedness", "{band}_psfFlux"
# share of objects with each flag, besides those that saturate or that nobody observed in the band
FLAGS = {
    "{band}_psfFlux_flag": 0.002,
    "{band}_cModel_flag": 0.004,
    "{band}_pixelFlags_saturatedCenter": 0.002,
    "{band}_pixelFlags_crCenter": 0.003,
    "{band}_pixelFlags_interpolatedCenter": 0.006,
    "{band}_pixelFlags_sensor_edgeCenter": 0.004,
    "{band}_invalidPsfFlag": 0.001,
}
SATURATES = 17.8  # magnitude of a point
DOUBTFUL = 10.0  # S/N of cModel below which one object in ten passes for what it is not
PSF_SHARE = (0.45, 0.92)  # of a galaxy's flux, that a point's profile finds


def columns_of(
    rng: np.random.Generator,
    flux: np.ndarray,
    limit: np.ndarray,
    seen: np.ndarray,
    point: np.ndarray,
    model: dict[str, np.ndarray],
) -> dict[str, np.ndarray]:
    """The columns of n objects.

    ``flux`` (n, 6): true, in nJy; ``limit`` (n, 6): one sigma; ``seen`` (n, 6): the band was observed there;
    ``point`` (n): stars and quasars; ``model``: has the cModel fluxes and refExtendedness (i) already. A band
    that was not observed has no PSF flux, no extendedness, and all of its flags set.
    """
    shape = flux.shape
    share = np.where(point, 1.0, rng.uniform(*PSF_SHARE, len(point)))[:, None]
    error = np.hypot(0.8 * limit * rng.uniform(0.95, 1.05, shape), 0.005 * flux * share)
    value = flux * share + error * rng.standard_normal(shape)
    saturated = point[:, None] & (flux > 10 ** (0.4 * (31.4 - SATURATES)))
    out: dict[str, np.ndarray] = {}
    for k, band in enumerate(BANDS):
        flags = {name.format(band=band): rng.random(shape[0]) < share for name, share in FLAGS.items()}
        flags[f"{band}_pixelFlags_saturatedCenter"] |= saturated[:, k]
        flags[f"{band}_pixelFlags_interpolatedCenter"] |= saturated[:, k]
        lost = ~seen[:, k] | flags[f"{band}_psfFlux_flag"]
        unknown = lost | flags[f"{band}_cModel_flag"]
        flags[f"{band}_extendedness_flag"] = unknown
        with np.errstate(invalid="ignore"):
            faint = ~(model[f"{band}_cModelFlux"] >= DOUBTFUL * model[f"{band}_cModelFluxErr"])
        extended = ~point ^ (faint & (rng.random(shape[0]) < 0.1))
        if band == "i":
            extended = model["refExtendedness"] > 0
        for name, values in ((PSF, value[:, k]), (PSF + "Err", error[:, k])):
            out[name.format(band=band)] = np.where(lost, np.nan, values).astype(np.float32)
        out[EXTENDEDNESS.format(band=band)] = np.where(unknown, np.nan, extended).astype(np.float32)
        out |= {name: flag | ~seen[:, k] for name, flag in flags.items()}
    return out


def fields() -> list[tuple[str, str, str | None, str]]:
    """(name, "float" or "bool", unit, description) of the columns, band by band."""
    found: list[tuple[str, str, str | None, str]] = []
    for band in BANDS:
        found += [
            (f"{band}_psfFlux", "float", "nJy", "flux of a point fitted to the image"),
            (f"{band}_psfFluxErr", "float", "nJy", ""),
            (f"{band}_extendedness", "float", None, "0 point, 1 extended"),
            (f"{band}_extendedness_flag", "bool", None, "extendedness is not known"),
        ]
        found += [(name.format(band=band), "bool", None, "") for name in FLAGS]
    return found
