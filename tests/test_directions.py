"""The direction rules see a planted violation and let good code pass."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "check_directions.py"


def check(root: Path, files: dict[str, str]) -> tuple[int, str]:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    done = subprocess.run([sys.executable, str(SCRIPT), str(root)], capture_output=True, text=True)
    return done.returncode, done.stdout


GOOD = {
    "src/table/source.ts": "import { parse } from '../expr/parse';\nexport interface ITable {}\n",
    "src/api/table.ts": "import type { ITable } from '../table/source';\n"
    "import { type IPlan } from '../recipe/backend';\n",
    "src/api/transport/jupyter.ts": "import { ServerConnection } from '@jupyterlab/services';\n",
    "src/explorer/view.tsx": "// see https://example.org\nimport { Grid } from '../ui/grid';\n"
    "const NS = 'http://www.w3.org/2000/svg';\n",
    "src/plugins/panel.ts": "import { Panel } from '../panel';\nimport { Client } from '../api/client';\n",
    "src/index.ts": "import panel from './plugins/panel';\nexport default [panel];\n",
    "pz_tsm/recipe.py": "from pz_tsm.ops import get\n",
    "pz_tsm/cli.py": "from pz_tsm.engine import runtime\n",
}


def test_good_code_passes(tmp_path):
    code, out = check(tmp_path, GOOD)
    assert code == 0, out


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("src/ui/a.ts", "import { x } from '../explorer/model';", "src/ui/a.ts:1: ui imports explorer"),
        ("src/ui/b.ts", "\nexport {\n  x,\n  y\n} from '../panel';", "src/ui/b.ts:2: ui imports panel"),
        ("src/api/c.ts", "import { bins } from '../table/bins';", "src/api/c.ts:1: api imports table"),
        ("src/api/d.ts", "import { type A, b } from '../table/bins';", "types only"),
        ("src/widgets/e.ts", "const m = await import('../api/client');", "widgets imports api"),
        ("src/recipe/f.ts", "import type { Client } from '../api/client';", "recipe imports api"),
        ("src/explorer/g.ts", "import { a } from '@jupyterlab/application';", "explorer imports @jupyterlab"),
        ("src/panel/h.ts", "import { a } from '@jupyterlab/services';", "only src/api/transport"),
        ("src/table/i.ts", "export const u = 'https://example.org';", "table contains a URL"),
        ("src/table/j.ts", "new Worker(new URL('../ui/w.ts', import.meta.url));", "table imports ui"),
        ("src/other/k.ts", "", "not among the parts"),
        ("pz_tsm/ops/l.py", "def f():\n    from ..engine import jobs\n", "l.py:2: ops imports engine"),
        ("pz_tsm/sky.py", "from pz_tsm import cli\n", "pz_tsm/sky.py:1: sky imports cli"),
        ("pz_tsm/bundle/m.py", "import pz_tsm.jupyter.app\n", "bundle imports jupyter"),
    ],
)
def test_planted_violation_is_found(tmp_path, name, text, expected):
    code, out = check(tmp_path, {**GOOD, name: text})
    assert code == 1
    assert expected in out
    assert len(out.splitlines()) == 1, out
