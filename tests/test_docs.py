"""The documents: commands that run, outputs that are real, links that lead somewhere."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TUTORIAL = ROOT / "docs" / "first-training-set.md"
NOTEBOOK = ROOT / "examples" / "first-training-set.ipynb"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SMALL = ("pz-tsm mock mock\n", "pz-tsm mock mock --rows 1500 --objects 4500\n")
BLOCK = re.compile(
    r"^<!-- run -->\n```(sh|python)\n(.*?)^```\n(?:\n<!-- output -->\n```text\n(.*?)^```\n)?", re.M | re.S
)
# A long-lived Python that runs one block after the other and marks where each one's output ends.
PYTHON = """
import json, sys
space = {}
for line in sys.stdin:
    exec(json.loads(line), space)
    print("\\x04", flush=True)
"""


def environment() -> dict[str, str]:
    """Where `pz-tsm` and `import pz_tsm` are this clone's, and the user's own folders are out of reach."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}


def outputs(folder: Path, replace: tuple[str, str] = ("", "")) -> list[tuple[str, str, str | None]]:
    """Run the tutorial's blocks in order: (block, what it printed, what the tutorial says that it prints)."""
    env, found = environment(), []
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    python = subprocess.Popen([sys.executable, "-c", PYTHON], cwd=folder, env=env, text=True, **pipes)
    try:
        for language, block, said in BLOCK.findall(TUTORIAL.read_text(encoding="utf-8")):
            if language == "sh":
                script = block.replace(*replace) if replace[0] else block
                done = subprocess.run(
                    ["bash", "-e", "-c", script], cwd=folder, env=env, capture_output=True, text=True
                )
                assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
                printed = done.stdout
            else:
                python.stdin.write(json.dumps(block) + "\n")
                python.stdin.flush()
                lines = []
                while (line := python.stdout.readline()) != "\x04\n":
                    assert line, f"{block}\n{python.stderr.read()}"
                    lines.append(line)
                printed = "".join(lines)
            found.append((block, printed, said or None))
    finally:
        python.kill()
        python.communicate()
    return found


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def small_run(workspace: Path) -> list[tuple[str, str, str | None]]:
    """The tutorial, with a small mock sky."""
    return outputs(workspace, SMALL)


def test_every_command_of_the_tutorial_runs(small_run, workspace: Path) -> None:
    assert SMALL[0] in TUTORIAL.read_text(encoding="utf-8")
    assert len(small_run) >= 10
    assert (workspace / "first" / "rail" / "train.hdf5").stat().st_size > 0
    assert (workspace / "two_surveys" / "recipe.tsm.yaml").is_file()


def test_outputs_of_the_tutorial_look_as_shown(small_run) -> None:
    """With a small sky the numbers differ; their places and all words but the reasons that occur do not."""
    for block, printed, said in small_run:
        if said and said.count("\n") == 1:
            assert re.sub(r"[\d,]+", "N", printed) == re.sub(r"[\d,]+", "N", said), block


@pytest.mark.full
def test_outputs_of_the_tutorial_are_real(tmp_path: Path) -> None:
    for block, printed, said in outputs(tmp_path):
        if said:
            pattern = re.escape(said.strip()).replace(re.escape("..."), "(?s:.*?)")
            assert re.fullmatch(pattern, printed.strip()), f"{block}\nprints now:\n{printed}"


def test_the_notebook_runs_and_saves_no_rows(small_run, workspace: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    work = workspace / "notebook"
    work.mkdir()
    shutil.copytree(workspace / "mock", work / "mock")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "it is kept without outputs"
    nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(work)}}
    ).execute()
    saved = json.dumps(notebook)
    assert "application/vnd.jupyter.widget-view+json" in saved, "the explorer is shown"

    import pyarrow.parquet as pq

    table = pq.read_table(work / "two_surveys" / "data" / "training_set.parquet")
    assert table.num_rows > 100
    for name in ("redshift", "row_id", "ra"):
        values = [str(value) for value in table[name].slice(0, 50).to_pylist()]
        assert not any(value in saved for value in values if len(value) > 5), f"values of {name} are saved"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    missing = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        if not there.exists():
            missing.append(target)
        elif anchor and anchor not in anchors(there):
            missing.append(target)
    assert not missing, f"{page.name}: {', '.join(missing)}"


def anchors(page: Path) -> set[str]:
    """The places in a page that links may name, as GitHub names them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_names_a_place_of_one_machine(page: Path) -> None:
    assert not re.search(r"(?<![\w./])/(?:work|home|root|Users)/", page.read_text(encoding="utf-8"))


def test_settings_are_documented() -> None:
    """Every variable that the package reads and every setting of the Jupyter part, and no other."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "pz_tsm").rglob("*.py"))
    text = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    variables = r"\bPZ_TSM_[A-Z_]+[A-Z]\b"
    assert set(re.findall(variables, text)) == set(re.findall(variables, code))
    said = set(re.findall(variables, (ROOT / "scripts" / "run_lab.py").read_text(encoding="utf-8")))
    assert said <= set(re.findall(variables, code)), "make run sets a variable that nothing reads"

    from pz_tsm.jupyter.app import TsmApp

    own = {name for name, trait in TsmApp.class_own_traits(config=True).items()}
    assert {f"c.TsmApp.{name}" for name in own} == set(re.findall(r"c\.TsmApp\.\w+", text))
