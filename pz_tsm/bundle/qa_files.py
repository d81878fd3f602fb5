"""Numbers that a step measured, as a JSON file of the bundle, and the picture that is drawn from them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pz_tsm.bundle.verify import VerifyReport


@dataclass(frozen=True)
class Numbers:
    """``op``: the step that measures, which keeps the numbers under ``key`` of its details; ``path`` and
    ``picture``: the two files; ``draw``: the picture of what the first says; ``code``: verify's."""

    op: str
    key: str
    path: str
    picture: str
    draw: Callable[[dict[str, Any]], str]
    code: str
    about: str

    def details(self, steps: Any) -> dict[str, Any] | None:
        """Details of the last of the steps {op, details} of that name; None unless it measured."""
        for one in reversed(steps if isinstance(steps, list) else []):
            if isinstance(one, dict) and one.get("op") == self.op:
                details = one.get("details")
                return details if isinstance(details, dict) and details.get(self.key) else None
        return None

    def write(self, out: Path, said: dict[str, Any]) -> None:
        """Write both files."""
        text = json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        for name, content in ((self.path, text), (self.picture, self.draw(said))):
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (out / name).write_text(content, encoding="utf-8", newline="\n")

    def check(
        self,
        folder: Path,
        provenance: dict | None,
        recorded: Any,
        numbers: Callable[[dict[str, Any]], Any],
        wrong: Callable[[dict[str, Any]], Iterable[str]],
        report: VerifyReport,
    ) -> None:
        """The files are there if the provenance has ``recorded`` numbers; they say the same ``numbers``, in
        which ``wrong`` finds nothing; and the picture is drawn from them."""
        if not (folder / self.path).is_file():
            if recorded is not None:
                message = f"The file {self.path} is missing; the run recorded the {self.about}."
                report.problem(self.code, message, self.path)
            return
        try:
            said = json.loads((folder / self.path).read_text(encoding="utf-8"))
            problems = list(wrong(said))
            if provenance is not None and _text(recorded) != _text(numbers(said)):
                problems.append(f"{self.path} is not what provenance.json records of the {self.op}.")
            drawn = self._drawn(folder / self.picture, said)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            message = f"{self.path} can't be read: {type(error).__name__} {error}."
            report.problem(self.code, message, self.path)
            return
        for problem in problems:
            report.problem(self.code, problem, self.path)
        if drawn:
            report.problem(self.code, drawn, self.picture)
        report.checked.append(self.about)

    def _drawn(self, path: Path, said: dict[str, Any]) -> str | None:
        if not path.is_file():
            return f"The file {self.picture} is missing."
        if path.read_text(encoding="utf-8") != self.draw(said):
            return f"The picture {self.picture} does not show what {self.path} says."
        return None


def _text(numbers: Any) -> str:
    return json.dumps(numbers, sort_keys=True)
