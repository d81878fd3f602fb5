"""A bundle that was published to a PZ Server comes back, file by file, as it was written."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from pz_tsm import bundle
from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context
from pz_tsm.sources.pzserver import Server

ALONE = {
    Path(path).name: path
    for path in (
        *(bundle.TABLE, bundle.RECIPE, bundle.LOCK, "README.md", "CITATION.cff", "references.bib"),
        *("provenance.json", "qa/match.json", "qa/match.svg", "qa/coverage.json", "qa/coverage.svg"),
    )
}


def pull(product: int | str, out: str | Path, *, overwrite: bool = False) -> Path:
    """The bundle of a product (its id or internal name) as the folder ``out``, which must not exist.

    A server keeps files without folders, under names of its own: they are told by their checksums. Of a
    product that was uploaded without them the table, recipe, lock and papers come, enough for a replay;
    ``pz_tsm.verify`` names what is missing. TsmError if the product is no bundle, or a file is not as it was
    written.
    """
    from pz_tsm.recipe import output

    out = Path(out).expanduser()
    output.check(out, overwrite)
    ctx = Context()
    with Server() as server:
        found = server.product(product)
        number, name = found["id"], found["internal_name"]
        archive = server.prepare(number, name, ctx, "download/")
        folder = server.download(archive, name, ctx)
    files = [path for path in (folder.rglob("*") if folder.is_dir() else [folder]) if path.is_file()]
    placed = _placed(files, name)
    with output.whole(out, overwrite) as part:
        for path, source in placed.items():
            place = part / path
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)
    return out


def _placed(files: Sequence[Path], name: str) -> dict[str, Path]:
    """Path in the bundle -> file of the product ``name``."""
    from pz_tsm.bundle.write import sha256

    by_name = {path.name: path for path in files}
    sums = by_name.get(bundle.CHECKSUMS)
    if sums is None:  # an upload by hand, or of JupyterLab: what there is, for a replay
        found = {path: by_name[base] for base, path in ALONE.items() if base in by_name}
        if not {bundle.TABLE, bundle.RECIPE} <= set(found):
            raise TsmError(
                f"The product '{name}' is no bundle: it has no {bundle.CHECKSUMS}, or no table and recipe.",
                remedy="Read its table: pz_tsm.read({'from': {'pzserver': ...}}).",
                where=name,
            )
        return found
    wanted = _listed(sums, name)
    there = {sha256(path): path for path in files}
    missing = [path for path, digest in wanted.items() if digest not in there]
    if missing:
        raise TsmError(
            f"The product '{name}' has not all files of its bundle as they were written: "
            f"{', '.join(missing[:5])}{', ...' if len(missing) > 5 else ''}.",
            remedy="Ask its owner to publish the bundle again.",
            where=name,
        )
    return {**{path: there[digest] for path, digest in wanted.items()}, bundle.CHECKSUMS: sums}


def _listed(sums: Path, name: str) -> Mapping[str, str]:
    """Path in the bundle -> sha256. TsmError for a path that leads out of it: the file is from elsewhere."""
    found = {}
    for line in sums.read_text(encoding="utf-8", errors="replace").splitlines():
        digest, _, path = line.partition("  ")
        if len(digest) != 64 or not path or Path(path).is_absolute() or ".." in Path(path).parts:
            raise TsmError(f"{bundle.CHECKSUMS} of '{name}' can't be read: '{line[:80]}'.", where=name)
        found[path] = digest
    return found
