"""Rows shared from a notebook's widget: through the kernel, to our own engine over HTTP."""

import pandas as pd
import pytest

import pz_tsm


@pytest.fixture(autouse=True)
def server(live, monkeypatch):
    monkeypatch.setenv("PZ_TSM_PZSERVER_URL", f"{live.url}/api/")
    monkeypatch.setenv("PZ_TSM_PZSERVER_TOKEN", live.tokens["ana"])


def share(table, **args):
    """What the widget's front end gets for what its form sends."""
    widget = pz_tsm.explore(table)
    sent = []
    widget.send = lambda content, buffers=None: sent.append(content)
    widget._handle_custom_msg({"id": "q1", "method": "share", "args": args}, [])
    (answer,) = sent
    return answer


def rows_and_files(ana, made):
    info = ana.get(f"/products/{made['id']}/main_file_info/").json()["main_file"]
    files = ana.get(f"/product-files/?product_id={made['id']}").json()["results"]
    return info["n_rows"], [one["name"] for one in files]


def test_a_selection_of_our_table_brings_its_recipe(csv_file, ana, live):
    table = pz_tsm.read(csv_file, survey="DEEP", columns={"z": "zspec"})
    made = share(table, name="Near", description="For a *test*.", where="redshift < 0.3")["result"]
    rows, files = rows_and_files(ana, made)
    assert rows == sum(z < 0.3 for z in table["redshift"].tolist()) > 0
    assert files == ["Near.parquet", "recipe.tsm.yaml"] and made["server"] == f"{live.url}/api/"
    product = ana.get(f"/products/{made['id']}/").json()
    assert (product["status"], product["description"]) == (1, "For a *test*.")
    assert product["internal_name"] == made["name"]
    folder = live.data / "products" / "redshift_catalog" / made["name"]
    assert 'filter: "redshift < 0.3"' in (folder / "recipe.tsm.yaml").read_text()


def test_a_file_goes_as_it_is_and_a_selection_of_it_as_its_rows(csv_file, ana):
    whole = share(csv_file, name="Whole", type="other")["result"]
    assert rows_and_files(ana, whole) == (25, ["my_cat.csv"])
    assert "'my_cat.csv'" in whole["notes"][0]
    part = share(csv_file, name="Part", type="other", where="zspec >= 0.3")["result"]
    rows, files = rows_and_files(ana, part)
    assert 0 < rows < 25 and files == ["Part.parquet"]


def test_a_table_of_pandas_goes_as_its_rows(ana):
    frame = pd.DataFrame({"ra": [150.1, 150.2], "dec": [2.1, 2.2], "z": [0.5, 0.6]})
    made = share(frame, name="By pandas", type="redshift_catalog")["result"]
    assert rows_and_files(ana, made) == (2, ["By_pandas.parquet"])


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"name": " "}, "needs a name"),
        ({"name": "x", "type": "redshift_catalog"}, "which is ra, dec, z"),
        ({"name": "x", "type": "nonsense"}, "has no 'nonsense'"),
    ],
)
def test_what_can_not_be_is_told_in_words_and_nothing_is_made(ana, args, said):
    before = ana.get("/products/").json()["count"]
    answer = share(pd.DataFrame({"a": [1, 2]}), **args)
    assert not answer["ok"] and said in answer["error"]["message"]
    assert ana.get("/products/").json()["count"] == before
