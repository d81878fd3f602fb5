"""``product_metadata.yaml``: what a downloaded product says about itself."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from pz_tsm.engine.pzserver import products
from pz_tsm.engine.pzserver.users import User

if TYPE_CHECKING:
    from pz_tsm.engine.state import EngineState

PRIVATE = ("is_owner", "can_delete", "can_update")
NOBODY = User(0, "", "", False)


def main_file_json(state: EngineState, product_id: int) -> dict[str, Any]:
    """The ``main_file`` object. All keys are there even without a main file, so that the client can delete
    such products."""
    main = products.main_file(state.db, product_id, strict=False)
    if main is None:
        keys = ("name", "type", "extension", "size", "n_rows")
        return {**dict.fromkeys(keys), "is_directory": False}
    return {
        "name": main["name"],
        "type": main["type"],
        "extension": main["extension"],
        "size": main["size"],
        "n_rows": main["n_rows"],
        "is_directory": bool(main["is_directory"]),
    }


def associated_columns(state: EngineState, product_id: int) -> list[dict[str, Any]]:
    rows = products.columns_of(state.db, product_id)
    return [{key: row[key] for key in ("column_name", "ucd", "alias")} for row in rows if row["alias"]]


def product_yaml(state: EngineState, row: Any) -> str:
    """The product's metadata as YAML with sorted keys."""
    from ruamel.yaml import YAML

    body = {key: value for key, value in products.to_json(row, NOBODY).items() if key not in PRIVATE}
    for key in ("created_at", "updated_at"):
        body[key] = str(body[key]).replace("Z", "+00:00")
    body["main_file"] = main_file_json(state, row["id"])
    associated = associated_columns(state, row["id"])
    if associated:
        body["associated_columns"] = associated
    attached = state.db.all(
        "SELECT name, type FROM product_files WHERE product_id = ? AND role != 0", row["id"]
    )
    if attached:
        body["attach_files"] = [dict(file) for file in attached]
    out = io.StringIO()
    yaml = YAML(typ="safe")
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.sort_base_mapping_type_on_output = True
    yaml.dump(dict(sorted(body.items())), out)
    return out.getvalue()
