"""Answers of archives, saved in a file, as Arrow tables: VOTable of any kind, and the CSV of the SDSS."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pz_tsm.errors import TsmError
from pz_tsm.sources.archives.web import Broken

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.sources.formats.votable_text import Named

EDGE = 65_536  # bytes at either end of a binary VOTable in which its INFO elements stand
LARGE = re.compile(r"objid$", re.IGNORECASE)  # 64-bit identifiers of the SDSS, some beyond int64


@dataclass
class Tables:
    """What a VOTable held. ``overflow``: the service has more rows."""

    tables: list[Named]
    overflow: bool
    warnings: list[str]


def votable(path: Path, service: str, columns: Sequence[str] | None = None) -> Tables:
    """The tables of an answer. Broken for one that is cut off; TsmError for what the service says is
    wrong."""
    from pz_tsm.sources.formats import votable_text

    try:
        made = votable_text.read(path, columns=columns)
    except EOFError as error:
        raise Broken(str(error)) from None
    except ValueError as error:
        raise _no_votable(path, service, str(error)) from None
    except votable_text.Unusual:
        return _otherwise(path, service, columns)
    if made.error is not None:
        raise _said(service, made.error)
    warnings = [(value or text).strip() for name, value, text in made.infos if name.lower() == "warning"]
    return Tables(made.tables, made.overflow, warnings)


def _otherwise(path: Path, service: str, columns: Sequence[str] | None) -> Tables:
    """By the reader of files: rows in binary, arrays. One table."""
    from pz_tsm.sources import files
    from pz_tsm.sources.formats.votable_text import Document, Named

    infos = _infos(path)
    made = Document(infos=infos)
    if made.error is not None:
        raise _said(service, made.error)
    try:
        table = files.read_raw(path)
    except TsmError as error:
        raise Broken(error.message.rstrip(".")) from None
    if columns is not None:
        table = table.select([name for name in table.column_names if name in set(columns)])
    return Tables([Named("", table)], made.overflow, [])


def _infos(path: Path) -> list[tuple[str, str, str]]:
    size = path.stat().st_size
    with path.open("rb") as file:
        text = file.read(EDGE)
        if size > EDGE:
            file.seek(max(EDGE, size - EDGE))
            text += file.read()
    found = []
    for item in re.finditer(rb"<INFO\b([^>]*?)(/>|>(.*?)</INFO>)", text, re.S):
        said = {key.decode(): value.decode("utf-8", "replace") for key, value in _ATTRIBUTE.findall(item[1])}
        found.append(
            (said.get("name", ""), said.get("value", ""), (item[3] or b"").decode("utf-8", "replace"))
        )
    return found


_ATTRIBUTE = re.compile(rb"""(\w+)\s*=\s*["']([^"']*)["']""")


def _said(service: str, text: str) -> TsmError:
    plain = re.sub(r"\s+", " ", text).strip().rstrip(".")[:300]
    return TsmError(f"{service} refused the request: {plain}.", where=service)


def _no_votable(path: Path, service: str, why: str) -> Exception:
    head = path.read_bytes()[:2000]
    if re.match(rb"\s*(<!doctype html|<html)", head, re.I):
        plain = re.sub(rb"<[^>]+>", b" ", head).decode("utf-8", "replace")
        said = re.sub(r"\s+", " ", plain).strip()[:150]
        return Broken(f"it answered with a web page ({said})")
    return Broken(f"{why}")


def csv(path: Path, service: str) -> pa.Table:
    """A result of SkyServer: a line ``#Table1``, then CSV. TsmError for what it says is wrong."""
    import pyarrow as pa
    import pyarrow.csv

    content = path.read_bytes()
    if b"error_message" in content[:4000]:
        text = re.sub(r"<[^>]+>|error_message|[{}\"]", " ", content[:4000].decode("utf-8", "replace"))
        raise _said(service, text.strip(" :,\n") or "no reason given")
    if re.match(rb"\s*<", content):
        raise _no_votable(path, service, "the answer is no table")
    start = content.find(b"\n") + 1 if content.startswith(b"#") else 0
    names = content[start : content.find(b"\n", start)].decode().strip().split(",")
    if not content[start:].strip():
        raise Broken("the answer is empty")
    try:
        texts = pyarrow.csv.read_csv(
            pa.BufferReader(content[start:]),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=["", "null", "NULL"],
                strings_can_be_null=True,
            ),
            read_options=pyarrow.csv.ReadOptions(block_size=max(len(content), 1)),
        )
    except pa.ArrowInvalid as error:
        raise Broken(f"the answer is damaged ({str(error).splitlines()[0][:120]})") from None
    made = {name: texts.column(name) if LARGE.search(name) else _number(texts.column(name)) for name in names}
    return pa.table(made)


def _number(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whole or other numbers where all of a column are such; no dates and no truths are guessed."""
    import pyarrow as pa

    for kind in (pa.int64(), pa.float64()):
        try:
            return column.cast(kind)
        except pa.ArrowInvalid:
            continue
    return column
