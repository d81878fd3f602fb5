"""A recipe becomes a file."""

from __future__ import annotations

import os
from pathlib import Path

from pz_tsm.errors import TsmError
from pz_tsm.recipe.model import ENDINGS, Recipe
from pz_tsm.recipe.rebased import rebased


def save(recipe: Recipe, path: Path, base: str | Path | None = None, overwrite: bool = False) -> Path:
    """See ``Recipe.save``."""
    path = Path(os.path.expanduser(path))
    if path.suffix == "" or not path.name.endswith(ENDINGS):
        path = path.with_name(f"{path.name}.tsm.yaml")
    if base is None:
        base = recipe.path.parent if recipe.path is not None else Path()
    if not path.parent.is_dir():
        raise TsmError(f"There is no folder '{path.parent}'.", remedy="Make it first.", where=str(path))
    text = rebased(recipe, base, path.parent).to_text()
    if path.exists() and not overwrite and path.read_bytes() != text.encode():
        raise TsmError(
            f"'{path}' is there already.",
            remedy="Choose another name, or overwrite=True.",
            where=str(path),
        )
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
    return path
