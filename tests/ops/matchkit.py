"""What the tests of match, photometry, split and the bundle share: the visible kit, and small HATS
catalogues."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
OBJECTS = DATA / "hats" / "lsst_like_object_collection"
needs_kit = pytest.mark.skipif(not DATA.is_dir(), reason="the data kit ../shared/data is absent")


def run(name: str, table: pa.Table, ctx=None, **params):
    """Result of one operation."""
    from pz_tsm.ops import get
    from pz_tsm.ops.base import Context

    return get(name).run(table, get(name).parse(params), ctx or Context())


def specz() -> pa.Table:
    """The kit's unique redshifts with canonical names, and their own id in the column CRD_ID."""
    from pz_tsm.ids import row_ids

    table = pq.read_table(DATA / "photo" / "specz_unique.parquet")
    ids, _ = row_ids("specz_unique", [table["CRD_ID"]], table)
    return pa.table(
        {
            "row_id": pa.array(ids),
            "CRD_ID": table["CRD_ID"].cast(pa.string()),
            "ra": table["ra"],
            "dec": table["dec"],
            "redshift": table["z"],
            "survey": table["survey"].cast(pa.string()),
            "z_flag_homogenized": table["z_flag_homogenized"].cast(pa.float32()),
            "instrument_type": table["instrument_type_homogenized"].cast(pa.string()),
        }
    )


def write_hats(
    folder: Path, table: pa.Table, order: int, name: str = "object", suffix: str = ".parquet"
) -> Path:
    """A HATS catalogue of the table (coord_ra, coord_dec), with all partitions of one order."""
    import astropy.units as u
    from astropy.coordinates import Latitude, Longitude
    from cdshealpix import nested

    ra, dec = table["coord_ra"].to_numpy(), table["coord_dec"].to_numpy()
    good = np.isfinite(ra) & np.isfinite(dec)
    pixels = np.zeros(len(ra), dtype=np.int64)
    pixels[good] = nested.lonlat_to_healpix(
        Longitude(ra[good], u.deg), Latitude(dec[good], u.deg), order
    ).astype(np.int64)
    folder.mkdir(parents=True)
    lines = ["Norder,Npix"]
    for pixel in np.unique(pixels):
        place = (
            folder
            / "dataset"
            / f"Norder={order}"
            / f"Dir={pixel // 10_000 * 10_000}"
            / f"Npix={pixel}{suffix}"
        )
        if suffix == "/":
            place = (
                folder / "dataset" / f"Norder={order}" / f"Dir={pixel // 10_000 * 10_000}" / f"Npix={pixel}"
            )
            place = place / "part0.parquet"
        place.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table.filter(pa.array(pixels == pixel)), place, row_group_size=50)
        lines.append(f"{order},{pixel}")
    pq.write_metadata(table.schema, folder / "dataset" / "_common_metadata")
    (folder / "partition_info.csv").write_text("\n".join(lines) + "\n")
    (folder / "hats.properties").write_text(
        f"#HATS catalog\nobs_collection={name}\ndataproduct_type=object\nhats_nrows={table.num_rows}\n"
        f"hats_col_ra=coord_ra\nhats_col_dec=coord_dec\nhats_npix_suffix={suffix}\n"
        "hats_creation_date=2026-11-23T03\\:20UTC\n"
    )
    return folder


def all_objects() -> pa.Table:
    """Every object of the kit's collection."""
    from pz_tsm.sources.hats import open_catalogue

    catalogue = open_catalogue(OBJECTS)
    names = [name for name in catalogue.schema.names if name != "_healpix_29"]
    return pa.concat_tables(catalogue.read(part, names) for part in catalogue.partitions)


def few_objects(count: int = 12) -> pa.Table:
    """Objects in a row at RA 10.0, 10.1, ... Dec -30, with six bands of gaap1p0 and two of cModel."""
    number = np.arange(count)
    columns = {
        "objectId": pa.array(900_000_000_000_000_000 + number),
        "coord_ra": pa.array(10 + number / 10),
        "coord_dec": pa.array(np.full(count, -30.0)),
        "ebv": pa.array(np.full(count, 0.1, dtype=np.float32)),
        "tract": pa.array(np.full(count, 5063)),
    }
    for band in "ugrizy":
        columns[f"{band}_gaap1p0Flux"] = pa.array(np.full(count, 1000, dtype=np.float32))
        columns[f"{band}_gaap1p0FluxErr"] = pa.array(np.full(count, 50, dtype=np.float32))
    for band in "gi":
        columns[f"{band}_cModelFlux"] = pa.array(np.full(count, 2000, dtype=np.float32))
        columns[f"{band}_cModelFluxErr"] = pa.array(np.full(count, 40, dtype=np.float32))
    return pa.table(columns)


def redshifts(ra, dec, z, **more) -> pa.Table:
    """Redshifts at the positions; flag 4, spectroscopic, row_id 1, 2, ... unless given."""
    count = len(ra)
    columns = {
        "row_id": np.arange(1, count + 1),
        "ra": np.asarray(ra, dtype=float),
        "dec": np.asarray(dec, dtype=float),
        "redshift": np.asarray(z, dtype=float),
        "survey": ["MOCK"] * count,
        "z_flag_homogenized": pa.array([4.0] * count, pa.float32()),
        "instrument_type": ["s"] * count,
    } | more
    return pa.table({name: pa.array(values) for name, values in columns.items()})
