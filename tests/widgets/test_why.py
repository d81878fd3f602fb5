"""Why this redshift, and the conflicts, asked by the front end of a table in the kernel."""

import json

import pyarrow as pa
import pytest

import pz_tsm
from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context
from pz_tsm.ops.combine import OPERATION

SECURE = {"z_flag_homogenized": 4, "instrument_type": "s", "spec_class": "GALAXY"}


@pytest.fixture(scope="module")
def combined():
    """Two objects: one measured twice at redshifts that disagree, one measured once."""

    def rows(survey, *measured):
        return pa.Table.from_pylist(
            [
                {
                    "row_id": row,
                    "source_product": survey.lower(),
                    "source_row_id": str(row),
                    "ra": ra,
                    "dec": 2.0,
                }
                | {"redshift": z, "redshift_err": 0.0003, "survey": survey, "z_flag_orig": "24"}
                | SECURE
                for row, ra, z in measured
            ]
        )

    tables = {
        "a": rows("MOCK-DEEP", (-(2**60) - 1, 150.0, 0.5), (2**60 + 1, 150.1, 0.9)),
        "b": rows("MOCK-WIDE", (2**60 + 3, 150.00002, 1.5)),
    }
    return OPERATION.run(tables, OPERATION.params(), Context()).table


def asked(table, method, **args):
    widget = pz_tsm.explore(table, name="mock")
    sent = []
    widget.send = lambda content, buffers=None: sent.append(content)
    widget._handle_custom_msg({"id": "q", "method": method, "args": args}, [])
    [answer] = sent
    json.dumps(answer, allow_nan=False)
    return answer


def test_the_front_end_learns_why(combined):
    said = asked(combined, "why", row_id=str(2**60 + 3))["result"]
    assert said["row_id"] == str(2**60 + 3)
    assert {one["row_id"] for one in said["measurements"]} == {str(-(2**60) - 1), str(2**60 + 3)}
    assert said["agreement"] == "conflict" and said["conflict_place"]["total"] == 1
    assert all(one["verdict"] == "conflict" and one["sentence"] for one in said["measurements"])


def test_conflicts_come_in_parts_with_their_number(combined):
    said = asked(combined, "conflicts", start=0, count=10)["result"]
    [conflict] = said["conflicts"]
    assert said["total"] == 1 and conflict["group_id"] == str(-(2**60) - 1)
    assert "MOCK-DEEP" in conflict["surveys"] and "1.5" in conflict["redshifts"]
    assert asked(combined, "conflicts", start=1, count=10)["result"] == {"total": 1, "conflicts": []}


def test_a_table_that_is_not_combined_says_so():
    plain = pa.table({"row_id": [1], "redshift": [0.1]})
    for method, args in (("why", {"row_id": "1"}), ("conflicts", {"start": 0, "count": 10})):
        answer = asked(plain, method, **args)
        assert not answer["ok"] and "combine" in answer["error"]["message"]


def test_an_explorer_can_open_at_a_row(combined, monkeypatch):
    told = []
    monkeypatch.setattr(
        pz_tsm.widgets.ExploreWidget, "send", lambda self, content, buffers=None: told.append(content)
    )
    pz_tsm.explore(combined, row=2**60 + 1)
    pz_tsm.explore(combined)
    assert [hello.get("row") for hello in told] == [str(2**60 + 1), None]
    with pytest.raises(TsmError, match="no row with row_id 5"):
        pz_tsm.explore(combined, row=5)
    with pytest.raises(TsmError, match="row_id"):
        pz_tsm.explore(pa.table({"ra": [1.0]}), row=5)
