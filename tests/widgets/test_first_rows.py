"""The first rows travel with the table's description: as many as the front end asks for at first."""

import re
from pathlib import Path

from pz_tsm.widgets import explorer

WINDOWS = Path(__file__).parents[2] / "src" / "table" / "windows.ts"


def test_the_rows_told_unasked_are_the_front_ends_first_page():
    [page] = re.findall(
        r"^(?:export )?const PAGE = (\d+);$", WINDOWS.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert explorer.FIRST_ROWS == int(page)
