"""Conditions with a name; a bare name in a condition stands for its text. src/expr/presets.ts has the same.

Those of the photo-z team stand with their sources in pz_tsm/releases/presets.yaml.
"""

from __future__ import annotations

GOLD = "i_psfFlux / i_psfFluxErr > 5 AND (g_extendedness > 0.5 OR r_extendedness > 0.5)"
RECOMMENDED = (
    "psfFlux_flag = 0",
    "pixelFlags_saturatedCenter = 0",
    "pixelFlags_crCenter = 0",
    "pixelFlags_interpolatedCenter = 0",
    "pixelFlags_sensor_edgeCenter = 0",
    "invalidPsfFlag = 0",
    "cModel_flag = 0",
    "extendedness = 1",
    "extendedness_flag = 0",
)
PRESETS: dict[str, str] = {
    "secure_galaxy": (
        "z_flag_homogenized IN (3, 4) AND instrument_type = 's' "
        "AND (spec_class IS NULL OR spec_class NOT IN ('STAR', 'QSO')) "
        "AND redshift > 0.002 AND redshift < 9"
    ),
    "gold": " AND ".join([*(f"{band}_snr >= 5" for band in "ugrizy"), GOLD]),
    "gold_4_band": " AND ".join([*(f"{band}_snr >= 5" for band in "griz"), GOLD]),
    "dp2_galaxy_recommended": " AND ".join(f"{band}_{one}" for one in RECOMMENDED for band in "ugrizy"),
}
