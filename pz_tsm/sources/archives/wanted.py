"""What a recipe asks of an archive: ``from: {vizier: ...}``, ``tap``, ``sdss``, ``url``, read and checked."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pz_tsm.errors import TsmError
from pz_tsm.recipe.canonical import canonical_json
from pz_tsm.sources.archives import regions

KINDS = ("vizier", "tap", "sdss", "url")
KEYS = {
    "vizier": ("table", "columns", "region"),
    "tap": ("service", "table", "query", "columns", "region"),
    "sdss": ("release", "table", "query", "columns", "region"),
    "url": ("address", "sha256", "member"),
}
EXAMPLES = {
    "vizier": "Write vizier: J/A+A/609/A84/vipersw1, or {table: ..., columns: [...], region: {...}}.",
    "tap": "Write tap: {service: noirlab, table: desi_dr1.zpix, columns: [...], region: {...}}.",
    "sdss": "Write sdss: {release: 17, table: SpecObj, columns: [...], region: {...}}.",
    "url": "Write url: https://..., or {address: https://..., sha256: ..., member: ...}.",
}
SERVICES = {  # name -> (address, variable that names another)
    "noirlab": ("https://datalab.noirlab.edu/tap", "PZ_TSM_NOIRLAB_URL"),
    "eso": ("https://archive.eso.org/tap_cat", "PZ_TSM_ESO_URL"),
    "vizier": ("https://tapvizier.cds.unistra.fr/TAPVizieR/tap", "PZ_TSM_VIZIER_TAP_URL"),
}
SECRET = re.compile(r"token|api_?key|passw|secret|signature|^sig$|credential", re.IGNORECASE)
RELEASES = (8, 19)  # of the SDSS: the first and the last that may be asked for
ALWAYS_NAMED = ("recno",)  # not among "all" columns: they come when they are named
TABLE = {
    "vizier": re.compile(r"[A-Za-z0-9+&./_-]+"),
    "tap": re.compile(r'[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*){0,2}|"[^"]+"(\."[^"]+")*|[A-Za-z][\w+&./-]*'),
    "sdss": re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*){0,2}"),
}


@dataclass(frozen=True)
class Wanted:
    """A request to an archive. ``tables``: VizieR may give several of one catalogue, one after another."""

    kind: str
    tables: tuple[str, ...] = ()
    query: str | None = None
    columns: tuple[str, ...] | None = None  # None: all
    extra: tuple[str, ...] = ()  # more of them, for roles that the registry knows; not part of the key
    region: regions.Region | None = None
    service: str | None = None  # of tap: a name or an address
    release: int | None = None  # of sdss
    address: str | None = None  # of url
    sha256: str | None = None
    member: str | None = None

    @property
    def key(self) -> str:
        """What tells this request from any other: the name of its snapshot."""
        said = {
            "kind": self.kind,
            "tables": list(self.tables),
            "query": self.query,
            "columns": None if self.columns is None else sorted(self.columns),
            "region": regions.values(self.region),
            "service": self.service,
            "release": self.release,
            "address": self.address,
            "sha256": self.sha256,
            "member": self.member,
        }
        if self.columns is None and self.extra:
            said["extra"] = sorted(self.extra)
        return hashlib.sha256(canonical_json(said).encode()).hexdigest()[:20]

    @property
    def name(self) -> str:
        """What it is called in messages and in the lock."""
        if self.kind == "url":
            return f"url:{self.address}" + (f"#{self.member}" if self.member else "")
        inner = " + ".join(self.tables) or "query " + hashlib.sha256(str(self.query).encode()).hexdigest()[:8]
        if self.kind == "tap":
            return f"tap:{self.service}:{inner}"
        return f"sdss:dr{self.release}:{inner}" if self.kind == "sdss" else f"vizier:{inner}"

    @property
    def asked(self) -> tuple[str, ...] | None:
        """The columns to ask for; None for all."""
        return None if self.columns is None else tuple(dict.fromkeys((*self.columns, *self.extra)))

    def asking(self, more: Sequence[str]) -> Wanted:
        """The same with these columns too: where it asks for all, those only that have to be named."""
        if self.columns is None:
            own = tuple(name for name in dict.fromkeys(more) if name in ALWAYS_NAMED)
            return replace(self, extra=own) if self.kind == "vizier" and own else self
        return replace(self, columns=tuple(dict.fromkeys((*self.columns, *more))))


def read(kind: str, source: Any) -> Wanted:
    """A request from what the recipe says; TsmError in words, with the key in ``where``."""
    if kind == "url":
        return _url(source)
    if isinstance(source, str) and kind == "vizier":
        source = {"table": source}
    if not isinstance(source, Mapping) or not source:
        raise _wrong(kind, f"'{kind}' can't be {source!r}.", kind)
    _known(kind, source)
    made = Wanted(
        kind,
        tables=_tables(kind, source.get("table")),
        query=_text(kind, source, "query"),
        columns=_columns(kind, source.get("columns")),
        region=regions.read(source.get("region")),
    )
    if bool(made.tables) == bool(made.query):
        raise _wrong(
            kind, f"'{kind}' must name a table" + (" or a query." if kind != "vizier" else "."), "table"
        )
    if made.query and (made.columns or made.region):
        raise _wrong(kind, "A query says itself which columns and which region.", "query")
    if kind == "tap":
        return replace(made, service=_service(source.get("service")))
    if kind == "sdss":
        return replace(made, release=_release(source.get("release", RELEASES[0] + 9)))
    return made


def _known(kind: str, source: Mapping[Any, Any]) -> None:
    for key in source:
        if key not in KEYS[kind]:
            from pz_tsm.sources.columns import nearest

            near = nearest(str(key), KEYS[kind])
            raise TsmError(
                f"'{kind}' has no key '{key}'.",
                remedy=f"Did you mean '{near[0]}'?" if near else f"Known keys: {', '.join(KEYS[kind])}.",
                where=str(key),
            )


def _text(kind: str, source: Mapping[str, Any], key: str) -> str | None:
    value = source.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise _wrong(kind, f"'{key}' must be a text, not {value!r}.", key)
    return value.strip()


def _tables(kind: str, value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, Sequence) or not names or not all(isinstance(one, str) for one in names):
        raise _wrong(kind, f"'table' must be a name, not {value!r}.", "table")
    if len(names) > 1 and kind != "vizier":
        raise _wrong(kind, "'table' must be one name.", "table")
    for name in names:
        if not TABLE[kind].fullmatch(name.strip()):
            raise _wrong(kind, f"'{name}' is no name of a table.", "table")
    return tuple(name.strip().rstrip("/") for name in names)


def _columns(kind: str, value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, Sequence) or not names or not all(isinstance(n, str) and n for n in names):
        raise _wrong(kind, "'columns' must be a list of names.", "columns")
    for name in names:
        if re.search(r"[\x00-\x1f\",;]", name):
            raise _wrong(kind, f"'{name}' is no name of a column.", "columns")
    return tuple(dict.fromkeys(names))


def _service(value: Any) -> str:
    if isinstance(value, str) and (value in (*SERVICES, "rsp") or _is_address(value)):
        return value.rstrip("/") if "://" in value else value
    raise TsmError(
        "'tap' does not say which service." if value is None else f"'service' can't be {value!r}.",
        remedy=f"Services: {', '.join((*SERVICES, 'rsp'))}, or the address of one (https://...).",
        where="service",
    )


def _release(value: Any) -> int:
    text = str(value).lower().removeprefix("dr")
    if isinstance(value, bool) or not text.isdigit() or not RELEASES[0] <= int(text) <= RELEASES[1]:
        raise _wrong(
            "sdss",
            f"'release' must be a number from {RELEASES[0]} to {RELEASES[1]}, not {value!r}.",
            "release",
        )
    return int(text)


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _url(source: Any) -> Wanted:
    given = {"address": source} if isinstance(source, str) else source
    if not isinstance(given, Mapping) or not given:
        raise _wrong("url", f"'url' can't be {source!r}.", "url")
    _known("url", given)
    address = given.get("address")
    if not isinstance(address, str) or not _is_address(address):
        raise _wrong("url", f"'{address}' is no address of the web.", "address")
    parts = urlsplit(address)
    if parts.username or parts.password:
        raise TsmError(
            "The address holds a user's name or password; a recipe is meant to be shared.",
            remedy="Download the file yourself, and give it as from: {file: PATH}.",
            where="address",
        )
    if any(SECRET.search(key) for key, _ in parse_qsl(parts.query, keep_blank_values=True)):
        raise TsmError(
            "The address holds a token, a key or a signature; a recipe is meant to be shared.",
            remedy="Download the file yourself, and give it as from: {file: PATH}.",
            where="address",
        )
    digest = _text("url", given, "sha256")
    if digest is not None and not re.fullmatch(r"[0-9a-f]{64}", digest.lower()):
        raise _wrong("url", "'sha256' must be 64 hexadecimal digits.", "sha256")
    return Wanted(
        "url",
        address=address,
        sha256=None if digest is None else digest.lower(),
        member=_text("url", given, "member"),
    )


def _wrong(kind: str, message: str, where: str) -> TsmError:
    return TsmError(message, remedy=EXAMPLES[kind], where=where)


def tap_address(service: str) -> str:
    """The address of a TAP service of ``Wanted.service``."""
    if service in SERVICES:
        usual, variable = SERVICES[service]
        return (os.environ.get(variable, "").strip() or usual).rstrip("/")
    if service == "rsp":
        from pz_tsm.sources import tap

        return tap.address("dp1")
    return service
