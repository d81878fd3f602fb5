"""Copies of snapshots that travel with a bundle: which may, and the one that a lock names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pz_tsm.ops.base import Finding
from pz_tsm.sources import files

OPEN = re.compile(  # terms under which anyone may pass on an unchanged copy, for any purpose
    r"\b(CC0|CC[ -]BY([ -]SA)?([ -]\d\.\d)?|public domain|PDDL|ODC-By|ODbL)\b(?![ -](NC|ND))",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Copy:
    """A snapshot: its file, or in ``why`` the reason why it is not passed on; ``terms``: the catalogue's."""

    path: Path | None = None
    name: str = ""
    terms: str | None = None
    why: str | None = None


def allowed(source: Mapping[str, Any], access: str | None) -> tuple[str | None, str | None]:
    """The terms under which what ``from: source`` gives may be passed on, or why it may not be.

    The registry's statement counts where it is verified, and names terms that are open.
    """
    if (access or "public") != "public":
        return None, "it is not public"
    from pz_tsm.sources import registry

    known = registry.known(source)
    if known is None:
        return None, "it is not in the registry, so that its terms are not known"
    terms = known[0].licence
    if terms is None:
        return None, f"the registry does not know the terms of '{known[0].id}'"
    if terms.confidence != "verified":
        return None, f"the terms of '{known[0].id}' ({terms.text}) are {terms.confidence} in the registry"
    if not OPEN.search(terms.text):
        return None, f"the terms of '{known[0].id}' ({terms.text}) do not say that it may be passed on"
    return terms.text, None


def found(spec: Mapping[str, Any], item: Mapping[str, Any], pin: Mapping[str, Any] | None) -> Copy:
    """What may be passed on of an input. ``spec``: as in the recipe; ``item``: as in the lock, with its
    ``snapshot``; ``pin``: that of the lock that the run replayed."""
    from pz_tsm.sources import archives, fetching
    from pz_tsm.sources.archives import snapshots

    source = fetching.source_of(spec, str(item.get("name")))
    kind = fetching.kind_of(source)
    if kind not in fetching.ARCHIVES:
        return Copy(why="it is no archive's")
    terms, why = allowed({kind: source[kind]}, item.get("access"))
    if why is not None:
        return Copy(why=why)
    wanted = archives.asked(kind, source[kind], spec.get("columns"))[0]
    digest = item["snapshot"].get("sha256")
    kept = snapshots.find(wanted, digest) or located(pin)
    if kept is None or kept["sha256"] != digest:
        return Copy(why="its snapshot is no longer in the cache")
    path = Path(kept["path"])
    slug = re.sub(r"[^A-Za-z0-9.+-]+", "_", wanted.name.split("?")[0])[:60].strip("_.")
    return Copy(path, f"{slug}-{str(digest)[:8]}{''.join(path.suffixes)}", terms)


def located(pin: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The copy beside a lock as ``snapshots.find`` would give it; None if there is none, or another file."""
    if not pin or not pin.get("path") or not Path(pin["path"]).is_file():
        return None
    if files.file_sha256(pin["path"]) != pin.get("sha256"):
        return None
    columns = [{"name": name} for name in pin.get("columns") or []]
    return {**pin, "path": Path(pin["path"]), "columns": columns}


def damaged(pin: Mapping[str, Any] | None, name: str) -> list[Finding]:
    """What is told where the copy beside the lock can't be taken."""
    if not pin or not pin.get("path"):
        return []
    told = f"The bundle's copy of '{name}' ({pin.get('file')}) is missing, or not what the lock names."
    return [Finding("warning", told, "The source is asked instead; `pz-tsm verify` says more.", where=name)]
