"""A HATS catalogue or collection as one table: for redshift catalogues, which are small."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pz_tsm.sources.formats.common import only
from pz_tsm.sources.formats.parquet import plain

OWN = ("_healpix_29", "Norder", "Dir", "Npix")  # columns of the format, not of the catalogue


def read(path: Path, *, columns: Sequence[str] | None = None, **_: Any) -> Any:
    import pyarrow as pa

    from pz_tsm.sources import hats

    catalogue = hats.open_catalogue(path)
    names = only([name for name in catalogue.schema.names if name not in OWN], columns, path.name)
    return plain(pa.concat_tables([catalogue.read(part, names) for part in catalogue.partitions]))
