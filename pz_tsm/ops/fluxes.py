"""The flux families of a table: which columns hold them, and the state of each column."""

from __future__ import annotations

import difflib
import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.releases import Profile


MAG_PER_FLUX = 2.5 / math.log(10)  # sigma_m = MAG_PER_FLUX sigma_f / f
SENTINELS = (99.0, -99.0, 999.0, -999.0, -9.99, -9.9999)  # of magnitudes and their errors


@dataclass
class Family:
    """The columns of one flux family, by band."""

    name: str
    flux: dict[str, str]
    err: dict[str, str]
    mag: dict[str, str]
    mag_err: dict[str, str]


def families_of(table: pa.Table, profile: Profile) -> dict[str, Family]:
    """Families in the order of the table's columns; these are known by their state, else by their name."""
    found: dict[str, Family] = {}
    names = set(table.column_names)
    for field in table.schema:
        state = state_of(field)
        match = re.fullmatch(r"([ugrizy])_(\w+?)(Flux|Mag)", field.name)
        if state.get("kind") in ("flux", "mag"):
            band, flux = state["band"], state["flux"]
        elif match and not state:
            band, flux = match.group(1), match.group(2)
        else:
            continue
        family = found.setdefault(flux, Family(flux, {}, {}, {}, {}))
        for into, column in (
            (family.flux, profile.flux(band, flux)),
            (family.err, profile.flux_err(band, flux)),
            (family.mag, profile.mag(band, flux)),
            (family.mag_err, profile.mag_err(band, flux)),
        ):
            if column in names:
                into[band] = column
    return found


def chosen(families: dict[str, Family], asked: str | list[str] | None) -> list[Family]:
    """The asked families (any case), or all; TsmError names the nearest known one."""
    if not families:
        raise TsmError(
            "The table has no fluxes.",
            remedy="Match to a release first, with a flux family in 'columns'.",
            where="flux",
        )
    if not asked:
        return list(families.values())
    by_case = {name.lower(): family for name, family in families.items()}
    found = []
    for name in [asked] if isinstance(asked, str) else asked:
        if name.lower() not in by_case:
            near = difflib.get_close_matches(name.lower(), by_case, n=1, cutoff=0.4)
            remedy = (
                f"The nearest that it has is '{by_case[near[0]].name}'."
                if near
                else f"It has: {', '.join(families)}."
            )
            raise TsmError(f"The table has no fluxes of the family '{name}'.", remedy=remedy, where="flux")
        found.append(by_case[name.lower()])
    return found


def state_of(field: pa.Field) -> dict[str, Any]:
    text = (field.metadata or {}).get(b"state")
    return json.loads(text) if text else {}


def without_sentinels(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Releases write 99 and the like where there is no magnitude: null here."""
    import pyarrow as pa
    import pyarrow.compute as pc

    values = pa.array(SENTINELS, column.type)
    return pc.if_else(pc.is_in(column, value_set=values), pa.scalar(None, column.type), column)
