"""The main file of a product of this engine, with what the product says of its columns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.engine.local.tables import UnknownTable
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    from pz_tsm.engine.state import EngineState

ROLES = {"id": "id", "ra": "ra", "dec": "dec", "z": "redshift", "z_flag": "flag", "survey": "survey"}


def main_file(state: EngineState, id: int | str) -> tuple[Path, dict[str, Any]]:
    """(path, what to say of the table: name, roles, access, citation) of a product by id or internal name."""
    from pz_tsm.engine.pzserver import products, users
    from pz_tsm.engine.pzserver.errors import ApiError

    user = users.load_user(state.db, "username", users.LOCAL_USER)
    try:
        row = products.find(state.db, user, _key(state, id))
        file = products.main_file(state.db, row["id"])
    except ApiError as error:
        raise UnknownTable(f"There is no product {id}.", where=str(id)) from error
    if file is None:
        raise TsmError(
            f"The product '{row['display_name']}' has no main file yet.", remedy="Upload one.", where=str(id)
        )
    path = products.folder(state, row) / file["stored"]
    said = {
        "name": row["display_name"],
        "roles": roles(products.columns_of(state.db, row["id"])),
        "access": _access(state, row["release_id"]),
        "citation": _citation(row),
    }
    return path, said


def roles(contents: list[Any]) -> dict[str, str]:
    """Role -> column from column associations (alias: RA, Dec, z, ...; whatever the case)."""
    found: dict[str, str] = {}
    for content in contents:
        role = ROLES.get((content["alias"] or "").strip().lower())
        if role:
            found.setdefault(role, content["column_name"])
    return found


def _key(state: EngineState, id: int | str) -> int:
    if isinstance(id, int) or id.isdigit():
        return int(id)
    return state.db.scalar("SELECT id FROM products WHERE internal_name = ?", id) or 0


def _access(state: EngineState, release: int | None) -> str | None:
    if release is None:
        return None
    row = state.db.one("SELECT * FROM releases WHERE id = ?", release)
    return "public" if row is not None and row["is_public"] else "rubin-data-rights"


def _citation(row: Any) -> str:
    day = row["created_at"][:10]
    return f"{row['display_name']} ({row['internal_name']}), product of {row['username']}, {day}."
