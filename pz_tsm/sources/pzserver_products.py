"""A product written to a PZ Server, call by call: a draft, its files, what its columns mean, publication."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.sources.pzserver import ROLES, Refused, Server

if TYPE_CHECKING:
    from pz_tsm.bundle.packing import Packed

DRAFT, PUBLISHED, DELETED, PROCESSING, FAILED = 0, 1, 2, 3, 9  # states of a product
MAIN, DESCRIPTION, AUXILIARY = 0, 1, 2  # roles of a file
PAGE = 200
PATIENCE = 600  # seconds for an answer: a large file is read there before it is answered


def pages(server: Server, path: str, **params: Any) -> Iterator[dict[str, Any]]:
    """Every row of a list, page by page until its count is reached."""
    seen = 0
    for page in range(1, 10_000):
        try:
            answer = server.call("GET", path, params={**params, "page": page, "page_size": PAGE})
        except Refused as error:
            if error.status == 404 and page > 1:
                return
            raise
        rows = answer.get("results", [])
        yield from rows
        seen += len(rows)
        if not rows or seen >= answer.get("count", 0):
            return


def named(rows: Iterable[Mapping[str, Any]], name: str) -> Mapping[str, Any] | None:
    """The row of that name or title, in any case."""
    wanted = name.lower()
    return next(
        (
            one
            for one in rows
            if wanted in (str(one.get("name")).lower(), str(one.get("display_name")).lower())
        ),
        None,
    )


def draft(server: Server, **fields: Any) -> dict[str, Any]:
    """A new product with those fields, as a draft of the user."""
    return server.call("POST", "products/", json={**fields, "official_product": False, "status": DRAFT})


def send(server: Server, product: int, what: Path | Packed, name: str, role: int) -> None:
    """A file, or a folder that is packed meanwhile, under that name there."""
    from pz_tsm.bundle.packing import Readable

    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    with what.open("rb") if isinstance(what, Path) else nullcontext(Readable(what)) as file:
        server.call(
            "POST",
            "product-files/",
            data={"product": str(product), "role": str(role), "type": kind},
            files={"file": (name, file, kind)},
            timeout=PATIENCE,
        )


def associate(server: Server, product: int, roles: Mapping[str, str]) -> list[str]:
    """Have the server read the main file, and say what its columns mean (role -> column).

    Returns the columns that the server did not find.
    """
    server.call("GET", f"products/{product}/registry/", timeout=PATIENCE)
    ids = {row["column_name"]: row["id"] for row in pages(server, "product-contents/", product=product)}
    for role, column in roles.items():
        if column in ids:
            alias, ucd = ROLES[role]
            server.call("PATCH", f"product-contents/{ids[column]}/", json={"alias": alias, "ucd": ucd})
    return [column for column in roles.values() if column not in ids]


def publish(server: Server, product: int) -> None:
    """Let others see the product; the server refuses it without its mandatory columns."""
    server.call("PATCH", f"products/{product}/", json={"status": PUBLISHED}, timeout=PATIENCE)
