"""A table as one file, with its recipe, lock, citations and meanings inside, or beside it in CSV."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.recipe import Recipe

FORMATS = {  # by the end of the file's name
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".fits": "fits",
    ".fit": "fits",
    ".hdf5": "hdf5",
    ".h5": "hdf5",
}


def format_of(out: Path) -> str | None:
    """The format that a file's name says, None if it says none: then it is a bundle's folder."""
    return FORMATS.get(out.suffix.lower())


def of_file(out: Path, writes: Sequence[Mapping[str, Any]] | None) -> str | None:
    """The format of the one file ``out``; None where a bundle is asked for. TsmError where it is unclear."""
    kind = format_of(out)
    if kind is None or out.is_dir():
        return None
    if writes is not None and [dict(one) for one in writes] != [{"format": kind}]:
        asked = ", ".join(str(one.get("format")) for one in writes)
        raise TsmError(
            f"'{out.name}' is the name of one {kind} file, and what is asked for ({asked}) makes a folder.",
            remedy=f"Name a folder: write('{out.stem}', write=...); or leave write= out for the one file.",
            where=str(out),
        )
    return kind


def write_file(
    out: Path,
    kind: str,
    table: pa.Table,
    recipe: Recipe,
    lock: dict[str, Any],
    steps: Sequence[dict[str, Any]],
    overwrite: bool,
) -> Path:
    """Write the rows, as a bundle's table has them, with recipe, lock and citations in the file.

    The file appears whole or not at all. CSV can't hold them: ``NAME.csv-metadata.json`` beside it does.
    TsmError if a file is there and ``overwrite`` is false, or it can't be written.
    """
    from pz_tsm import bundle, export
    from pz_tsm.bundle import cite, columns, formats, provenance
    from pz_tsm.bundle.write import now, parquet
    from pz_tsm.recipe.lock import lock_text

    out = Path(out).absolute()
    beside = out.with_name(f"{out.name}-metadata.json")
    if not overwrite:
        try:
            for one in (out, *([beside] if kind == "csv" else [])):
                export.check_place(one)
        except TsmError as error:
            if error.where == export.TAKEN:
                error.remedy = f"{error.remedy} Or say overwrite=True."
            raise
    elif not out.parent.is_dir():
        export.check_place(out)
    table = columns.described(table)
    access = formats.access(table)
    facts = provenance.gather(recipe, lock, list(steps), table, access, now())
    entries = cite.bibtex(facts.surveys, facts.profile, facts.matched, facts.used)
    meta = {
        "tsm:recipe": recipe.to_text(),
        "tsm:lock": lock_text(lock),
        "tsm:schema": json.dumps(columns.schema_json(table.schema, out.name), ensure_ascii=False),
        "tsm:citation": "\n".join(entries[key] for key in sorted(entries)),
        "tsm:access": access,
        "tsm:format": bundle.FORMAT,
    }
    part = export.part_of(out)
    made = [part]
    try:
        if kind == "parquet":
            parquet(part, table, meta)
        else:
            whole = table.replace_schema_metadata({**(table.schema.metadata or {}), **meta})
            formats.WRITERS[kind][1](part, whole)
        if kind == "csv":
            made.append(part.with_name(f"{part.name}-metadata.json"))
            said = {key: text for key, text in meta.items() if key not in ("tsm:schema", "tsm:lock")}
            said |= {"tsm:lock": lock, **columns.schema_json(table.schema, out.name)}
            made[1].write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        for one, final in zip(made, (out, beside), strict=False):
            if overwrite:
                one.replace(final)
            else:
                export.settle(one, final)
    except OSError as error:
        raise export.in_words(error, out, part) from None
    finally:
        for one in made:
            with suppress(OSError):
                one.unlink()
    return out
