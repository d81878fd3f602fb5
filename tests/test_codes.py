"""Text of few different values goes to the browser by its codes; everything else is as it was."""

import io

import pyarrow as pa
import pytest

from pz_tsm import summary
from pz_tsm.codes import coded
from pz_tsm.engine.local import cache
from pz_tsm.view import View

N = 6000
SURVEYS = ["VVDS", None, "zCOSMOS", "VVDS", "", "銀河"]


def table(surveys: int = 0) -> pa.Table:
    names = [f"S{i % surveys}" for i in range(N)] if surveys else SURVEYS * (N // len(SURVEYS))
    return pa.table(
        {
            "id": [f"obj-{i}" for i in range(N)],
            "z": [i / N for i in range(N)],
            "survey": names,
            "type": ["s", "g", "p"] * (N // 3),
        },
        metadata={"tsm:access": "public"},
    )


def sent(view: View, *names: str) -> pa.Table:
    return pa.ipc.open_stream(io.BytesIO(view.stream(list(names)).read())).read_all()


def stored(made: pa.Table, folder) -> View:
    """As the engine has it: decoded into its cache and mapped from there."""
    out = cache.Writer(folder)
    for field in made.schema:
        out.add(field, summary.one_chunk(made.column(field.name)))
    out.finish(made.schema, {"rows": N})
    return cache.load(folder)


@pytest.fixture(params=["memory", "engine"])
def view(request, tmp_path):
    return View(table()) if request.param == "memory" else stored(table(), tmp_path)


def test_text_of_few_values_takes_a_byte_a_row_and_is_the_same_text(view):
    found = sent(view, "z", "type", "survey")
    assert found.schema.field("survey").type == pa.dictionary(pa.int8(), pa.string())
    assert found["survey"].to_pylist() == table()["survey"].to_pylist()
    assert found["type"].to_pylist() == table()["type"].to_pylist()
    assert found["z"].to_pylist() == table()["z"].to_pylist()
    size = len(view.stream(["survey"]))
    assert size < 1.2 * N + 1000, f"{size} bytes for {N} rows"


def test_identifiers_go_as_they_are(view):
    found = sent(view, "id", "survey", "id")
    assert found.schema.field(0).type == pa.string()
    assert found.column(0).to_pylist() == found.column(2).to_pylist() == table()["id"].to_pylist()


def test_rows_conditions_search_and_order_are_those_of_the_text(view):
    plain = table()["survey"].to_pylist()
    assert view.schema.field("survey").type == pa.string()
    assert view.window(count=7).table["survey"].to_pylist() == plain[:7]
    assert view.window(where="survey = 'VVDS' OR survey IS NULL").total == N // 2
    assert view.window(where="survey LIKE 'z%'").total == N // 6
    assert view.window(search="cosmos").total == N // 6
    ordered = view.window(sort="survey", count=N, columns=["survey"]).table["survey"].to_pylist()
    assert ordered == sorted(one for one in plain if one is not None) + [None] * (N // 6)
    assert view.columns(["survey"])["survey"].type == pa.string()  # what is saved


@pytest.mark.parametrize("surveys", [3, 200, 2900])
def test_engine_and_notebook_send_the_same_bytes(surveys, tmp_path):
    made = table(surveys)
    ours, theirs = View(made), stored(made, tmp_path)
    for names in (["survey"], ["z", "survey", "id"]):
        assert ours.stream(names).read() == theirs.stream(names).read()


def test_the_engine_reads_codes_from_its_file(tmp_path):
    view = stored(table(), tmp_path)
    pieces = view.stream(["survey"]).pieces
    assert sum(piece.size for piece in pieces if piece.at is not None) >= N


@pytest.mark.parametrize(
    ("values", "kind"), [(128, "int8"), (129, "int16"), (2**15, "int16"), (2**15 + 1, "int32")]
)
def test_codes_are_as_narrow_as_they_can_be(values, kind):
    column = pa.array([f"v{i}" for i in range(values)] * 3).slice(1)
    # the first rows repeat, as those of a catalogue do
    column = pa.concat_arrays([pa.array(["v0"] * 20_000), column])
    found = coded(column)
    assert str(found.type.index_type) == kind and found.to_pylist() == column.to_pylist()


def test_what_is_no_smaller_is_not_coded():
    assert coded(pa.array([1, 2, 3])) is None
    assert coded(pa.array([], pa.string())) is None
    assert coded(pa.array(["a", "b", "c", "a"])) is None
    many = pa.array(["same"] * 20_000 + [f"v{i}" for i in range(2**16)] * 2)
    assert coded(many) is None
    assert coded(pa.array([None] * 10, pa.string())).to_pylist() == [None] * 10
    large = coded(pa.array(["a", None, "a", "a"], pa.large_string()))
    assert large.type.value_type == pa.string() and large.to_pylist() == ["a", None, "a", "a"]
