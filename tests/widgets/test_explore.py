"""The kernel's side of the explorer, driven by the messages that the front end sends."""

import asyncio
import json
import threading

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import pz_tsm
from pz_tsm.errors import TsmError
from pz_tsm.version import version
from pz_tsm.view import View
from pz_tsm.widgets.explorer import ExploreWidget


@pytest.fixture
def table():
    return pa.table(
        {"id": [2**60 + i for i in range(5)], "redshift": [0.1, 0.5, None, 0.9, 0.7], "survey": list("ABABA")}
    )


@pytest.fixture
def widget(table):
    return opened(pz_tsm.explore(table, name="mock"))


def opened(found):
    found.sent = []
    found.send = lambda content, buffers=None: found.sent.append((content, buffers or []))
    return found


def ask(widget, method, id="q1", **args):
    widget.sent.clear()
    widget._handle_custom_msg({"id": id, "method": method, "args": args}, [])
    return widget.sent


def test_info_says_what_the_table_is(widget):
    [(answer, buffers)] = ask(widget, "info")
    assert answer["ok"] and answer["id"] == "q1" and not buffers
    info = answer["result"]
    assert info["name"] == "mock" and info["rows"] == 5 and info["roles"]["redshift"] == "redshift"
    json.dumps(info, allow_nan=False)


def test_what_every_view_asks_first_is_told_unasked(table, monkeypatch):
    told = []
    monkeypatch.setattr(
        ExploreWidget, "send", lambda self, content, buffers=None: told.append((content, buffers))
    )
    widget = pz_tsm.explore(table, name="mock")
    [(hello, [rows])] = told
    monkeypatch.undo()
    assert hello["event"] == "hello" and hello["window"] == {"count": 200, "total": 5}
    assert hello["info"] == ask(opened(widget), "info")[0][0]["result"]
    assert pa.ipc.open_stream(rows).read_all()["id"].to_pylist() == table["id"].to_pylist()
    wide = pa.table({f"c{i}": [1] for i in range(81)})
    told.clear()
    monkeypatch.setattr(
        ExploreWidget, "send", lambda self, content, buffers=None: told.append((content, buffers))
    )
    pz_tsm.explore(wide)
    assert "window" not in told[0][0] and not told[0][1], "the front end chooses the columns of a wide table"


def test_the_table_is_told_at_once_and_its_counts_when_asked(widget):
    [(answer, _)] = ask(widget, "info")
    assert answer["result"]["pending"] and [c["histogram"] for c in answer["result"]["columns"]] == [None] * 3
    [(answer, _)] = ask(widget, "summaries")
    info = answer["result"]
    columns = {column["name"]: column for column in info["columns"]}
    assert "pending" not in info and columns["redshift"]["nulls"] == 1 and columns["survey"]["distinct"] == 2
    assert ask(widget, "info")[0][0]["result"] == info


def test_rows_come_while_the_counts_are_made(table, monkeypatch):
    """The first rows of a table are seen before its summaries are ready, however long these take."""
    from pz_tsm import summary

    counting, seen = threading.Event(), threading.Event()
    real = summary.columns

    def slow(*args):
        counting.set()
        assert seen.wait(60)
        return real(*args)

    monkeypatch.setattr(summary, "columns", slow)

    async def go():
        widget = opened(pz_tsm.explore(table))
        widget._handle_custom_msg({"id": "s", "method": "summaries"}, [])
        await asyncio.to_thread(counting.wait, 60)
        for id, args in (("w", {"count": 2}), ("o", {"count": 2, "where": "redshift > 0.2"})):
            widget._handle_custom_msg({"id": id, "method": "window", "args": args}, [])
            await widget._running[id]
        assert [content["id"] for content, _ in widget.sent] == ["w", "o"]
        seen.set()
        await widget._running["s"]
        assert widget.sent[-1][0]["result"]["columns"]

    asyncio.run(go())


def test_a_sort_that_nobody_waits_for_ends():
    from pz_tsm.view import Cancelled

    view = View(pa.table({"name": ["a", "b"]}))
    with pytest.raises(Cancelled):
        view.window(search="a", cancelled=lambda: True)
    assert view.window(search="a").total == 1  # nothing half done is kept


def test_a_window_comes_as_arrow_with_its_total(widget):
    [(answer, [body])] = ask(
        widget,
        "window",
        start=0,
        count=2,
        columns=["id"],
        sort={"column": "redshift", "descending": True},
        where="redshift > 0.2",
    )
    assert answer["result"] == {"start": 0, "total": 3} and (answer["part"], answer["of"]) == (0, 1)
    assert pa.ipc.open_stream(bytes(body)).read_all()["id"].to_pylist() == [2**60 + 3, 2**60 + 4]


def test_long_columns_come_in_parts_below_one_megabyte(table):
    big = opened(pz_tsm.explore(pa.table({"x": np.arange(500_000, dtype="float64")})))
    messages = ask(big, "columns", names=["x"])
    assert len(messages) == messages[0][0]["of"] > 3
    assert [message["part"] for message, _ in messages] == list(range(len(messages)))
    assert all(len(body) + len(json.dumps(message)) < 1_048_576 for message, [body] in messages)
    whole = b"".join(bytes(body) for _, [body] in messages)
    assert pa.ipc.open_stream(whole).read_all()["x"].to_pylist()[-1] == 499_999


def test_what_is_selected_there_can_be_used_here(widget, table):
    assert len(widget.selection) == 5 and widget.selection.mask.all()
    [(answer, _)] = ask(widget, "select", where="redshift BETWEEN 0.4 AND 0.8")
    assert answer["ok"] and answer["result"] == {"total": 2}
    before = widget.selection
    assert before.condition == "redshift BETWEEN 0.4 AND 0.8"
    assert before.mask.dtype == bool and before.mask.tolist() == [False, True, False, False, True]
    assert before.table.equals(table.take([1, 4]))
    ask(widget, "select", where=None)
    assert len(widget.selection) == 5 and len(before) == 2


def test_trouble_comes_back_in_words(widget):
    [(answer, _)] = ask(widget, "select", where="redshif > 1")
    assert not answer["ok"] and "redshif" in answer["error"]["message"]
    assert widget.selection.condition == ""
    [(answer, _)] = ask(widget, "window", count=1, sort={"column": "zz", "descending": False})
    assert not answer["ok"] and answer["error"]["where"] == "zz"
    [(answer, _)] = ask(widget, "dance")
    assert not answer["ok"] and "dance" in answer["error"]["message"]
    assert ask(widget, "info", id="q2")[0][0]["ok"]


def test_a_question_can_be_taken_back_between_two_parts():
    async def go():
        big = opened(ExploreWidget(View(pa.table({"x": np.zeros(1_000_000)}))))
        big._handle_custom_msg({"id": "big", "method": "columns", "args": {"names": ["x"]}}, [])
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        big._handle_custom_msg({"id": "c", "method": "cancel", "args": {"id": "big"}}, [])
        for _ in range(20):
            await asyncio.sleep(0)
        parts = [content for content, _ in big.sent if content["id"] == "big"]
        assert 0 < len(parts) < parts[0]["of"] and not big._running

    asyncio.run(go())


def test_rows_are_saved_where_the_kernel_works(widget, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asked = {
        "path": "sel.parquet",
        "where": "survey = 'A'",
        "sort": {"column": "redshift", "descending": True},
    }
    [(answer, _)] = ask(widget, "export", **asked)
    path = tmp_path / "sel.parquet"
    assert answer["result"] == {
        "path": str(path),
        "rows": 3,
        "bytes": path.stat().st_size,
        "access": "public",
    }
    assert pq.read_table(path)["id"].to_pylist() == [2**60 + 4, 2**60, 2**60 + 2]
    [(answer, _)] = ask(widget, "export", **asked)
    assert not answer["ok"] and answer["error"]["where"] == "name"
    assert widget.table.num_rows == 5


def test_a_notebook_keeps_no_rows(widget):
    ask(widget, "select", where="survey = 'A'")
    saved = json.dumps(widget.get_state(), default=str)
    assert "1152921504606846976" not in saved and "redshift" not in saved
    bundle = widget._repr_mimebundle_()
    assert "mock, 5 rows, 3 columns" in bundle["text/plain"]
    assert widget._model_module == "pz-tsm" and widget._model_module_version == f"^{version()}"


def test_rows_are_saved_only_when_asked_for_and_say_of_how_many():
    table = pa.table({"id": [2**60, 1, 2], "ra": [1.5, 2.0, 3.0], "t": ["<b>", "x", "y"]})
    assert "text/html" not in pz_tsm.explore(table)._repr_mimebundle_()
    html = pz_tsm.explore(table, name="vvds", save_rows=2)._repr_mimebundle_()["text/html"]
    assert "vvds: first 2 of 3 rows (public)" in html
    assert str(2**60) in html and "&lt;b&gt;" in html and "<b>" not in html and ">y<" not in html


@pytest.mark.parametrize("stated", [True, False])
def test_rows_for_rights_holders_are_never_saved(stated):
    columns = {"objectId": [2**60, 1], "coord_ra": [1.5, 2.0], "coord_dec": [0.0, 0.0]}
    table = pa.table(columns)
    if stated:  # by the table; else known by its columns
        table = pa.table({"z": [0.1, 0.2]}).replace_schema_metadata({"tsm:access": "rubin-data-rights"})
    with pytest.raises(TsmError, match="rows of 'dp1' are for holders of Rubin data rights") as told:
        pz_tsm.explore(table, name="dp1", save_rows=2)
    assert told.value.where == "save_rows" and told.value.remedy
    assert "text/html" not in pz_tsm.explore(table, name="dp1")._repr_mimebundle_()


def test_a_file_is_shown_as_the_panel_shows_it_and_a_table_as_it_is(tmp_path):
    frame = pd.DataFrame({"ra": [1.0, 2.0], "g_mag": [20.0, 99.0]})
    frame.to_csv(tmp_path / "cat.csv", index=False)
    for what, nulls in ((tmp_path / "cat.csv", 1), (frame, 0)):
        column = ask(opened(pz_tsm.explore(what)), "summaries")[0][0]["result"]["columns"][1]
        assert column["nulls"] == nulls and bool(column.get("sentinels")) == bool(nulls)


def test_tables_of_other_kinds_are_taken(tmp_path, table):
    frame = pd.DataFrame({"ra": [1.0, 2.0], "survey": ["A", "B"]})
    path = tmp_path / "cat.csv"
    frame.to_csv(path, index=False)
    for what, rows in ((frame, 2), (table.to_batches()[0], 5), (path, 2), (str(path), 2), ({"ra": [1.0]}, 1)):
        assert ask(opened(pz_tsm.explore(what)), "info")[0][0]["result"]["rows"] == rows
    with pytest.raises(TsmError, match="int"):
        pz_tsm.explore(3)
