"""Check that imports point one way only (docs: architecture). Prints each violation and exits 1.

python scripts/check_directions.py [ROOT]
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

# TypeScript: which folders of src/ each folder may import. Its own is always allowed.
_BASE = {"expr", "table"}
_VIEWS = _BASE | {"ui"}
_FEATURES = _VIEWS | {"explorer", "recipe", "tokens", "commandIds"}
MAY_IMPORT: dict[str, set[str]] = {
    "expr": set(),
    "table": {"expr"},  # the worker filters rows
    "ui": _BASE,
    "api": set(),
    "explorer": _VIEWS,
    "recipe": _VIEWS,
    "jobs": _FEATURES | {"api"},
    "panel": _FEATURES | {"api"},
    "widgets": _FEATURES,
    "commandIds": set(),
    "tokens": set(),
    "plugins": _FEATURES | {"api", "jobs", "panel", "widgets"},
    "index": {"plugins", "tokens"},
}
# ... and of which it may import types only
MAY_IMPORT_TYPES: dict[str, set[str]] = {
    "api": {"table", "recipe"},
    "tokens": {"api", "explorer", "jobs", "panel", "recipe", "table", "ui"},
}
SHELL_FREE = {"expr", "table", "ui", "explorer", "recipe"}
SHELL = re.compile(r"@jupyterlab/(application|services|docmanager|filebrowser|launcher)(/|$)")
SERVICES = re.compile(r"@jupyterlab/services(/|$)")
SERVICES_HOME = re.compile(r"src/(api/transport/jupyter\.ts|plugins/.*)$")
# names of formats, which nobody fetches, are no addresses
URL = re.compile(r"""(https?|wss?)://(?!www\.w3\.org/|vega\.github\.io/schema/)|['"`]/(api|local|tsm)/""")

# Python: the library knows none of these
OUTER = {"engine", "jupyter", "widgets", "cli"}
NOT_LIBRARY = OUTER | {"__init__", "__main__"}

_STRING_OR_COMMENT = re.compile(
    r"""(?P<string>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|//[^\n]*|/\*.*?\*/""", re.S
)
_IMPORT = re.compile(
    r"""(?:^|[;\s}])(?:import|export)\s+(?P<clause>[^'"`;()]*?)\s*from\s*['"](?P<from>[^'"]+)['"]"""
    r"""|(?:^|[;\s}])import\s*['"](?P<bare>[^'"]+)['"]"""
    r"""|(?P<typeof>typeof\s+)?\b(?:import|require)\s*\(\s*['"](?P<call>[^'"]+)['"]\s*\)"""
    r"""|new\s+URL\(\s*['"](?P<url>[^'"]+)['"]\s*,\s*import\.meta\.url""",
)


def _without_comments(text: str) -> str:
    """The text with its comments blanked, line numbers kept; strings (which may hold '//') stay."""

    def blank(match: re.Match[str]) -> str:
        return match["string"] or re.sub(r"[^\n]", " ", match[0])

    return _STRING_OR_COMMENT.sub(blank, text)


def _types_only(clause: str) -> bool:
    if re.match(r"type\b(?!\s*,)", clause):
        return True
    names = re.fullmatch(r"\{(.*)\}", clause.strip(), re.S)
    parts = [part.strip() for part in names[1].split(",") if part.strip()] if names else []
    return bool(parts) and all(part.startswith("type ") for part in parts)


def _folder(path: Path, src: Path) -> str | None:
    """The folder of src/ that a path lies in, or the stem of a file of src/ itself."""
    try:
        parts = path.relative_to(src).parts
    except ValueError:
        return None
    return parts[0] if len(parts) > 1 else (parts[0].split(".")[0] if parts else "index")


def typescript(root: Path) -> Iterator[str]:
    src = root / "src"
    for path in sorted([*src.rglob("*.ts"), *src.rglob("*.tsx")]):
        if "__tests__" in path.parts or path.name.endswith(".d.ts"):
            continue
        name = path.relative_to(root).as_posix()
        own = _folder(path, src)
        text = _without_comments(path.read_text(encoding="utf-8"))
        if own not in MAY_IMPORT:
            yield f"{name}:1: '{own}' is not among the parts that scripts/check_directions.py knows"
            continue
        for match in _IMPORT.finditer(text):
            target = match["from"] or match["bare"] or match["call"] or match["url"]
            start = match.start() + len(match[0]) - len(match[0].lstrip("; \t\r\n}"))
            line = text.count("\n", 0, start) + 1
            types = bool(match["typeof"]) or (match["clause"] is not None and _types_only(match["clause"]))
            where = f"{name}:{line}: {own} imports"
            if target.startswith("."):
                other = _folder((path.parent / target).resolve(), src.resolve())
                if other is None or other == own or other in MAY_IMPORT[own]:
                    continue
                if other in MAY_IMPORT_TYPES.get(own, ()):
                    if not types:
                        yield f"{where} {other} ({target}): types only, use 'import type'"
                    continue
                yield f"{where} {other} ({target})"
            elif own in SHELL_FREE and SHELL.match(target):
                yield f"{where} {target}"
            elif SERVICES.match(target) and not SERVICES_HOME.search(name):
                yield f"{where} {target}: only src/api/transport/jupyter.ts and src/plugins may"
        if own in SHELL_FREE:
            for match in URL.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                yield f"{name}:{line}: {own} contains a URL"


def styles(root: Path) -> Iterator[str]:
    """A style sheet comes with the code that needs it: each must be imported by some file of src/."""
    wanted = {
        match["bare"].rsplit("/", 1)[1]
        for path in [*(root / "src").rglob("*.ts"), *(root / "src").rglob("*.tsx")]
        for match in _IMPORT.finditer(path.read_text(encoding="utf-8"))
        if (match["bare"] or "").endswith(".css")
    }
    for path in sorted((root / "style").glob("*.css")):
        if path.name not in wanted:
            yield f"style/{path.name}:1: no file of src/ imports it"


def _imported(node: ast.AST, package: list[str]) -> Iterator[str]:
    """Absolute names that a node imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = package[: len(package) - node.level + 1] if node.level else []
        module = ".".join([*base, *([node.module] if node.module else [])])
        yield from (f"{module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in ("import_module", "__import__") and isinstance(node.args[0].value, str):
            yield node.args[0].value


def python(root: Path) -> Iterator[str]:
    for path in sorted((root / "pz_tsm").rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        if len(parts) < 2 or parts[1] in NOT_LIBRARY:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
            for target in _imported(node, list(parts[:-1])):
                names = target.split(".")
                if names[0] == "pz_tsm" and len(names) > 1 and names[1] in OUTER:
                    name = path.relative_to(root).as_posix()
                    yield f"{name}:{node.lineno}: {parts[1]} imports {names[1]} ({target})"


def main() -> int:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    found = [*typescript(root), *styles(root), *python(root)]
    print("\n".join(found) if found else "directions: all imports point the right way")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
