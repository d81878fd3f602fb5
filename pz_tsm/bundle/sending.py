"""A bundle as the files of a product: a server keeps no folders, and other names only as it likes them."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from pz_tsm import bundle

README = "README.md"


def plain_name(name: str) -> str:
    """A file name that the server keeps: any with blanks or special characters is stored under another."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", plain).lstrip("._-")
    return re.sub(r"_+(\.[A-Za-z0-9]+)$", r"\1", plain) or "file"


def beside(out: Path) -> list[tuple[Path, str]]:
    """All files of a bundle but its table and README, each with its name on a server: its own where that is
    the only one, else with its folder before it. Hidden ones are left out."""
    table = out / bundle.TABLE
    found = sorted(one for one in out.rglob("*") if one.is_file() and one not in (table, out / README))
    found = [one for one in found if not any(part.startswith(".") for part in one.relative_to(out).parts)]
    names = [plain_name(one.name) for one in found]
    return [
        (one, plain_name("_".join(one.relative_to(out).parts)))
        if names.count(own) > 1 or own in (table.name, README)
        else (one, own)
        for one, own in zip(found, names, strict=True)
    ]
