"""Fluxes to magnitudes, with extinction and zero-point corrections, each applied once.

    m = zeropoint - 2.5 log10 f,   sigma_m = sigma_f / (0.4 ln 10 f),   m0 = m - offset - A_b E(B-V)

A magnitude is null where the band was not observed, and NaN where it was and the flux is not positive. The
raw fluxes stay. Every column says its state (system, unit, dereddened, dust map, offset) in its metadata.
What a release has corrected already is left as it is; what a step would correct again is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context, Finding, Operation, Params, Report, Result
from pz_tsm.ops.fluxes import MAG_PER_FLUX, chosen, families_of, state_of, without_sentinels
from pz_tsm.ops.signal import BITS, masks, put, values_of, with_snr

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.releases import Profile


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
    zeropoint: float | None = Field(
        None,
        ge=0,
        le=60,
        title="Zero point (mag)",
        description="Magnitude of a flux of 1. Empty: the release's; 31.4 for nJy.",
    )
    detect_snr: float = Field(
        5,
        ge=0,
        title="Detected above S/N",
        description="A band counts as detected from this signal to noise on.",
    )
    snr: Literal["first", "all"] = Field(
        "first",
        title="S/N columns",
        description="Of the first family ({band}_snr), or of the others, too ({band}_{family}_snr).",
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
    ebv = _Dust(table, profile, report)
    params = params.model_copy(
        update={"zeropoint": profile.zeropoint if params.zeropoint is None else params.zeropoint}
    )
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
        if family.flux:
            table = _from_fluxes(table, family, params, profile, offset, ebv, report)
        elif params.to == "mag":
            table = _correct_magnitudes(table, family, params, profile, offset, ebv, report)
        else:
            report.findings.append(
                Finding(
                    "warning", f"{family.name} has magnitudes only: it gets no fluxes.", where=family.name
                )
            )
    first = next((family for family in families if family.flux), families[0])
    table = masks(table, first, params.detect_snr, report)
    if params.snr == "all":
        for family in families:
            if family is not first:
                table = with_snr(table, family, f"{{band}}_{family.name}_snr")
    return Result(table, report.close())


def _tell_undone(table, family, params, report) -> None:
    """Warn where magnitudes with a correction are made anew from the fluxes without it."""
    if not family.flux or params.to != "mag":
        return
    states = [state_of(table.schema.field(family.mag[band])) for band in family.flux if band in family.mag]
    sources = [state_of(table.schema.field(name)) for name in family.flux.values()]
    undone = []
    for key, asked, words in (
        ("dereddened", params.deredden, "dereddening"),
        ("offset", params.offsets, "zero-point offsets"),
    ):
        if asked == "none" and any(one.get(key) for one in states) and not any(o.get(key) for o in sources):
            undone.append(words)
    if undone:
        ours = any(one.get("by") == "photometry" for one in states)
        report.findings.append(
            Finding(
                "warning",
                f"The magnitudes of {family.name} are made anew from the fluxes: the "
                f"{' and '.join(undone)} of {'an earlier step' if ours else 'the release'} are gone.",
                remedy="Ask for all corrections in one photometry step.",
                where=family.name,
            )
        )


def _from_fluxes(table, family, params, profile, offset, dust, report) -> pa.Table:
    """Magnitudes, or corrected fluxes, of one family."""
    import pyarrow as pa

    negative: dict[str, int] = {}
    for band, column in sorted(family.flux.items(), key=lambda item: BITS.find(item[0])):
        state, todo = _allowed(table, column, family, band, params, offset, profile, report)
        if params.to == "flux" and not (todo.dust or todo.offset):
            continue
        flux, observed = values_of(table, column)
        shift = _shift(todo, offset, dust, profile, band, len(flux))
        known = observed & np.isfinite(shift)
        error, has_error = (
            values_of(table, family.err[band])
            if band in family.err
            else (np.full(len(flux), np.nan), np.zeros(len(flux), bool))
        )
        state |= _new_state(params, profile, band, todo)
        if params.to == "flux":
            factor = 10 ** (0.4 * shift)
            unit = state.get("unit") or profile.flux_unit
            table = put(
                table,
                f"{column}_corrected",
                pa.array((flux * factor).astype(np.float32), mask=~known),
                {**state, "kind": "flux_corrected", "unit": unit},
            )
            table = put(
                table,
                f"{column}Err_corrected",
                pa.array((error * factor).astype(np.float32), mask=~(known & has_error)),
                {**state, "kind": "flux_corrected_err", "unit": unit},
            )
            continue
        positive = known & (flux > 0)
        negative[band] = int((known & ~positive).sum())
        mag, mag_err = np.full(len(flux), np.nan), np.full(len(flux), np.nan)
        mag[positive] = params.zeropoint - 2.5 * np.log10(flux[positive]) - shift[positive]
        mag_err[positive] = MAG_PER_FLUX * error[positive] / flux[positive]
        table = put(
            table,
            profile.mag(band, family.name),
            pa.array(mag.astype(np.float32), mask=~known),
            {**state, "kind": "mag", "unit": "mag"},
        )
        table = put(
            table,
            profile.mag_err(band, family.name),
            pa.array(mag_err.astype(np.float32), mask=~(known & has_error)),
            {**state, "kind": "mag_err", "unit": "mag"},
        )
    if any(negative.values()):
        report.details.setdefault("not_positive", {})[family.name] = negative
    return table


def _correct_magnitudes(table, family, params, profile, offset, dust, report) -> pa.Table:
    """Corrections on magnitudes that come without fluxes; values such as 99 become null."""
    import pyarrow as pa

    for band, column in family.mag.items():
        state, todo = _allowed(table, column, family, band, params, offset, profile, report)
        for name in (column, family.mag_err.get(band)):
            if name is not None and pa.types.is_floating(table[name].type):
                place = table.column_names.index(name)
                table = table.set_column(place, table.schema.field(name), without_sentinels(table[name]))
        mag, observed = values_of(table, column, nan_is_null=False)
        shift = _shift(todo, offset, dust, profile, band, len(mag))
        table = put(
            table,
            column,
            pa.array((mag - shift).astype(np.float32), mask=~(observed & np.isfinite(shift))),
            {**state, **_new_state(params, profile, band, todo, made=False), "kind": "mag", "unit": "mag"},
        )
    return table


def _shift(todo: _Todo, offset, dust: _Dust, profile: Profile, band: str, size: int) -> np.ndarray:
    """What is taken off the magnitudes; NaN where the extinction is not known."""
    shift = np.full(size, float((offset or {}).get(band, 0.0)) if todo.offset else 0.0)
    return shift + _coefficient(profile, band) * dust.ebv if todo.dust else shift


@dataclass(frozen=True)
class _Todo:
    """The corrections that are asked for and not in the column yet."""

    dust: bool
    offset: bool


class _Dust:
    """E(B-V) of the table's rows, read when a correction needs it."""

    def __init__(self, table: pa.Table, profile: Profile, report: Report) -> None:
        self._of = table, profile, report

    @cached_property
    def ebv(self) -> np.ndarray:
        return _ebv(*self._of)


def _allowed(table, column, family, band, params, offset, profile, report) -> tuple[dict[str, Any], _Todo]:
    """The state of the column to convert, and what is to be done to it.

    TsmError if a step corrected it, or its result, before, or if the release corrected it otherwise. What the
    release corrected in the way that is asked for needs nothing.
    """
    asked = {"dereddened": params.deredden != "none", "offset": bool(offset)}
    for name in dict.fromkeys((column, family.mag.get(band), f"{column}_corrected")):
        if name is None or name not in table.column_names:
            continue
        state = state_of(table.schema.field(name))
        ours = state.get("by") == "photometry"
        if name != column and not ours:
            continue  # the release's own magnitudes beside its fluxes: made anew
        if (
            asked["dereddened"]
            and state.get("dereddened")
            and (ours or state.get("dust_map") != profile.dust_map)
        ):
            raise TsmError(
                f"'{name}' is already dereddened ({state.get('dust_map')}).",
                remedy="Leave 'deredden' out of one of the photometry steps."
                if ours
                else "Set deredden: none.",
                where=name,
            )
        if asked["offset"] and state.get("offset") and (ours or state["offset"] != params.offsets):
            raise TsmError(
                f"'{name}' already has the zero-point offsets {state['offset']}.",
                remedy="Leave 'offsets' out of one of the photometry steps."
                if ours
                else "Set offsets: none.",
                where=name,
            )
    state = state_of(table.schema.field(column))
    there = [
        words
        for key, words in (("dereddened", "dereddened"), ("offset", "corrected for the zero-point offsets"))
        if asked[key] and state.get(key)
    ]
    said = f"{family.name} comes from the release {' and '.join(there)}: that is not done again."
    if there and all(one.message != said for one in report.findings):
        report.findings.append(Finding("note", said, where=family.name))
    base = {"system": "AB", "dereddened": False, "dust_map": None, "offset": None}
    todo = _Todo(
        dust=asked["dereddened"] and not state.get("dereddened"),
        offset=asked["offset"] and not state.get("offset"),
    )
    return base | state | {"band": band, "flux": family.name}, todo


def _new_state(
    params: PhotometryParams, profile: Profile, band: str, todo: _Todo, made: bool = True
) -> dict[str, Any]:
    """What the step adds to the state; ``made``: the column is made from fluxes, not just corrected."""
    state: dict[str, Any] = {"by": "photometry"} if made or todo.dust or todo.offset else {}
    if made:
        state["zeropoint"] = params.zeropoint
    if todo.dust:
        state |= {"dereddened": True, "dust_map": profile.dust_map, "a_over_ebv": _coefficient(profile, band)}
    if todo.offset:
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
    ebv, known = values_of(table, profile.ebv)
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


OPERATION = Operation(
    name="photometry",
    title="Photometry",
    summary="Magnitudes from fluxes, dereddened if asked; which bands were observed and detected.",
    params=PhotometryParams,
    run=run,
    main="to",
)
