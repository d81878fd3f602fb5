"""HDF5 files as RAIL reads them: one table a file, each column a one-dimensional data set, numbers only.

Magnitudes are float64: NaN where observed and not detected (flux not positive), inf where not observed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pz_tsm import arrays
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Tag:
    """A RAIL catalogue tag: names of the columns that its users expect, and the flux family they stand
    for."""

    mag: str
    err: str
    flux: str | None  # None: the first family of the table
    bands: str = "ugrizy"


GAAP = Tag("{band}_gaap1p0Mag", "{band}_gaap1p0MagErr", "gaap1p0")
CMODEL = Tag("{band}_cModelMag", "{band}_cModelMagErr", "cModel")
TAGS: dict[str, Tag] = {
    "lsst_gaap_1p0": GAAP,
    "lsst_gaap_1p0_4band": Tag(GAAP.mag, GAAP.err, GAAP.flux, "griz"),
    "lsstcam_gaap": GAAP,
    "lsstcam_gaap_4band": Tag(GAAP.mag, GAAP.err, GAAP.flux, "griz"),
    "com_cam_gaap": GAAP,
    "com_cam_gaap_4band": Tag(GAAP.mag, GAAP.err, GAAP.flux, "griz"),
    "com_cam": CMODEL,
    "com_cam_4band": Tag(CMODEL.mag, CMODEL.err, CMODEL.flux, "griz"),
    "dc2": Tag("mag_{band}_cModel_obj_dered", "magerr_{band}_cModel_obj_dered", "cModel"),
    "rubin": Tag("LSST_obs_{band}", "LSST_obs_{band}_err", None),
    "roman_rubin": Tag("LSST_obs_{band}", "LSST_obs_{band}_err", None),
    "flagship": Tag("mag_{band}_lsst", "mag_{band}_lsst_err", None),
    "rail_demo": Tag("mag_{band}_lsst", "mag_err_{band}_lsst", None),
}
KEYS = ("format", "catalog_tag", "group", "flux", "extra")


def plan(spec: dict[str, Any], schema: pa.Schema) -> tuple[str, Tag, dict[str, str]]:
    """Tag name, tag, and {column in the file: column of the table}; TsmError names the first that is
    missing."""
    for key in spec:
        if key not in KEYS:
            raise TsmError(
                f"The format rail-hdf5 knows no '{key}'.",
                remedy=f"It knows: {', '.join(KEYS)}.",
                where="write",
            )
    names = schema.names
    families = [name[2:-3] for name in names if len(name) > 5 and name[1] == "_" and name.endswith("Mag")]
    families = list(dict.fromkeys(families))
    name = spec.get("catalog_tag")
    if name is None:
        name = next((tag for tag, one in TAGS.items() if one.flux in families), "lsst_gaap_1p0")
    if name not in TAGS:
        raise TsmError(
            f"There is no catalog_tag '{name}'.",
            remedy=f"Known tags: {', '.join(TAGS)}.",
            where="catalog_tag",
        )
    if spec.get("group", "") not in ("", "photometry"):
        raise TsmError(
            f"The group of a RAIL file is \"\" or photometry, not '{spec['group']}'.", where="group"
        )
    tag = TAGS[name]
    flux = spec.get("flux") or tag.flux or (families[0] if families else "gaap1p0")
    columns: dict[str, str] = {}
    for band in tag.bands:
        for template, suffix in ((tag.mag, "Mag"), (tag.err, "MagErr")):
            source = f"{band}_{flux}{suffix}"
            if source not in names:
                has = (
                    f"The table has magnitudes of: {', '.join(families)}."
                    if families
                    else "The table has no magnitudes."
                )
                raise TsmError(
                    f"The catalog_tag '{name}' needs the column '{source}', which the table hasn't.",
                    remedy=f"{has} Add {flux} to the match and a photometry step, or choose another tag.",
                    where=source,
                )
            columns[template.format(band=band)] = source
    if "redshift" not in names:
        raise TsmError("A RAIL file needs the column 'redshift'.", where="redshift")
    columns["redshift"] = "redshift"
    for extra in ("objectId", *spec.get("extra", ())):
        if extra in names:
            columns[extra] = extra
        elif extra != "objectId":
            raise TsmError(f"The table has no column '{extra}' for the RAIL files.", where=extra)
    import pyarrow.types as pt

    for target, source in columns.items():
        kind = schema.field(source).type
        if not (pt.is_integer(kind) or pt.is_floating(kind) or pt.is_boolean(kind)):
            raise TsmError(
                f"The column '{target}' is no number ({kind}); RAIL files hold numbers only.", where=target
            )
    return name, tag, columns


def write(folder: Path, table: pa.Table, spec: dict[str, Any]) -> list[Path]:
    """``{part}.hdf5`` for every part but ``unused`` (``all.hdf5`` without a split), and
    ``catalog_tag.yaml``."""
    name, tag, columns = plan(spec, table.schema)
    group = spec.get("group", "")
    folder.mkdir(parents=True, exist_ok=True)
    paths, rows = [], {}
    wanted = {"is_best", "split", *columns.values(), *(name.removesuffix("Err") for name in columns.values())}
    for part, some in parts(table.select([name for name in table.column_names if name in wanted])):
        path = folder / f"{part}.hdf5"
        _write_file(path, some, columns, group)
        paths.append(path)
        rows[path.name] = some.num_rows
    about = folder / "catalog_tag.yaml"
    about.write_text(_about(name, tag, columns, group, rows, _dereddened(table, columns)), encoding="utf-8")
    return [*paths, about]


def parts(table: pa.Table) -> list[tuple[str, pa.Table]]:
    """Parts and their best rows, in order of name; all best rows as ``all`` if the table has no split."""
    import pyarrow.compute as pc

    if "is_best" in table.column_names:
        state = (table.schema.field("split").metadata or {}) if "split" in table.column_names else {}
        if b'"rows": "all"' not in state.get(b"state", b""):
            table = table.filter(pc.fill_null(table["is_best"], False))
    if "split" not in table.column_names:
        return [("all", table)]
    labels = sorted({*_declared(table), *pc.unique(table["split"]).drop_null().to_pylist()} - {"unused"})
    return [(label, table.filter(pc.equal(table["split"], label))) for label in labels]


def values(table: pa.Table, target: str, source: str) -> np.ndarray:
    """A column as it stands in the file; not to be written to."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pt

    column = table[source]
    if pt.is_boolean(column.type):
        column = column.cast(pa.int8())
    if pt.is_integer(column.type):
        if not column.null_count:
            return arrays.numbers(column)
        if source in ("objectId", "row_id"):
            raise TsmError(f"The column '{source}' has gaps; a RAIL file can't hold it.", where=source)
    column = column.cast(pa.float64())
    if not column.null_count:
        return arrays.numbers(column)
    found = arrays.numbers(pc.fill_null(column, np.nan)).copy()
    missing = arrays.truths(pc.is_null(column))
    if source.endswith(("Mag", "MagErr")):
        found[missing] = np.inf
        if source.endswith("MagErr"):  # an error that is unknown, of a magnitude that is known
            magnitude = table[source.removesuffix("Err")]
            found[missing & arrays.truths(pc.is_valid(magnitude))] = np.nan
    else:
        found[missing] = np.nan
    return found


def _write_file(path: Path, table: pa.Table, columns: dict[str, str], group: str) -> None:
    import h5py

    from pz_tsm.bundle.formats import access

    with h5py.File(path, "w", libver=("earliest", "v110"), track_order=False) as file:
        file.attrs["access"] = access(table)
        place = file.require_group(group) if group else file
        for target, source in columns.items():
            place.create_dataset(target, data=values(table, target, source), track_times=False)


def _declared(table: pa.Table) -> list[str]:
    import json

    state = (table.schema.field("split").metadata or {}).get(b"state")
    return list(json.loads(state).get("parts", {})) if state else []


def _dereddened(table: pa.Table, columns: dict[str, str]) -> bool | None:
    """Whether all magnitudes are corrected for extinction, as the tags expect; None if the table doesn't
    say."""
    import json

    states = [
        json.loads((table.schema.field(source).metadata or {}).get(b"state", b"{}"))
        for source in columns.values()
    ]
    said = [state["dereddened"] for state in states if state.get("kind") == "mag" and "dereddened" in state]
    return all(said) if said else None


def _about(
    name: str, tag: Tag, columns: dict[str, str], group: str, rows: dict[str, int], dereddened: bool | None
) -> str:
    lines = [
        f"catalog_tag: {name}",
        f'hdf5_groupname: "{group}"',
        f"bands: [{', '.join(tag.bands)}]",
        f'band_name_template: "{tag.mag}"',
        f'band_err_name_template: "{tag.err}"',
        "redshift_col: redshift",
        "id_col: objectId" if "objectId" in columns else "id_col: null",
        f"dereddened: {'null' if dereddened is None else str(dereddened).lower()}",
        "nondetect_val: .nan",
        "nonobserved_val: .inf",
        "columns:",
        *(f"  - {{name: {target}, from: {source}}}" for target, source in columns.items()),
        "rows:",
        *(f"  {file}: {count}" for file, count in sorted(rows.items())),
    ]
    return "\n".join(lines) + "\n"
