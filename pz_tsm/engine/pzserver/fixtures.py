"""Rows that every engine has: product types, the two pipelines, and the releases an administrator adds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pz_tsm.engine.pzserver.db import Database, now

PRODUCT_TYPES = [
    (
        1,
        "redshift_catalog",
        "Reference Redshift Catalog",
        1,
        "Reference redshifts and positions, usually spectroscopic.",
    ),
    (
        2,
        "training_set",
        "Training Set",
        2,
        "Table with magnitudes, errors and reference redshifts for photo-z training.",
    ),
    (3, "validation_results", "Validation Results", 4, "Results of a photo-z validation (free format)."),
    (
        4,
        "photoz_estimates",
        "Photo-z Estimates",
        5,
        "Result of a photo-z estimation; may be metadata only when large.",
    ),
    (
        5,
        "training_results",
        "Training Results",
        3,
        "Files that come out of training, such as a RAIL inform model.",
    ),
    (6, "object_catalog", "Objects Catalog", 6, "Catalogue of objects."),
    (7, "other", "Other", 7, "Any file."),
]

EXECUTOR = {"name": "local", "args": {"n_workers": 2, "threads_per_worker": 2, "memory_limit": "1GiB"}}
SPECZ = {"path": "specz.parquet", "format": "parquet", "columns": {"ra": "ra", "dec": "dec", "z": "z"}}
CRC_COLUMNS = {"id": None, "ra": "ra", "dec": "dec", "z": "z", "z_flag": None, "z_err": None, "survey": None}

TSM_CONFIG: dict[str, Any] = {
    "output_root_dir": ".",
    "output_dir": "outputs",
    "output_format": None,
    "output_name": "tsm",
    "executor": EXECUTOR,
    "inputs": {"dataset": {"path": "release", "columns": {"id": "objectId"}}, "specz": [SPECZ]},
    "param": {
        "crossmatch": {"radius_arcsec": 1.0, "n_neighbors": 1},
        "use_absolute_lsdb_path": False,
        "selected_cols": [],
        "flux_type": "auto",
        "convert_flux_to_mag": True,
        "dereddening": "sfd",
        "split_method": "random",
        "train_fraction": 0.7,
        "random_seed": None,
    },
}

CRC_CONFIG: dict[str, Any] = {
    "output_root_dir": ".",
    "output_dir": "outputs",
    "output_format": "parquet",
    "output_name": "crd",
    "executor": EXECUTOR,
    "inputs": {"specz": [{**SPECZ, "internal_name": "00_specz", "columns": CRC_COLUMNS}]},
    "param": {
        "combine_type": "concatenate",
        "extra_columns": {},
        "z_flag_homogenized_value_to_cut": 3.0,
        "flags_translation_file": "flags_translation.yaml",
        "insert_DP1_footprint_flag": False,
        "insert_rubin_footprint_flag": True,
    },
}

PIPELINES = [
    (
        1,
        "training_set_maker",
        "Training Set Maker",
        "Matches a redshift catalogue to the objects of a release.",
        2,
        TSM_CONFIG,
    ),
    (
        2,
        "combine_redshift_dedup",
        "Combine Redshift Catalogs",
        "Brings quality flags to one scale and resolves repeats.",
        1,
        CRC_CONFIG,
    ),
]
PIPELINE_VERSION = "1.0"


def ensure_fixtures(db: Database) -> None:
    """Write the fixed rows. Pipelines follow the code, since their parameters do."""
    if db.scalar("SELECT count(*) FROM product_types") == len(PRODUCT_TYPES) and db.scalar(
        "SELECT count(*) FROM pipelines WHERE version = ?", PIPELINE_VERSION
    ) == len(PIPELINES):
        return
    with db.write():
        for key, name, title, order, text in PRODUCT_TYPES:
            db.run(
                'INSERT OR IGNORE INTO product_types (id, name, display_name, "order",'
                " description, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                key, name, title, order, text, now(),
            )  # fmt: skip
        for key, name, title, text, output, config in PIPELINES:
            db.run(
                "INSERT OR IGNORE INTO pipelines VALUES (?, ?, ?, '', '', ?, '{}', ?, '[1]')",
                key,
                name,
                title,
                now(),
                output,
            )
            db.update(
                "pipelines", key, {"version": PIPELINE_VERSION, "description": text, "system_config": config}
            )


def add_release(
    db: Database,
    name: str,
    display_name: str,
    hats_path: Path | str | None,
    profile: str | None = None,
    *,
    description: str = "",
    indexing_column: str = "objectId",
    fluxes: Iterable[dict[str, Any]] = (),
    dereddening: Iterable[dict[str, Any]] = (),
    is_public: bool = False,
    access_groups: Iterable[str] = (),
) -> int:
    """Add a release, or bring an existing one of that name up to date. Returns its id.

    ``hats_path`` is the HATS collection of its objects, ``profile`` how to read it (``pz_tsm/releases``).
    Without ``access_groups`` everybody sees it.
    """
    values = {
        "display_name": display_name,
        "description": description,
        "indexing_column": indexing_column,
        "fluxes": list(fluxes),
        "dereddening": list(dereddening),
        "is_public": int(is_public),
        "hats_path": None if hats_path is None else str(Path(hats_path).resolve()),
        "profile": profile,
    }
    with db.write():
        key = db.scalar("SELECT id FROM releases WHERE name = ?", name)
        if key is None:
            key = db.insert("releases", {"name": name, "created_at": now(), **values})
        else:
            db.update("releases", key, values)
        db.run("DELETE FROM release_groups WHERE release_id = ?", key)
        for group in access_groups:
            db.run("INSERT OR IGNORE INTO groups (name) VALUES (?)", group)
            db.run("INSERT INTO release_groups SELECT ?, id FROM groups WHERE name = ?", key, group)
    return int(key)


def release_places(db: Database) -> dict[str, dict[str, str]]:
    """Where the engine's releases stand, in the form of PZ_TSM_RELEASES: ``{name: {hats, profile}}``."""
    rows = db.all("SELECT name, hats_path, profile FROM releases WHERE hats_path IS NOT NULL ORDER BY name")
    return {
        row["name"]: {"hats": row["hats_path"], **({"profile": row["profile"]} if row["profile"] else {})}
        for row in rows
    }
