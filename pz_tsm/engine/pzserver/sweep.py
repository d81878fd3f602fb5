"""What a killed engine leaves behind in the data folder: files and folders that no row knows.

A file is renamed into its product's folder before its row is written, and its row is removed before the file
is. So whatever has no row is of a request that never ended, and nothing that has a row is touched.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pz_tsm.engine.state import EngineState

SELECT = """
SELECT p.id, p.path, p.status, j.id AS process_id, j.status AS process_status, j.used_config
FROM products p LEFT JOIN processes j ON j.upload_id = p.id"""


def sweep(state: EngineState) -> None:
    """Clear all folders of products and processes, at the engine's start.

    In a write transaction: another program that makes a product in this moment (``seed_mock``) holds one as
    long as its files have no rows.
    """
    with state.db.write() as db:
        rows = {row["path"]: row for row in db.all(SELECT)}
        for folder in sorted(state.products.glob("*/*")):
            row = rows.get(str(folder.relative_to(state.products)))
            if row is None:
                remove(folder)
            else:
                product(state, row)
        ended = {row["path"]: row["ended_at"] for row in db.all("SELECT path, ended_at FROM processes")}
        for folder in sorted(state.processes.glob("*/*")):
            path = str(folder.relative_to(state.processes))
            if path not in ended:
                remove(folder)
            elif ended[path] is not None:  # its log stays, its work does not
                for part in filter(Path.is_dir, list(folder.iterdir())):
                    remove(part)


def product(state: EngineState, row: Any) -> None:
    """Remove what a product's folder holds beyond its files; ``row`` is one of ``SELECT``.

    The folder of a process that runs, or that ended well, is left as it is; of one that failed only the
    user's flag file is kept.
    """
    from pz_tsm.engine.pzserver.files import RESERVED
    from pz_tsm.engine.pzserver.products import DELETED

    folder = state.products / row["path"]
    if row["status"] == DELETED:
        remove(folder)
        return
    keep = {r[0] for r in state.db.all("SELECT stored FROM product_files WHERE product_id = ?", row["id"])}
    if row["process_id"] is None:
        keep |= RESERVED
    elif row["process_status"] in ("Failed", "Stopped"):
        flags = json.loads(row["used_config"]).get("param", {}).get("flags_translation_file")
        keep.add(Path(flags).name if flags else "")
    else:
        return
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in keep:
            remove(path)


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
