"""Queries to a TAP service, with the small one of this machine."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from astropy.table import MaskedColumn, Table

pytest.importorskip("pyvo")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for tapkit

from tapkit import Answer, TapServer, serving  # noqa: E402

from pz_tsm.errors import TsmError  # noqa: E402
from pz_tsm.sources import tap  # noqa: E402

CONE = "CONTAINS(POINT('ICRS', ra, dec), CIRCLE('ICRS', 150.0, 2.0, 0.1)) = 1"


@pytest.fixture
def service():
    table = Table(
        {
            "id": np.array([2**60 + 1, 2, 3]),
            "ra": [150.0, 150.05, 151.0],
            "dec": [2.0, 2.0, 2.0],
            "name": ["a", "Ünï", "c"],
            "mag": MaskedColumn(np.array([21.5, 0.0, 3.0], np.float32), mask=[False, True, False]),
        }
    )
    table["mag"].unit = "mag"
    with serving(TapServer({"dp1.Object": table})) as server:
        yield server


def test_an_answer_keeps_integers_texts_gaps_and_units(service):
    found = tap.Service(service.url, None).ask(f"SELECT id, name, mag FROM dp1.Object WHERE {CONE}")
    assert found.to_pydict() == {"id": [2**60 + 1, 2], "name": ["a", "Ünï"], "mag": [21.5, None]}
    assert str(found.schema.field("id").type) == "int64" and str(found.schema.field("mag").type) == "float"
    assert found.schema.field("mag").metadata[b"unit"] == b"mag"


def test_a_table_is_described(service):
    rows = {row["column_name"]: row for row in tap.Service(service.url, None).columns("dp1.Object")}
    assert rows["id"]["datatype"] == "long" and rows["mag"]["unit"] == "mag"
    with pytest.raises(TsmError, match="no table 'dp2.Object'"):
        tap.Service(service.url, None).columns("dp2.Object")
    with pytest.raises(TsmError, match="no name of a table"):
        tap.Service(service.url, None).columns("x' OR '1'='1")


def test_a_cut_answer_is_no_answer(service):
    service.limit = 1
    with pytest.raises(tap.Overflow, match="after 1 rows"):
        tap.Service(service.url, None).ask(f"SELECT id FROM dp1.Object WHERE {CONE}")
    assert tap.Service(service.url, None).ask(f"SELECT TOP 1 id FROM dp1.Object WHERE {CONE}").num_rows == 1


def test_what_is_wrong_is_said_in_words(service):
    client = tap.Service(service.url, None)
    with pytest.raises(TsmError, match=r"refused the query: Column \[nothing\] does not exist"):
        client.ask(f"SELECT nothing FROM dp1.Object WHERE {CONE}")
    service.prepare = lambda job: Answer(error="too busy")
    with pytest.raises(TsmError, match="too busy"):
        client.job("SELECT 1", {})
    with pytest.raises(tap.Unreachable, match="can't be reached"):
        tap.Service("http://127.0.0.1:9/tap", None).ask("SELECT 1")
    service.token = "t0ken" * 5
    with pytest.raises(TsmError, match="does not accept the token"):
        client.job("SELECT 1", {})
