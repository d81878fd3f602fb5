"""The one kind of error that a user is meant to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class TsmError(Exception):
    """Something outside the program is wrong, and the user can mend it.

    The message names the thing (survey, column, row, file) in words; ``remedy`` says what to do.
    Front ends show both and never a stack trace. ``fixes``: the remedy as edits of the recipe
    (``ops.base.Fix``), where one click can do it. ``level``: as a finding of a plan.
    """

    level = "error"

    def __init__(
        self,
        message: str,
        *,
        remedy: str | None = None,
        where: str | None = None,
        fixes: Sequence[Any] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.where = where
        self.fixes = list(fixes)

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}" if self.remedy else self.message

    def to_dict(self) -> dict[str, str | None]:
        return {"message": self.message, "remedy": self.remedy, "where": self.where}


class NotYet(TsmError):
    """What a plan can't look at before the run brings it here: in a plan a note, and no failure."""

    level = "note"


class Cancelled(Exception):
    """The user asked to stop; not an error."""
