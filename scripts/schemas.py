"""Write what both languages obey from the Python models, and the TypeScript types from that.

python scripts/schemas.py            write contract/openapi.json, contract/ops/*.json, contract/registry.json,
                                     the registry and the rule packs in one file each, src/**/generated/
python scripts/schemas.py --check    write nothing; say which of these files are out of date, exit 1 if any is
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / "node_modules" / ".bin"
HEADER = "// Made by `make schemas` from contract/: do not edit.\n"


def text(value: object) -> str:
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def contract() -> dict[str, str]:
    """The JSON files, by path."""
    from pz_tsm.engine.app import create_app
    from pz_tsm.ops import BUILT_IN, get
    from pz_tsm.ops.homogenize import packed
    from pz_tsm.sources.registry import pack

    with tempfile.TemporaryDirectory() as data:
        files = {"contract/openapi.json": text(create_app(Path(data), "schemas").openapi())}
    for name in BUILT_IN:
        files[f"contract/ops/{name}.json"] = text(get(name).params.model_json_schema())
    files["contract/registry.json"] = text(pack.schema())
    files["pz_tsm/sources/registry/catalogues.json"] = pack.packed()
    files["pz_tsm/ops/homogenize/rules/packed.json"] = packed.packed()
    return files


def types(files: dict[str, str]) -> dict[str, str]:
    """The TypeScript files made from the JSON files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        out = Path(folder, "openapi.ts")
        source = Path(folder, "contract/openapi.json")
        subprocess.run(
            [BIN / "openapi-typescript", source, "-o", out], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
        )
        return {"src/api/generated/openapi.ts": HEADER + out.read_text(encoding="utf-8")}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only")
    check = parser.parse_args().check

    made = contract()
    made |= types(made)
    have = {
        path.relative_to(ROOT).as_posix()
        for pattern in ("contract/ops/*.json", "src/api/generated/*")
        for path in ROOT.glob(pattern)
    }
    stale = sorted(have - made.keys())
    for name, content in made.items():
        path = ROOT / name
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            stale.append(name)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content, encoding="utf-8")
    if not check:
        for name in have - made.keys():
            (ROOT / name).unlink()
        print(f"schemas: {len(stale)} of {len(made)} files changed")
        return 0
    for name in stale:
        print(f"{name} is out of date: run 'make schemas' and commit")
    return 1 if stale else 0


if __name__ == "__main__":
    if shutil.which("node") is None:
        sys.exit("schemas: node is needed to make the TypeScript types")
    sys.exit(main())
