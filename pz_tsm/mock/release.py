"""The mock release: an LSST-like object table as a HATS collection, one partition in memory at a time."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from pz_tsm.mock import shapes
from pz_tsm.mock.sed import BANDS
from pz_tsm.mock.sky import CELL_ORDER

MARGIN_ARCSEC = 5.0
NAME, MARGIN_NAME = "object", "object_5arcs"
BUILDER = "pz_tsm mock sky, hats layout v1.0"
Pixel = tuple[int, int]  # order, number


def partitions(counts: dict[int, int], max_rows: int) -> dict[Pixel, list[int]]:
    """Cells (of CELL_ORDER) gathered into the largest HEALPix pixels that hold no more than ``max_rows``."""
    result: dict[Pixel, list[int]] = {}
    left = dict(sorted(counts.items()))
    for order in range(CELL_ORDER + 1):
        shift = 2 * (CELL_ORDER - order)
        totals: dict[int, int] = {}
        for cell, count in left.items():
            totals[cell >> shift] = totals.get(cell >> shift, 0) + count
        for cell in list(left):
            pixel = cell >> shift
            if totals[pixel] <= max_rows or order == CELL_ORDER:
                result.setdefault((order, pixel), []).append(cell)
                del left[cell]
    return dict(sorted(result.items(), key=lambda item: item[0][1] << (2 * (29 - item[0][0]))))


def schema():
    import pyarrow as pa

    def field(name: str, kind, unit: str | None = None, what: str | None = None):
        notes = {k: v for k, v in (("unit", unit), ("description", what)) if v}
        return pa.field(name, kind, metadata=notes or None)

    f32 = pa.float32()
    fields = [
        field("objectId", pa.int64(), what="identifier; beyond 2**53"),
        field("coord_ra", pa.float64(), "deg"),
        field("coord_dec", pa.float64(), "deg"),
        field("tract", pa.int64()),
        field("patch", pa.int64()),
        field("ebv", f32, "mag", "E(B-V) at the position"),
        field("refExtendedness", f32, what="0 point, 1 extended"),
        field("detect_isPrimary", pa.bool_(), what="false: a second row of the same thing"),
    ]
    for flux in ("gaap1p0", "cModel"):
        for band in BANDS:
            fields += [field(f"{band}_{flux}Flux", f32, "nJy"), field(f"{band}_{flux}FluxErr", f32, "nJy")]
    kinds = {"float": f32, "bool": pa.bool_()}
    fields += [field(name, kinds[kind], unit, what) for name, kind, unit, what in shapes.fields()]
    return pa.schema([*fields, field("_healpix_29", pa.int64())])


class ReleaseWriter:
    """``add`` (or ``write``) each partition of ``plan`` in turn, then ``close``.

    ``columns``: the schema, the mock's own unless given; ``margins``: False for none, as for a benchmark.
    """

    def __init__(self, path: Path, plan: dict[Pixel, list[int]], columns=None, margins: bool = True) -> None:
        self.path, self.plan, self.rows = path, plan, 0
        self._names = (NAME, MARGIN_NAME) if margins else (NAME,)
        if path.exists():
            shutil.rmtree(path)
        for name in self._names:
            (path / name / "dataset").mkdir(parents=True)
        self._schema = columns or schema()
        self._orders = sorted({order for order, _ in plan})
        self._sizes: dict[str, dict[Pixel, int]] = {NAME: {}, MARGIN_NAME: {}}
        self._metadata: dict[str, list] = {NAME: [], MARGIN_NAME: []}
        self._margins: dict[Pixel, list] = {}
        self._bytes = {NAME: 0, MARGIN_NAME: 0}

    def add(self, pixel: Pixel, cells: list[dict[str, np.ndarray]]) -> None:
        """Write one partition from the columns of its cells; NaN (not observed) becomes null."""
        import pyarrow as pa

        columns = {name: np.concatenate([cell[name] for cell in cells]) for name in self._schema.names}
        order = np.argsort(columns["_healpix_29"], kind="stable")
        arrays = []
        for column in self._schema:
            values = columns[column.name][order]
            empty = np.isnan(values) if values.dtype.kind == "f" else None
            arrays.append(pa.array(values, column.type, mask=empty))
        self.write(pixel, pa.Table.from_arrays(arrays, schema=self._schema))

    def write(self, pixel: Pixel, table) -> None:
        """Write one partition: its rows, in the order of ``_healpix_29``."""
        self.rows += table.num_rows
        self._save(NAME, pixel, table)
        if MARGIN_NAME in self._names:
            self._gather_margins(pixel, table)

    def _owner(self, cell: int) -> Pixel | None:
        for order in self._orders:
            pixel = (order, cell >> (2 * (CELL_ORDER - order)))
            if pixel in self.plan:
                return pixel
        return None

    def _gather_margins(self, pixel: Pixel, table) -> None:
        """Keep the rows that lie within the margin of another partition."""
        from pz_tsm.mock.healpix import touched

        ra, dec = table["coord_ra"].to_numpy(), table["coord_dec"].to_numpy()
        wanted: dict[Pixel, set[int]] = {}
        for row, cell in zip(*touched(ra, dec, CELL_ORDER, MARGIN_ARCSEC), strict=True):
            owner = self._owner(int(cell))
            if owner is not None and owner != pixel:
                wanted.setdefault(owner, set()).add(int(row))
        for owner, rows in wanted.items():
            self._margins.setdefault(owner, []).append(table.take(sorted(rows)))

    def _save(self, name: str, pixel: Pixel, table) -> None:
        import pyarrow.parquet as pq

        order, number = pixel
        relative = f"Norder={order}/Dir={number // 10000 * 10000}/Npix={number}.parquet"
        path = self.path / name / "dataset" / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        found: list = []
        pq.write_table(table, path, compression="zstd", metadata_collector=found)
        for part in found:
            part.set_file_path(relative)
        self._metadata[name] += found
        self._sizes[name][pixel] = table.num_rows
        self._bytes[name] += path.stat().st_size

    def close(self) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        for pixel in self.plan:
            if pixel in self._margins:
                table = pa.concat_tables(self._margins[pixel])
                self._save(MARGIN_NAME, pixel, table.sort_by("_healpix_29"))
        for name in self._names:
            dataset = self.path / name / "dataset"
            pq.write_metadata(self._schema, dataset / "_common_metadata")
            pq.write_metadata(self._schema, dataset / "_metadata", metadata_collector=self._metadata[name])
            lines = ["Norder,Npix", *(f"{order},{number}" for order, number in self._sizes[name])]
            (self.path / name / "partition_info.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
            for file in ("hats.properties", "properties"):
                self._write_properties(self.path / name / file, "HATS catalog", self._catalogue(name))
        margins = {"all_margins": MARGIN_NAME, "default_margin": MARGIN_NAME}
        self._write_properties(
            self.path / "collection.properties",
            "HATS Collection",
            {
                "obs_collection": "mock_release",
                "hats_primary_table_url": NAME,
                **(margins if MARGIN_NAME in self._names else {}),
                "hats_builder": BUILDER,
                "hats_version": "v1.0",
                "obs_title": "Mock release of pz_tsm: nothing here is real",
                "obs_copyright": "public",
            },
        )

    def _catalogue(self, name: str) -> dict[str, object]:
        sizes = self._sizes[name]
        sky = sum(4.0**-order for order, _ in sizes) / 12
        own: dict[str, object] = {
            "obs_collection": name,
            "dataproduct_type": "object",
            "hats_nrows": sum(sizes.values()),
            "hats_col_ra": "coord_ra",
            "hats_col_dec": "coord_dec",
            "hats_col_healpix": "_healpix_29",
            "hats_col_healpix_order": 29,
        }
        if name == MARGIN_NAME:
            own |= {
                "dataproduct_type": "margin",
                "hats_primary_table_url": NAME,
                "hats_margin_threshold": MARGIN_ARCSEC,
            }
        return own | {
            "hats_npix_suffix": ".parquet",
            "hats_max_rows": max(sizes.values(), default=0),
            "hats_estsize": self._bytes[name] // 1024,
            "moc_sky_fraction": f"{sky:.9f}",
            "hats_builder": BUILDER,
            "hats_version": "v1.0",
            "hats_order": max((order for order, _ in sizes), default=0),
        }

    @staticmethod
    def _write_properties(path: Path, title: str, values: dict[str, object]) -> None:
        lines = [f"#{title}", *(f"{key}={value}" for key, value in values.items())]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
