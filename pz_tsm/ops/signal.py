"""Signal to noise, and which bands were observed and detected."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from pz_tsm.ops.fluxes import MAG_PER_FLUX, Family

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.ops.base import Report

BITS = "ugrizy"


def masks(table: pa.Table, family: Family, detect_snr: float, report: Report) -> pa.Table:
    """bands_observed, bands_detected, n_detected and {b}_snr of a family.

    Of a family without fluxes a band counts as observed where it has a magnitude: a release that writes 99
    for both doesn't tell a band that was not observed from one that was not detected.
    """
    import pyarrow as pa

    size = table.num_rows
    seen, detected = np.zeros(size, np.int16), np.zeros(size, np.int16)
    count = np.zeros(size, np.int8)
    for band, column in _by_band(family):
        observed, snr, usable = _signal(table, family, band)
        bit = np.int16(1 << BITS.find(band)) if band in BITS else np.int16(0)
        seen |= np.where(observed, bit, 0).astype(np.int16)
        if usable is None:
            continue
        above = usable & (snr >= detect_snr)
        detected |= np.where(above, bit, 0).astype(np.int16)
        count += above.astype(np.int8)
        table = _put_snr(table, f"{band}_snr", snr, usable, column)
    bits = "bit 0 = u ... bit 5 = y"
    table = put(table, "bands_observed", pa.array(seen), None, f"Bands observed in {family.name}, {bits}")
    table = put(
        table,
        "bands_detected",
        pa.array(detected),
        None,
        f"Bands of {family.name} with S/N of {detect_snr:g} or more, {bits}",
    )
    table = put(table, "n_detected", pa.array(count), None, "Number of bands in bands_detected")
    report.details["snr_of"] = family.name
    return table


def with_snr(table: pa.Table, family: Family, template: str) -> pa.Table:
    """The signal to noise of each band of a family, in columns named by ``template`` ({band})."""
    for band, column in _by_band(family):
        _, snr, usable = _signal(table, family, band)
        if usable is not None:
            table = _put_snr(table, template.format(band=band), snr, usable, column)
    return table


def _by_band(family: Family) -> list[tuple[str, str]]:
    return sorted((family.flux or family.mag).items(), key=lambda item: BITS.find(item[0]))


def _signal(table, family: Family, band: str) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Where the band was observed, its S/N, and where that is known; None if the family has no errors."""
    size = table.num_rows
    snr = np.full(size, np.nan)
    if family.flux:
        flux, observed = values_of(table, family.flux[band])
        if band not in family.err:
            return observed, snr, None
        error, has_error = values_of(table, family.err[band])
    else:
        mag, observed = values_of(table, family.mag[band], nan_is_null=False)
        if band not in family.mag_err:
            return observed, snr, None
        error, has_error = values_of(table, family.mag_err[band])
        flux, has_error = np.full(size, MAG_PER_FLUX), has_error & np.isfinite(mag)
    usable = observed & has_error & (error > 0)
    np.divide(flux, error, out=snr, where=usable)
    return observed, snr, usable


def _put_snr(table, name: str, snr: np.ndarray, usable: np.ndarray, column: str) -> pa.Table:
    import pyarrow as pa

    values = pa.array(snr.astype(np.float32), mask=~usable)
    return put(table, name, values, None, f"Signal to noise of {column}")


def values_of(table: pa.Table, column: str, nan_is_null: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """float64 values and where there is one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    array = table[column]
    values = array.cast(pa.float64()).to_numpy(zero_copy_only=False)
    known = pc.is_valid(array).to_numpy()
    return values, known & np.isfinite(values) if nan_is_null else known


def put(table, name, values, state: dict | None, description: str | None = None) -> pa.Table:
    """Add or replace a column, with its state in the metadata."""
    import pyarrow as pa

    metadata = {}
    if state is not None:
        metadata = {"unit": state["unit"], "state": json.dumps(state, sort_keys=True)}
    if description:
        metadata["description"] = description
    field = pa.field(name, values.type, metadata=metadata or None)
    if name in table.column_names:
        return table.set_column(table.column_names.index(name), field, values)
    return table.append_column(field, values)
