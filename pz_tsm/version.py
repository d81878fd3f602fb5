"""The version, whose one home is package.json."""

from __future__ import annotations

from functools import cache


@cache
def version() -> str:
    """Version of the installed package; of a bare source tree, what its package.json says."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("pz-tsm")
    except PackageNotFoundError:
        import json
        from pathlib import Path

        package = Path(__file__).parents[1] / "package.json"
        return json.loads(package.read_text(encoding="utf-8"))["version"] if package.exists() else "0"
