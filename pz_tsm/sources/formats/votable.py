"""VOTable: binary rows by ``votable_binary``, plain rows of text by ``votable_text``, all else by astropy.
Units, UCDs and descriptions are kept; the first table of the file is read."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pz_tsm.errors import TsmError
from pz_tsm.sources.files import refuse_repeated, refuse_truncated
from pz_tsm.sources.formats import votable_binary, votable_text
from pz_tsm.sources.formats.common import field, no_table, only, to_arrow


def read(path: Path, *, columns: Sequence[str] | None = None, **_: Any) -> Any:
    plain = votable_binary.read(path, columns)
    if plain is None:
        plain = _of_text(path, columns)
    if plain is not None:
        return plain
    import numpy as np
    import pyarrow as pa
    from astropy.io.votable import parse

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tables = list(parse(path, verify="ignore").iter_tables())
        except TsmError:
            raise
        except Exception as error:  # expat and astropy raise many kinds
            if "no element found" in str(error) or "unclosed" in str(error):
                raise refuse_truncated(path, "votable") from None
            raise ValueError(str(error)) from None
    if not tables:
        raise no_table(
            path.name, "a VOTable without TABLE (perhaps an error answer)", "Open it in an editor to see."
        )
    table = tables[0]
    names = [item.name for item in table.fields]
    refuse_repeated(names, path.name)
    arrays, fields = [], []
    for name in only(names, columns, path.name):
        item = table.fields[names.index(name)]
        column = table.array[item.ID] if item.ID in table.array.dtype.names else table.array[item.name]
        mask = np.ma.getmaskarray(column)
        if mask.ndim > 1:
            mask = None
        array = to_arrow(np.asarray(column.data), mask, nan_is_null=True)
        if array is not None:
            arrays.append(array)
            fields.append(field(name, array, unit=item.unit, ucd=item.ucd, description=item.description))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _of_text(path: Path, columns: Sequence[str] | None) -> Any:
    """The first table, where its rows are plain text; None for what astropy reads, or says what is wrong."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pt

    try:
        tables = votable_text.read(path, columns=columns).tables
    except (votable_text.Unusual, ValueError, EOFError):
        return None
    if not tables or set(columns or ()) - set(tables[0].table.column_names):
        return None
    table = tables[0].table
    for number, item in enumerate(table.schema):
        if pt.is_string(item.type):  # a text without letters is no missing one, as with binary rows
            texts = pc.utf8_trim_whitespace(table[number].fill_null(""))
            table = table.set_column(number, item, texts)
    return pa.Table.from_arrays([one.combine_chunks() for one in table.columns], schema=table.schema)
