"""Rows that a widget shows as a product of the PZ Server: what its form asks the kernel to publish."""

from __future__ import annotations

import tempfile
from os import PathLike
from pathlib import Path
from typing import Any

from pz_tsm.errors import TsmError
from pz_tsm.view import View


def share(view: View, source: Any, args: dict[str, Any]) -> dict[str, Any]:
    """Publish the rows for which ``where`` is true: ``{name, description, type, where, data_rights}``.

    ``source``: what the view was made of. A ``pz_tsm.Table`` brings its recipe, the condition as a further
    step of it; a file goes as it is, where nothing is selected. Returns ``{id, name, server, notes}``; raises
    TsmError, before anything is sent, for what the server would refuse.
    """
    from pz_tsm.bundle.sending import plain_name
    from pz_tsm.publishing import publish

    name = str(args.get("name") or "").strip()
    if not name:
        raise TsmError("The product needs a name.", where="name")
    said = {
        "type": args.get("type") or None,
        "description": str(args.get("description") or ""),
        "data_rights": args.get("data_rights") is True,
    }
    where = str(args.get("where") or "").strip()
    with tempfile.TemporaryDirectory(prefix="tsm-share-") as folder:
        what = _what(view, source, where, Path(folder) / f"{plain_name(name)}.parquet")
        made = publish(what, name, **said)
    return {"id": made.id, "name": made.name, "server": made.server, "notes": list(made.notes)}


def _what(view: View, source: Any, where: str, path: Path) -> Any:
    """A table with its recipe, a file as it is, or the view's rows as a new file at ``path``."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    from pz_tsm import library
    from pz_tsm.table import Table

    if isinstance(source, Table):
        return library.function("filter")(source, condition=where) if where else source
    if isinstance(source, str | PathLike) and not where and Path(source).expanduser().is_file():
        return source
    rows = view.table.filter(pa.array(np.asarray(view.mask(where), dtype=bool))) if where else view.table
    pq.write_table(rows, path, compression="zstd")
    return path
