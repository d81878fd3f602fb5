"""HDF5: a group of one-dimensional datasets (as tables_io and RAIL write them), or one compound dataset."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pz_tsm.errors import TsmError
from pz_tsm.sources.files import refuse_truncated
from pz_tsm.sources.formats.common import field, known_access, no_table, only, to_arrow


def read(path: Path, *, columns: Sequence[str] | None = None, group: str | None = None, **_: Any) -> Any:
    import pyarrow as pa

    with _open(path) as file:
        found = _choose(_tables(file, path), group, path)
        names = only(list(found), columns, path.name)
        arrays, fields = [], []
        for name in names:
            dataset, part = found[name]
            values = dataset[part] if part else dataset[()]
            array = to_arrow(values)
            if array is not None:
                attributes = {} if part else dataset.attrs
                arrays.append(array)
                fields.append(
                    field(
                        name,
                        array,
                        unit=_text(attributes.get("unit", attributes.get("units"))),
                        ucd=_text(attributes.get("ucd")),
                        description=_text(attributes.get("description")),
                    )
                )
        said = {"tsm:access": _text(file.attrs["access"])} if "access" in file.attrs else None
        return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=known_access(said)))


def names(path: Path) -> list[str]:
    with _open(path) as file:
        return list(_choose(_tables(file, path), None, path))


def _open(path: Path) -> Any:
    import h5py

    try:
        return h5py.File(path, "r")
    except OSError as error:
        if "truncated" in str(error):
            raise refuse_truncated(path, "hdf5") from None
        raise


def _tables(file: Any, path: Path) -> dict[str, dict[str, tuple[Any, str | None]]]:
    """Group name -> column name -> (dataset, field of a compound dataset or None)."""
    import h5py

    found: dict[str, dict[str, tuple[Any, str | None]]] = {}

    def visit(name: str, item: Any) -> None:
        if item.attrs.get("pandas_type") is not None:
            raise TsmError(
                f"'{path.name}' was written by pandas' to_hdf, whose layout only pandas reads.",
                remedy="Save it again as Parquet, or with tables_io.write.",
                where=path.name,
            )
        if not isinstance(item, h5py.Dataset):
            return
        if item.dtype.names and item.ndim == 1:
            found[name] = {column: (item, column) for column in item.dtype.names}
        elif item.ndim in (1, 2):
            group, _, column = name.rpartition("/")
            found.setdefault(group, {})[column] = (item, None)

    file.visititems(visit)
    return {name: table for name, table in found.items() if any(d.ndim == 1 for d, _ in table.values())}


def _choose(tables: dict[str, dict], group: str | None, path: Path) -> dict[str, tuple[Any, str | None]]:
    if group is not None:
        group = group.strip("/")
        if group not in tables:
            raise TsmError(
                f"'{path.name}' has no group '{group}'.",
                remedy=f"Its tables: {_names(tables)}.",
                where=path.name,
            )
    elif not tables:
        raise no_table(
            path.name, "no one-dimensional datasets", "Columns must be one-dimensional datasets of a group."
        )
    elif len(tables) > 1:
        raise TsmError(
            f"'{path.name}' holds several tables: {_names(tables)}.",
            remedy=f"Say which: from: {{file: {path.name}, group: {next(iter(tables)) or '/'}}}.",
            where=path.name,
        )
    else:
        group = next(iter(tables))
    table = tables[group]
    lengths = {dataset.shape[0] for dataset, _ in table.values()}
    if len(lengths) > 1:
        shown = ", ".join(f"{name}: {dataset.shape[0]:,}" for name, (dataset, _) in list(table.items())[:4])
        raise TsmError(
            f"The datasets of '{path.name}' differ in length ({shown}), so they are no table.",
            remedy="Keep the columns of one table in a group of their own.",
            where=path.name,
        )
    return table


def _names(tables: dict[str, Any]) -> str:
    return ", ".join(name or "/" for name in sorted(tables))


def _text(value: Any) -> str | None:
    return (
        value.decode("utf-8", "replace")
        if isinstance(value, bytes)
        else None
        if value is None
        else str(value)
    )
