"""Fluxes to magnitudes, with extinction and zero-point corrections, each applied once.

    m = zeropoint - 2.5 log10 f,   sigma_m = sigma_f / (0.4 ln 10 f),   m0 = m - offset - A_b E(B-V)

A magnitude is null where the band was not observed, and NaN where it was and the flux is not positive. The
raw fluxes stay. Every column says its state (system, unit, dereddened, dust map, offset) in its metadata.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context, Finding, Operation, Params, Report, Result
from pz_tsm.ops.fluxes import chosen, families_of, state_of

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.releases import Profile

MAG_PER_FLUX = 1 / (0.4 * np.log(10))
BITS = "ugrizy"


class PhotometryParams(Params):
    to: Literal["mag", "flux"] = Field(
        "mag",
        title="Convert to",
        description="AB magnitudes, or fluxes in nJy (only corrections are then applied).",
    )
    flux: str | list[str] | None = Field(
        None,
        title="Flux families",
        description="For example gaap1p0. Empty: all that the table has; the first gives S/N.",
    )
    deredden: Literal["none", "sfd"] = Field(
        "none",
        title="Deredden",
        description="Correct for the Milky Way's dust with the release's E(B-V) (SFD98).",
    )
    offsets: str = Field(
        "none",
        title="Zero-point offsets",
        description="A set of the release's profile, such as dp2-c26202, or none.",
        json_schema_extra={"examples": ["none", "dp2-c26202"]},
    )
    zeropoint: float = Field(
        31.4, ge=0, le=60, title="Zero point (mag)", description="Magnitude of a flux of 1; 31.4 for nJy."
    )
    detect_snr: float = Field(
        5,
        ge=0,
        title="Detected above S/N",
        description="A band counts as detected from this signal to noise on.",
    )


def run(table: pa.Table, params: PhotometryParams, ctx: Context) -> Result:
    """The table with magnitudes (or corrected fluxes), band masks, number of detections and S/N; no row
    leaves."""
    from pz_tsm import releases

    known = releases.of_table(table.schema)
    profile = known or releases.profile("unnamed")
    report = Report("photometry", table.num_rows, table.num_rows)
    families = chosen(families_of(table, profile), params.flux)
    offset = _offset(profile, params.offsets)
    if params.deredden != "none" and known is None:
        report.findings.append(
            Finding(
                "warning",
                "The table names no release: the extinction coefficients of DP1 are used.",
                remedy="Match to a release first.",
                where="a_over_ebv",
            )
        )
    ebv = _ebv(table, profile, report) if params.deredden != "none" else None
    report.details.update(
        families=[family.name for family in families],
        zeropoint=params.zeropoint,
        dereddened=params.deredden != "none",
        offsets=offset,
        a_over_ebv=profile.a_over_ebv,
    )
    for number, family in enumerate(families):
        ctx.step(number / len(families), family.name)
        _tell_undone(table, family, params, report)
        if not family.flux and params.to == "mag":
            table = _correct_magnitudes(table, family, params, profile, offset, ebv)
        else:
            table = _from_fluxes(table, family, params, profile, offset, ebv, report)
    first = next((family for family in families if family.flux), None)
    if first is not None:
        table = _masks(table, first, params, report)
    return Result(table, report.close())


def _tell_undone(table, family, params, report) -> None:
    """Warn where magnitudes with a correction are made anew from the fluxes without it."""
    if not family.flux or params.to != "mag":
        return
    states = [state_of(table.schema.field(name)) for name in family.mag.values()]
    undone = []
    if params.deredden == "none" and any(state.get("dereddened") for state in states):
        undone.append("dereddening")
    if params.offsets == "none" and any(state.get("offset") for state in states):
        undone.append("zero-point offsets")
    if undone:
        report.findings.append(
            Finding(
                "warning",
                f"The magnitudes of {family.name} are made anew from the fluxes: the "
                f"{' and '.join(undone)} of an earlier step are gone.",
                remedy="Ask for all corrections in one photometry step.",
                where=family.name,
            )
        )


def _from_fluxes(table, family, params, profile, offset, ebv, report) -> pa.Table:
    """Magnitudes, or corrected fluxes, of one family."""
    import pyarrow as pa

    negative: dict[str, int] = {}
    for band, column in sorted(family.flux.items(), key=lambda item: BITS.find(item[0])):
        correction = params.deredden != "none" or bool(offset)
        if params.to == "flux" and not correction:
            continue
        state = _allowed(table, column, family, band, params, offset)
        flux, observed = _values(table, column)
        shift = np.full(len(flux), float((offset or {}).get(band, 0.0)))
        if ebv is not None:
            shift = shift + _coefficient(profile, band) * ebv
        known = observed & np.isfinite(shift)
        error, has_error = (
            _values(table, family.err[band]) if band in family.err else (np.full(len(flux), np.nan), None)
        )
        if has_error is None:
            has_error = np.zeros(len(flux), bool)
        state |= _new_state(params, profile, band)
        if params.to == "flux":
            factor = 10 ** (0.4 * shift)
            table = _put(
                table,
                f"{column}_corrected",
                pa.array((flux * factor).astype(np.float32), mask=~known),
                {**state, "kind": "flux_corrected", "unit": "nJy"},
            )
            table = _put(
                table,
                f"{column}Err_corrected",
                pa.array((error * factor).astype(np.float32), mask=~(known & has_error)),
                {**state, "kind": "flux_corrected_err", "unit": "nJy"},
            )
            continue
        positive = known & (flux > 0)
        negative[band] = int((known & ~positive).sum())
        mag, mag_err = np.full(len(flux), np.nan), np.full(len(flux), np.nan)
        mag[positive] = params.zeropoint - 2.5 * np.log10(flux[positive]) - shift[positive]
        mag_err[positive] = MAG_PER_FLUX * error[positive] / flux[positive]
        table = _put(
            table,
            profile.mag(band, family.name),
            pa.array(mag.astype(np.float32), mask=~known),
            {**state, "kind": "mag", "unit": "mag"},
        )
        table = _put(
            table,
            profile.mag_err(band, family.name),
            pa.array(mag_err.astype(np.float32), mask=~(known & has_error)),
            {**state, "kind": "mag_err", "unit": "mag"},
        )
    if any(negative.values()):
        report.details.setdefault("not_positive", {})[family.name] = negative
    return table


def _correct_magnitudes(table, family, params, profile, offset, ebv) -> pa.Table:
    """Corrections on magnitudes that come without fluxes."""
    import pyarrow as pa

    for band, column in family.mag.items():
        state = _allowed(table, column, family, band, params, offset)
        mag, observed = _values(table, column, nan_is_null=False)
        mag = mag - float((offset or {}).get(band, 0.0))
        if ebv is not None:
            mag = mag - _coefficient(profile, band) * ebv
            observed = observed & np.isfinite(ebv)
        table = _put(
            table,
            column,
            pa.array(mag.astype(np.float32), mask=~observed),
            {**state, **_new_state(params, profile, band), "kind": "mag", "unit": "mag"},
        )
    return table


def _masks(table, family, params, report) -> pa.Table:
    """bands_observed, bands_detected, n_detected and {b}_snr, of the first family."""
    import pyarrow as pa

    size = table.num_rows
    seen, detected = np.zeros(size, np.int16), np.zeros(size, np.int16)
    count = np.zeros(size, np.int8)
    for band, column in sorted(family.flux.items(), key=lambda item: BITS.find(item[0])):
        flux, observed = _values(table, column)
        bit = np.int16(1 << BITS.find(band)) if band in BITS else np.int16(0)
        seen |= np.where(observed, bit, 0).astype(np.int16)
        if band not in family.err:
            continue
        error, has_error = _values(table, family.err[band])
        usable = observed & has_error & (error > 0)
        snr = np.full(size, np.nan)
        np.divide(flux, error, out=snr, where=usable)
        above = usable & (snr >= params.detect_snr)
        detected |= np.where(above, bit, 0).astype(np.int16)
        count += above.astype(np.int8)
        table = _put(
            table,
            f"{band}_snr",
            pa.array(snr.astype(np.float32), mask=~usable),
            None,
            f"Signal to noise of {column}",
        )
    bits = "bit 0 = u ... bit 5 = y"
    table = _put(table, "bands_observed", pa.array(seen), None, f"Bands observed in {family.name}, {bits}")
    table = _put(
        table,
        "bands_detected",
        pa.array(detected),
        None,
        f"Bands of {family.name} with S/N of {params.detect_snr:g} or more, {bits}",
    )
    table = _put(table, "n_detected", pa.array(count), None, "Number of bands in bands_detected")
    report.details["snr_of"] = family.name
    return table


def _allowed(table, column, family, band, params, offset) -> dict[str, Any]:
    """The state of the column to convert; TsmError if a correction was applied to it, or to its result,
    before."""
    for name in dict.fromkeys((column, family.mag.get(band), f"{column}_corrected")):
        if name is None or name not in table.column_names:
            continue
        state = state_of(table.schema.field(name))
        if params.deredden != "none" and state.get("dereddened"):
            raise TsmError(
                f"'{name}' is already dereddened ({state.get('dust_map')}).",
                remedy="Leave 'deredden' out of one of the photometry steps.",
                where=name,
            )
        if offset and state.get("offset"):
            raise TsmError(
                f"'{name}' already has the zero-point offsets {state['offset']}.",
                remedy="Leave 'offsets' out of one of the photometry steps.",
                where=name,
            )
    state = state_of(table.schema.field(column))
    base = {"system": "AB", "dereddened": False, "dust_map": None, "offset": None}
    return base | state | {"band": band, "flux": family.name}


def _new_state(params: PhotometryParams, profile: Profile, band: str) -> dict[str, Any]:
    state: dict[str, Any] = {"by": "photometry", "zeropoint": params.zeropoint}
    if params.deredden != "none":
        state |= {"dereddened": True, "dust_map": profile.dust_map, "a_over_ebv": _coefficient(profile, band)}
    if params.offsets != "none":
        state["offset"] = params.offsets
    return state


def _offset(profile: Profile, name: str) -> dict[str, float] | None:
    if name == "none":
        return None
    if name not in profile.ab_offsets:
        known = ", ".join(profile.ab_offsets) or "none"
        raise TsmError(
            f"The release '{profile.name}' has no zero-point offsets '{name}'.",
            remedy=f"It has: {known}.",
            where="offsets",
        )
    return profile.ab_offsets[name]


def _coefficient(profile: Profile, band: str) -> float:
    if band not in profile.a_over_ebv:
        raise TsmError(
            f"The release '{profile.name}' has no extinction coefficient for the band '{band}'.", where=band
        )
    return profile.a_over_ebv[band]


def _ebv(table: pa.Table, profile: Profile, report: Report) -> np.ndarray:
    if profile.ebv not in table.column_names:
        raise TsmError(
            f"Dereddening needs the column '{profile.ebv}' (E(B-V)), which the table hasn't.",
            remedy=f"Add '{profile.ebv}' to the columns of the match, or set deredden: none.",
            where=profile.ebv,
        )
    ebv, known = _values(table, profile.ebv)
    missing = int((~known).sum())
    if missing:
        report.findings.append(
            Finding(
                "warning",
                f"{missing} rows have no E(B-V): their corrected magnitudes are null.",
                where=profile.ebv,
                count=missing,
            )
        )
    return np.where(known, ebv, np.nan)


def _values(table: pa.Table, column: str, nan_is_null: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """float64 values and where there is one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    array = table[column]
    values = array.cast(pa.float64()).to_numpy(zero_copy_only=False)
    known = pc.is_valid(array).to_numpy()
    return values, known & np.isfinite(values) if nan_is_null else known


def _put(table, name, values, state: dict | None, description: str | None = None) -> pa.Table:
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


OPERATION = Operation(
    name="photometry",
    title="Photometry",
    summary="Magnitudes from fluxes, dereddened if asked; which bands were observed and detected.",
    params=PhotometryParams,
    run=run,
    main="to",
)
