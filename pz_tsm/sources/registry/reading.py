"""Entries from text in YAML (JSON is YAML too); errors name file, entry and field."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from pz_tsm.errors import TsmError
from pz_tsm.sources.registry.model import FORMAT, Entry


def read_entries(text: str, shown: str) -> list[Entry]:
    """The entries of a file named ``shown``: one by itself, or ``{format, entries: [...]}``.

    Raises TsmError naming the file, the entry and the field.
    """
    from ruamel.yaml import YAML, YAMLError

    try:
        content = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise TsmError(
            f"Registry file '{shown}'{at}: {problem}.",
            remedy="Check the indentation, the brackets and the quotes there.",
            where=shown,
        ) from None
    if isinstance(content, dict) and "id" in content:
        raw = [content]
    elif (
        isinstance(content, dict)
        and content.get("format") == FORMAT
        and isinstance(content.get("entries"), list)
    ):
        raw = content["entries"]
        extra = next((key for key in content if key not in ("format", "entries")), None)
        if extra is not None:
            raise TsmError(
                f"Registry file '{shown}' has no key '{extra}'.", remedy="Keys: format, entries.", where=shown
            )
    else:
        raise TsmError(
            f"'{shown}' is no file of the registry.",
            remedy=f"Begin with 'format: {FORMAT}' and 'entries:', a list; or give one entry by itself.",
            where=shown,
        )
    entries: list[Entry] = []
    for count, one in enumerate(raw, start=1):
        entries.append(_entry(one, shown, count))
        double = next((e for e in entries[:-1] if e.id == entries[-1].id), None)
        if double is not None:
            raise TsmError(
                f"Registry file '{shown}' has two entries '{double.id}'.",
                remedy="Give each its own id.",
                where=double.id,
            )
    return entries


def _entry(value: Any, shown: str, count: int) -> Entry:
    from pz_tsm.sources.convert import read as read_convert

    name = f"'{value['id']}'" if isinstance(value, dict) and value.get("id") else f"number {count}"
    try:
        entry = Entry.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        field = "".join(
            f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in first["loc"]
        ).lstrip(".")
        said = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise TsmError(
            f"Registry file '{shown}', entry {name}{f', {field}' if field else ''}: {said}.",
            remedy="docs/catalogues.md says what an entry holds.",
            where=field or name,
        ) from None
    for number, way in enumerate(entry.access, start=1):
        try:
            read_convert(way.convert, entry.id)
        except TsmError as error:
            raise TsmError(
                f"Registry file '{shown}', entry {name}, access[{number}].convert: {error.message}",
                remedy=error.remedy,
                where=f"access[{number}].convert",
            ) from None
    entry._origin = shown
    return entry
