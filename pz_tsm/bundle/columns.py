"""What the columns of a training set mean, for those whose table doesn't say it: unit, UCD, words."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

KNOWN: dict[str, tuple[str, str, str]] = {
    "tsm_id": ("", "meta.id;meta.main", "row_id and objectId in hexadecimal; the same in every replay"),
    "row_id": ("", "meta.id", "The measurement"),
    "source_product": ("", "meta.ref", "Catalogue that the redshift comes from"),
    "source_row_id": ("", "meta.id", "The survey's own id"),
    "ra": ("deg", "pos.eq.ra;meta.main", "Right ascension (ICRS)"),
    "dec": ("deg", "pos.eq.dec;meta.main", "Declination (ICRS)"),
    "redshift": ("", "src.redshift", "Redshift"),
    "redshift_err": ("", "stat.error;src.redshift", "Error of the redshift"),
    "survey": ("", "meta.curation", "Survey of the redshift"),
    "z_flag": ("", "meta.code.qual;src.redshift", "The survey's own quality flag"),
    "z_flag_orig": ("", "meta.code.qual", "The survey's own quality flag, verbatim"),
    "z_flag_homogenized": (
        "",
        "meta.code.qual;src.redshift",
        "Quality: 0 none, 1 <70 %, 2 70-90 %, 3 90-99 %, 4 >99 %, 6 star",
    ),
    "instrument_type": ("", "meta.code", "s spectroscopic, g grism or prism, p photometric"),
    "spec_class": ("", "src.class", "GALAXY, QSO, STAR, AGN or null"),
    "is_secondary": ("", "meta.code", "A serendipitous or repeated measurement"),
    "confidence": ("", "stat.probability;src.redshift", "Probability that the redshift is right"),
    "flag_rule": ("", "meta.note", "Rule that gave the homogenized flag"),
    "group_id": ("", "meta.id.parent", "Measurements of one galaxy share it"),
    "is_best": ("", "meta.code", "The measurement that stands for its galaxy"),
    "verdict": ("", "meta.note", "What was decided about the row"),
    "decided_by": ("", "meta.note", "Criterion that decided"),
    "decided_value": ("", "meta.note", "This row's value of the criterion that decided"),
    "rival_value": ("", "meta.note", "The rival's value of it"),
    "rival": ("", "meta.id", "row_id of the row that it was weighed against"),
    "rival_sep": ("arcsec", "pos.angDistance", "Separation from the rival"),
    "rival_dz": ("", "src.redshift;arith.diff", "(z - z of the rival) / (1 + their mean)"),
    "n_meas": ("", "meta.number", "Measurements in the group, without those excluded by decision"),
    "n_secure": ("", "meta.number", "Secure ones among them: flag 3 or 4, not photometric"),
    "z_spread": ("", "stat.stdev;src.redshift", "Largest minus smallest secure redshift of the group"),
    "agreement": ("", "meta.code", "Of the group: single, agree, conflict, or unsure (no two secure ones)"),
    "chain_arcsec": ("arcsec", "pos.angDistance;stat.max", "Largest separation within the group"),
    "ebv": ("mag", "phys.absorption.gal", "E(B-V) of the Milky Way"),
    "extendedness": ("", "src.class.starGalaxy", "0 point, 1 extended"),
    "refExtendedness": ("", "src.class.starGalaxy", "0 point, 1 extended"),
    "tract": ("", "meta.id", "Tract of the sky map"),
    "patch": ("", "meta.id", "Patch of the tract"),
    "split": ("", "meta.code", "Part of the training set; unused belongs to none"),
    "bands_observed": ("", "meta.code", "Bands observed, bit 0 = u ... bit 5 = y"),
    "bands_detected": ("", "meta.code", "Bands detected, bit 0 = u ... bit 5 = y"),
    "n_detected": ("", "meta.number", "Number of bands in bands_detected"),
    "n_bands": ("", "meta.number", "Bands with a finite magnitude"),
    "coord_raErr": ("deg", "stat.error;pos.eq.ra", "Error of the object's right ascension"),
    "coord_decErr": ("deg", "stat.error;pos.eq.dec", "Error of the object's declination"),
    "griz_model_extendedness": ("", "src.class.starGalaxy", "0 point, 1 extended"),
}
BANDS = {"u": "em.opt.U", "g": "em.opt.B", "r": "em.opt.R", "i": "em.opt.I", "z": "em.opt.I", "y": "em.opt.I"}


def described(table: pa.Table) -> pa.Table:
    """The table with unit, UCD and description on every column for which we know them; values are
    untouched."""
    import pyarrow as pa

    fields = []
    for field in table.schema:
        metadata = dict(field.metadata or {})
        unit, ucd, words = _meaning(field.name)
        if not words and b"description" not in metadata:  # a catalogue's own column, verbatim
            words = f"'{metadata.get(b'source_column', field.name.encode()).decode()}' of its catalogue"
        for key, text in ((b"unit", unit), (b"ucd", ucd), (b"description", words)):
            if text and key not in metadata:
                metadata[key] = text.encode()
        fields.append(field.with_metadata(metadata or None))
    return table.cast(pa.schema(fields, metadata=table.schema.metadata))


def schema_json(schema: pa.Schema, path: str) -> dict[str, Any]:
    """The content of schema.json for one table file; see ``columns_json``."""
    return {"format": "tsm-schema/1", **columns_json(schema, path)}


def columns_json(schema: pa.Schema, path: str) -> dict[str, Any]:
    """Columns of a table file, as JSON: name, type, unit, ucd, description and, of photometry, its state."""
    columns = []
    for field in schema:
        known = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
        column: dict[str, Any] = {"name": field.name, "type": str(field.type)}
        column |= {key: known[key] for key in ("unit", "ucd", "description") if key in known}
        if "state" in known:
            column["state"] = json.loads(known["state"])
        columns.append(column)
    return {"table": path, "columns": columns}


def known(name: str) -> bool:
    """True for a column that the format defines; others come verbatim from a catalogue."""
    return any(_meaning(name))


def _meaning(name: str) -> tuple[str, str, str]:
    if name in KNOWN:
        return KNOWN[name]
    match = re.fullmatch(r"([ugrizy])_(?:(\w+)_)?snr", name)
    if match:
        return "", f"stat.snr;phot.flux.density;{BANDS[match[1]]}", "Signal to noise"
    match = re.fullmatch(r"([ugrizy])_(\w+?)(Flux|Mag)(Err)?", name)
    if not match:
        return "", "", ""
    band, flux, what, error = match.groups()
    ucd = f"phot.{'flux.density' if what == 'Flux' else 'mag'};{BANDS[band]}"
    unit = "nJy" if what == "Flux" else "mag"
    words = f"{band} {flux} {'flux' if what == 'Flux' else 'AB magnitude'}"
    return unit, f"stat.error;{ucd}" if error else ucd, f"Error of the {words}" if error else words
