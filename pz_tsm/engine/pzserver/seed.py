"""The mock sky as products of an engine: four published catalogues, an official compilation, and a
release."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from pathlib import Path
from typing import Any

from pz_tsm.engine.pzserver import files, outputs, processes, products, registry, submission
from pz_tsm.engine.pzserver.db import now
from pz_tsm.engine.pzserver.fixtures import add_release
from pz_tsm.engine.pzserver.tables import describe, write_preview
from pz_tsm.engine.pzserver.users import LOCAL_USER, User, load_user
from pz_tsm.engine.state import EngineState
from pz_tsm.errors import TsmError

log = logging.getLogger("pz_tsm.engine")

SURVEYS: list[dict[str, Any]] = [
    {
        "file": "mock_deep.parquet",
        "title": "MOCK-DEEP",
        "about": "Deep slit spectroscopy. Flags 0-4 and 9; +10 for broad lines, +20 found by chance.",
        "columns": {
            "id": "NUM", "ra": "ALPHA", "dec": "DELTA", "z": "Z", "z_flag": "ZFLAGS", "survey": "survey_name",
        },
    },
    {
        "file": "mock_wide.fits",
        "title": "MOCK-WIDE",
        "about": "Wide fibre spectroscopy with a bit mask of warnings, a class, and repeated observations.",
        "columns": {
            "id": "TARGETID", "ra": "TARGET_RA", "dec": "TARGET_DEC", "z": "Z", "z_err": "ZERR",
            "z_flag": "ZWARN",
        },
    },
    {
        "file": "mock_grism.csv",
        "title": "MOCK-GRISM",
        "about": "Grism and photometric redshifts with letter grades; it has no ids.",
        "columns": {"ra": "RAJ2000", "dec": "DEJ2000", "z": "z_best", "z_err": "z_err", "z_flag": "grade"},
    },
    {
        "file": "mock_prob.hdf5",
        "title": "MOCK-PROB",
        "about": "Redshifts with a probability of being right.",
        "columns": {"id": "obj", "ra": "ra_deg", "dec": "dec_deg", "z": "z_best", "z_flag": "prob"},
    },
]  # fmt: skip
COMPILATION = "Mock DP1 compilation v1"
RELEASE = "mock"


def text_of(title: str, about: str) -> str:
    return (
        f"## {title}\n\n{about}\n\nMade by `pz-tsm mock`: nothing in it is **real**.\n\n"
        f"### How to cite\n\nNothing to cite. In real work name the survey's papers here, for example\n\n"
        f"> {title}: mock survey of pz-tsm.\n"
    )


def seed_mock(data: Path, mock_dir: Path) -> dict[str, Any]:
    """Register the mock sky of ``mock_dir`` (as ``pz_tsm.mock.make`` wrote it) in a data directory.

    The release stays where it is; ``DATA/releases/mock`` links to it, so that recipes find it by name.
    Idempotent: products of these names that are published already stay as they are. The engine may be
    running.
    Returns ``{"products": {name: id}, "release": id}``.
    """
    mock_dir = Path(mock_dir)
    if not (mock_dir / "mock_release").is_dir():
        raise TsmError(
            f"There is no mock sky in {mock_dir}.",
            remedy="Make one with: pz-tsm mock DIR",
            where=str(mock_dir),
        )
    state = EngineState(Path(data), None)
    try:
        user = load_user(state.db, "username", LOCAL_USER)
        assert user is not None
        release = seed_release(state, mock_dir / "mock_release")
        made = {survey["title"]: seed_survey(state, user, mock_dir, survey) for survey in SURVEYS}
        made[COMPILATION] = seed_compilation(state, user, [made[survey["title"]] for survey in SURVEYS])
        return {"products": made, "release": release}
    finally:
        state.db.close()


def seed_release(state: EngineState, path: Path) -> int:
    from pz_tsm import releases

    profile = releases.profile("mock")
    link = state.data / "releases" / RELEASE
    link.parent.mkdir(exist_ok=True)
    if link.is_symlink() or not link.exists():
        link.unlink(missing_ok=True)
        link.symlink_to(path.resolve(), target_is_directory=True)
    fluxes: list[dict[str, Any]] = [{"name": name, "display_name": name} for name in profile.default_fluxes]
    fluxes[0]["selected"] = True
    dust = [
        {"name": "sfd", "display_name": "SFD", "selected": True},
        {"name": "none", "display_name": "None"},
    ]
    return add_release(
        state.db,
        RELEASE,
        "Mock DP1-like",
        path,
        "mock",
        description="Made-up objects with the columns of a Rubin Object table. Public; nothing is real.",
        indexing_column=profile.id,
        fluxes=fluxes,
        dereddening=dust,
        is_public=True,
    )


def existing(state: EngineState, user: User, name: str) -> int | None:
    return state.db.scalar(
        "SELECT id FROM products WHERE user_id = ? AND display_name = ? AND status = ? ORDER BY id",
        user.id, name, products.PUBLISHED,
    )  # fmt: skip


def seed_survey(state: EngineState, user: User, mock_dir: Path, survey: dict[str, Any]) -> int:
    """One survey as a redshift catalogue; a column with the survey's name is added where the file has
    none."""
    found = existing(state, user, survey["title"])
    if found is not None:
        return found
    source = mock_dir / survey["file"]
    with tempfile.TemporaryDirectory(dir=state.cache) as work:
        columns = dict(survey["columns"])
        path = source
        if "survey" not in columns:
            path = with_survey(source, Path(work), survey["title"])
            columns["survey"] = "survey"
        return publish(
            state,
            user,
            survey["title"],
            "redshift_catalog",
            path,
            columns,
            text_of(survey["title"], survey["about"]),
        )


def with_survey(source: Path, work: Path, title: str) -> Path:
    """A copy of the table in the same format with a column ``survey``."""
    import pyarrow as pa

    from pz_tsm.sources import read_raw

    table = read_raw(source)
    table = table.append_column("survey", pa.array([title] * table.num_rows, pa.string()))
    return work / outputs.write(table, work, source.stem, source.suffix.lstrip("."), "", "")


def seed_compilation(state: EngineState, user: User, inputs: list[int]) -> int:
    """The official combination of the four surveys, made as the Combine pipeline makes it."""
    found = existing(state, user, COMPILATION)
    if found is not None:
        return found
    from pz_tsm.engine.pzserver import job_crc, params
    from pz_tsm.engine.pzserver.worker import Job

    wanted = {"combine_type": "concatenate_and_mark_duplicates", "z_flag_homogenized_value_to_cut": 0.0}
    checked, _ = params.check("combine_redshift_dedup", {**wanted, "insert_rubin_footprint_flag": False})
    checked["flags_translation_file"] = None
    entries = [submission.input_config(state, products.find(state.db, user, key))[0] for key in inputs]
    for entry in entries:
        entry["path"] = str(state.products / entry["path"])
    config = {
        "inputs": {"specz": entries},
        "param": checked,
        "output_format": "parquet",
        "output_name": "crd",
    }
    with tempfile.TemporaryDirectory(dir=state.cache) as work:
        job = Job({"pipeline": "combine_redshift_dedup", "config": config}, Path(work), quiet=True)
        result = job_crc.run(job)
        about = (
            "All mock redshifts here with flags on one scale, repeats marked: `tie_result` 1 is the best "
            "row of its group. Made from " + ", ".join(entry["internal_name"] for entry in entries) + "."
        )
        path = Path(work) / result["main"]
        text = text_of(COMPILATION, about)
        return publish(
            state, user, COMPILATION, "redshift_catalog", path, result["columns_assoc"], text, official=True
        )


def publish(
    state: EngineState,
    user: User,
    name: str,
    kind: str,
    path: Path,
    columns: dict[str, str],
    description: str,
    *,
    official: bool = False,
) -> int:
    """A file as a published product in one go: copied, read, associated (``columns``: ra, dec, z, ... ->
    name)."""
    facts = describe(path)
    type_id = state.db.scalar("SELECT id FROM product_types WHERE name = ?", kind)
    values = {"display_name": name, "product_type_id": type_id, "description": description}
    with state.db.write() as db:
        key = products.insert(state, user, {**values, "official_product": int(official)})
        folder = products.folder(state, products.find(db, user, key))
        target = files.unused(folder, files.stored_name(path.name))
        part = folder / f".part-{target.name}"
        shutil.copyfile(path, part)
        part.replace(target)
        row = {
            "product_id": key,
            "role": 0,
            "name": target.name,
            "stored": target.name,
            "n_rows": facts.n_rows,
        }
        times = {"created": now(), "updated": now(), "details": json.dumps(facts.details)}
        db.insert("product_files", {**row, **registry.measure(target), **times})
        registry.set_columns(state, key, facts.columns)
        processes.associate(state, key, columns)
        products.check_publishable(db, key, kind)
        db.update("products", key, {"status": products.PUBLISHED})
    write_preview(folder, facts)
    return key
