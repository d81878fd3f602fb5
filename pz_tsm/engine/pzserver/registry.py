"""Registration of a product's main file: unpack if it is an archive, read its columns, keep associations."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from pz_tsm.engine.pzserver import products
from pz_tsm.engine.pzserver.db import now
from pz_tsm.engine.pzserver.errors import ApiError
from pz_tsm.engine.pzserver.tables import Facts, describe, write_preview
from pz_tsm.engine.pzserver.unpack import TABULAR, archive_suffix, find_hats, unpack
from pz_tsm.engine.state import EngineState
from pz_tsm.errors import TsmError
from pz_tsm.points import reach

NO_FILE = "ProductFile matching query does not exist."
ONE_TABLE = "Please provide your data as a single table in one of the supported formats of a HATS collection"


def register(state: EngineState, row: Any) -> None:
    """Read the main file of a product and fill in its columns and rows. ApiError 400 leaves the product
    Failed: what is wrong is the file, so it is no error of the server."""
    try:
        main = products.main_file(state.db, row["id"])
        if main is None:
            raise ApiError(400, {"error": NO_FILE})
        read_main(state, row, main)
    except (TsmError, ApiError) as error:
        state.db.update("products", row["id"], {"status": products.FAILED, "updated_at": now()})
        if isinstance(error, ApiError):
            raise
        raise ApiError(400, {"error": str(error)}) from None


def read_main(state: EngineState, row: Any, main: Any) -> None:
    folder = products.folder(state, row)
    path = folder / main["stored"]
    tabular = row["type_name"] in products.REQUIRED_ALIASES
    values: dict[str, Any] = {}
    if archive_suffix(main["stored"]) and path.is_file():
        found = unpack_main(folder, path)
        if found is None and tabular:
            raise TsmError(ONE_TABLE)
        if found is not None:
            path = found
            values = {"stored": path.name, "name": path.name, **measure(path)}
    try:
        facts: Facts | None = describe(path)
    except TsmError:
        if tabular:
            raise
        facts = None
    if facts is not None and tabular and not facts.columns:
        raise TsmError(f"{path.name} has no columns.")
    with state.db.write() as db:
        if facts is not None:
            set_columns(state, row["id"], facts.columns)
            values |= {"n_rows": facts.n_rows, "details": facts.details}
        reach("registering")
        if values:
            db.update("product_files", main["id"], {**values, "updated": now()})
        products.touch(db, row["id"])
    if facts is not None:
        write_preview(folder, facts)
    if path.name != main["stored"]:
        (folder / main["stored"]).unlink(missing_ok=True)


def unpack_main(folder: Path, path: Path) -> Path | None:
    """The one table, or the HATS catalogue, that an archive holds, moved into the product's folder; else
    None."""
    work = folder / f".part-{path.name}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        names = unpack(path, path.name, work)
        if len(names) == 1 and names[0].suffix.lower() in TABULAR:
            target = free_name(folder, names[0].name)
            work.joinpath(*names[0].parts).replace(target)
            return target
        hats = find_hats(work) if names else None
        if hats is None:
            return None
        stem = path.name[: -len(archive_suffix(path.name) or "")]
        target = free_name(folder, f"{stem}_hats" if hats == work else hats.name)
        hats.replace(target)
        return target
    finally:
        shutil.rmtree(work, ignore_errors=True)


def free_name(folder: Path, name: str) -> Path:
    """A path in the folder that nothing has yet: ``name``, else with a number before its ending."""
    place = folder / name
    number = 1
    while place.exists():
        number += 1
        stem, dot, end = name.partition(".")
        place = folder / f"{stem}_{number}{dot}{end}"
    return place


def measure(path: Path) -> dict[str, Any]:
    """Size, extension and kind of a stored file or folder."""
    if path.is_dir():
        size = sum(p.stat().st_size for p in path.rglob("*") if p.is_file())
        return {
            "size": size,
            "extension": ".hats" if path.suffix == ".hats" else "",
            "is_directory": 1,
            "checksum": None,
        }
    return {
        "size": path.stat().st_size,
        "extension": extension(path.name),
        "is_directory": 0,
        "checksum": sha256(path),
    }


def extension(name: str) -> str:
    """Ending in lower case with its dot; the double ones of packed tars are kept whole."""
    end = next((e for e in (".tar.gz", ".tar.bz2", ".tar.xz") if name.lower().endswith(e)), None)
    return end or Path(name).suffix.lower()


def sha256(path: Path) -> str:
    import hashlib

    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def set_columns(state: EngineState, key: int, columns: list[str]) -> None:
    """Replace a product's columns; those of the same name keep UCD and alias."""
    with state.db.write() as db:
        kept = {c["column_name"]: (c["ucd"], c["alias"]) for c in products.columns_of(db, key)}
        db.run("DELETE FROM product_contents WHERE product_id = ?", key)
        for order, name in enumerate(columns):
            ucd, alias = kept.get(name, (None, None))
            row = {"product_id": key, "column_name": name, "ucd": ucd, "order": order, "alias": alias}
            db.insert("product_contents", {('"order"' if k == "order" else k): v for k, v in row.items()})
