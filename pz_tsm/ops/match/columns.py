"""Which columns a match reads from a release, what they mean, and what the result's columns are."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pz_tsm.errors import TsmError
from pz_tsm.releases import Profile, Release, Stored, presets
from pz_tsm.sources.hats import Catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from pz_tsm.ops.match.params import MatchParams

OTHER_IDS = ("id", "object_id", "source_id")  # tried for a catalogue whose release nobody named
ADDED = (
    "specz_ra",
    "specz_dec",
    "objectId",
    "release",
    "match_dist",
    "match_n",
    "match_second_dist",
    "split_key",
)


@dataclass(frozen=True)
class Wanted:
    """Columns to read from the release: the id, an optional primary flag, and those that go into the
    result."""

    id: str
    primary: str | None
    columns: tuple[str, ...]
    states: dict[str, dict]  # column -> its photometric state


def wanted(
    release: Release, catalogue: Catalogue, asked: list[str] | None, objects: str = "primary"
) -> Wanted:
    """Check the asked flux families and columns against the catalogue; TsmError names the nearest known
    one."""
    have = catalogue.schema.names
    profile = release.profile
    ids = [profile.id, *(OTHER_IDS if release.assumed else ())]
    id_column = next((name for name in ids if name in have), None)
    if id_column is None:
        raise _unknown(profile.id, have, release, "object id")
    for name in (catalogue.ra, catalogue.dec):
        if name not in have:
            raise _unknown(name, have, release, "position")
    families = families_in(profile, have)
    families += [flux for flux in mag_families_in(profile, have) if flux not in families]
    if asked is None:
        asked = [name for name in profile.default_fluxes if name in families] or families[:1]
    columns: list[str] = []
    for name in asked:
        family = next((flux for flux in families if flux.lower() == name.lower()), None)
        preset = presets.named(name, profile.presets)
        if name in have:
            columns.append(name)
        elif family is not None:
            columns += family_columns(profile, family, have)
        elif preset is not None:
            columns += _of_preset(name, preset, have, release)
        else:
            raise _unknown(name, [*families, *have], release, "column or flux family")
    columns += [name for name in (profile.ebv, *profile.extra) if name in have]
    skip = {id_column, catalogue.ra, catalogue.dec}
    columns = [name for name in dict.fromkeys(columns) if name not in skip]
    known = states(profile, families, profile.stored_flux, profile.stored_mag)
    found = {name: state for name, state in known.items() if name in columns}
    primary = profile.primary if objects == "primary" and profile.primary in have else None
    return Wanted(id_column, primary, tuple(columns), found)


def families_in(profile: Profile, have: list[str]) -> list[str]:
    """Flux families of the profile that the catalogue holds in at least one band, in the profile's order."""
    names = set(have)
    return [
        flux for flux in profile.fluxes if any(profile.flux(band, flux) in names for band in profile.bands)
    ]


def mag_families_in(profile: Profile, have: list[str]) -> list[str]:
    """Flux families of which the catalogue holds magnitudes in at least one band, in the profile's order."""
    names = set(have)
    return [
        flux for flux in profile.fluxes if any(profile.mag(band, flux) in names for band in profile.bands)
    ]


def family_columns(profile: Profile, flux: str, have: list[str]) -> list[str]:
    """The columns of a family: its fluxes and their errors, or its magnitudes where it has no fluxes."""
    names = set(have)
    fluxes = [column for column, *_ in flux_columns(profile, flux) if column in names]
    mags = [f(band, flux) for band in profile.bands for f in (profile.mag, profile.mag_err)]
    return fluxes or [column for column in mags if column in names]


def _of_preset(name: str, preset: presets.Preset, have: list[str], release: Release) -> list[str]:
    """The columns of the release that a preset reads; TsmError if some are not there."""
    wanted = preset.columns()
    missing = [column for column in wanted if column not in have]
    if missing:
        shown = f"{', '.join(missing[:6])}{f' and {len(missing) - 6} more' if len(missing) > 6 else ''}"
        raise TsmError(
            f"The preset '{name}' reads columns that the release '{release.name}' hasn't: {shown}.",
            remedy="Use another preset, or a condition of your own.",
            where=missing[0],
        )
    return wanted


def flux_columns(profile: Profile, flux: str) -> list[tuple[str, str, str]]:
    """(column, band, kind) of a family: fluxes and their errors, band by band."""
    found = []
    for band in profile.bands:
        found += [(profile.flux(band, flux), band, "flux"), (profile.flux_err(band, flux), band, "flux_err")]
    return found


def result_schema(before: pa.Schema, release: Release, catalogue: Catalogue, want: Wanted) -> pa.Schema:
    """Schema of the matched table. Columns of the input that clash with a new one are parked as
    ``NAME__specz``."""
    import pyarrow as pa

    if "match_dist" in before.names:
        raise TsmError(
            "The table is already matched to a release (it has the column 'match_dist').",
            remedy="Use one match step in a recipe.",
            where="match",
        )
    if "split" in before.names and b"state" in (before.field("split").metadata or {}):
        raise TsmError(
            "The table is split already; the match may find that rows of two parts are one object.",
            remedy="Put the split after the match.",
            where="split",
        )
    new = {*ADDED, *want.columns}
    fields = [field.with_name(f"{field.name}__specz") if field.name in new else field for field in before]
    if "is_best" not in before.names:
        fields.append(pa.field("is_best", pa.bool_()))
    for name in ("verdict", "decided_by"):
        if name not in before.names:
            fields.append(pa.field(name, pa.string()))
    if "rival" not in before.names:
        fields.append(pa.field("rival", pa.int64()))
    fields += [
        _field(
            "specz_ra", pa.float64(), "deg", "pos.eq.ra", "Right ascension in the redshift catalogue (ICRS)"
        ),
        _field(
            "specz_dec", pa.float64(), "deg", "pos.eq.dec", "Declination in the redshift catalogue (ICRS)"
        ),
        _field("objectId", pa.int64(), "", "meta.id", f"Object of the release {release.name}"),
        _field("release", pa.string(), "", "meta.version", "Release of the object catalogue"),
        _field(
            "match_dist",
            pa.float32(),
            "arcsec",
            "pos.angDistance",
            "Separation of the redshift's position and the object",
        ),
        _field("match_n", pa.int16(), "", "meta.number", "Objects within the radius"),
        _field(
            "match_second_dist",
            pa.float32(),
            "arcsec",
            "pos.angDistance",
            "Separation of the second nearest object within the radius",
        ),
        _field(
            "split_key",
            pa.int64(),
            "",
            "meta.id.parent",
            "Component of groups and objects; what a split keeps together",
        ),
    ]
    for name in want.columns:
        stored = catalogue.schema.field(name)
        metadata = {
            key: value
            for key, value in (stored.metadata or {}).items()
            if key in (b"unit", b"ucd", b"description")
        }
        state = want.states.get(name)
        if state:
            metadata.setdefault(b"unit", state["unit"].encode())
            metadata[b"state"] = json.dumps(state, sort_keys=True).encode()
        elif name == release.profile.ebv:
            metadata.setdefault(b"unit", b"mag")
            metadata.setdefault(b"description", f"E(B-V), {release.profile.dust_map}".encode())
        fields.append(pa.field(name, stored.type, metadata=metadata or None))
    metadata = dict(before.metadata or {})
    metadata[b"tsm:access"] = most_restrictive(
        metadata.get(b"tsm:access", b"").decode(), release.profile.access
    ).encode()
    metadata[b"tsm:release"] = json.dumps(
        {
            "name": release.name,
            "profile": release.profile.name,
            "assumed": release.assumed,
            "catalogue": catalogue.name,
            "profile_data": release.profile.to_dict(),
        },
        sort_keys=True,
    ).encode()
    positions = {
        "ra": _field(
            "ra", pa.float64(), "deg", "pos.eq.ra;meta.main", "Right ascension of the object (ICRS)"
        ),
        "dec": _field("dec", pa.float64(), "deg", "pos.eq.dec;meta.main", "Declination of the object (ICRS)"),
    }
    return pa.schema([positions.get(field.name, field) for field in fields], metadata=metadata)


def with_asked(schema: pa.Schema, params: MatchParams) -> pa.Schema:
    """The schema of the matched table with the columns that the parameters ask for besides."""
    from pz_tsm.ops.match.unmatched import with_reason

    if params.select == "error-weighted":
        schema = schema.append(sigma_field())
    return with_reason(schema) if params.unmatched == "keep" else schema


def bytes_per_row(table: pa.Table, schema: pa.Schema) -> float:
    """About how many bytes a row of the result takes in memory: as in ``table``, and what ``schema`` adds
    (numbers by their width, texts as 16)."""
    import pyarrow.types as pt

    old = table.nbytes / max(table.num_rows, 1)
    new = [field.type for field in schema if field.name not in table.column_names]
    return old + sum(kind.bit_width / 8 if pt.is_primitive(kind) else 16 for kind in new)


def most_restrictive(*access: str) -> str:
    """``public`` if all of them are (or say nothing), else ``rubin-data-rights``."""
    return "public" if all(one in ("", "public") for one in access) else "rubin-data-rights"


def states(profile: Profile, families: Sequence[str], flux: Stored, mag: Stored) -> dict[str, dict]:
    """The photometric state of the columns of those families, by the profile's names; ``flux`` and ``mag``
    say how fluxes and magnitudes are stored."""
    found = {}
    flux_base, mag_base = _base(profile, flux), _base(profile, mag)
    for family in families:
        own = {"flux": family}
        for column, band, kind in flux_columns(profile, family):
            found[column] = {**flux_base, "kind": kind, "unit": profile.flux_unit, "band": band, **own}
        for band in profile.bands:
            both = (profile.mag(band, family), "mag"), (profile.mag_err(band, family), "mag_err")
            for column, kind in both:
                found[column] = {**mag_base, "kind": kind, "unit": "mag", "band": band, **own}
    return found


def _base(profile: Profile, stored: Stored) -> dict:
    """The state of photometry as the release stores it."""
    dust = (stored.dust_map or profile.dust_map) if stored.dereddened else None
    return {
        "system": "AB",
        "dereddened": stored.dereddened,
        "dust_map": dust,
        "offset": stored.offset,
        "profile": profile.name,
    }


def sigma_field() -> pa.Field:
    """The column that select 'error-weighted' adds."""
    import pyarrow as pa

    return _field(
        "match_sigma",
        pa.float32(),
        "",
        "pos.angDistance;arith.ratio",
        "Separation of the redshift's position and the object, in combined position errors",
    )


def _field(name: str, kind: pa.DataType, unit: str, ucd: str, description: str) -> pa.Field:
    import pyarrow as pa

    texts = {"unit": unit, "ucd": ucd, "description": description}
    return pa.field(name, kind, metadata={key: text for key, text in texts.items() if text})


def _unknown(name: str, known: list[str], release: Release, what: str) -> TsmError:
    lower = {text.lower(): text for text in known}
    near = difflib.get_close_matches(name.lower(), lower, n=1, cutoff=0.4)
    remedy = (
        f"The nearest that it has is '{lower[near[0]]}'." if near else f"It has: {', '.join(known[:12])}."
    )
    return TsmError(f"The release '{release.name}' has no {what} '{name}'.", remedy=remedy, where=name)
