"""VizieR as a source: the real astroquery against the server of this machine."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("astroquery")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for the kits

from archivekit import Archives, around, vipers  # noqa: E402

from pz_tsm.errors import Cancelled, TsmError  # noqa: E402
from pz_tsm.ops.base import Context  # noqa: E402
from pz_tsm.recipe import Recipe, plan, run  # noqa: E402
from pz_tsm.sources import archives, load  # noqa: E402
from pz_tsm.sources.archives import base, web  # noqa: E402

W1, W4 = "J/A+A/609/A84/vipersw1", "J/A+A/609/A84/vipersw4"
RECIPE = f"""
format: tsm-recipe/1
name: vipers
inputs:
  vipers: {{from: {{vizier: {W1}}}, survey: VIPERS_PDR2}}
steps:
  - homogenize: {{rules: pz-server}}
"""


@pytest.fixture
def here(monkeypatch, tmp_path):
    with around(
        Archives(vizier={W1: vipers(), W4: vipers(200, 5, name="W4")}), monkeypatch, tmp_path
    ) as made:
        yield made


def fetched(source, **spec):
    return load({"from": {"vizier": source}, "survey": "VIPERS_PDR2", **spec})


def test_a_recipe_with_a_table_of_vizier_becomes_a_bundle(here, tmp_path):
    result = run(Recipe.parse(RECIPE), tmp_path, tmp_path / "out")
    assert result.table.num_rows == 300
    none = int(np.ma.getmaskarray(here.vizier[W1]["zsp"]).sum())
    assert none and result.table.column("redshift").null_count == none
    said = result.lock["inputs"][0]
    assert said["location"] == f"vizier:{W1}" and said["product"] == f"vizier:{W1}"
    assert said["columns"] == {"ra": "RAJ2000", "dec": "DEJ2000", "z": "zsp", "z_flag": "zflg"} | {
        key: said["columns"][key] for key in said["columns"] if key not in ("ra", "dec", "z", "z_flag")
    }
    snapshot = said["snapshot"]
    assert snapshot["rows"] == 300 and snapshot["service"] == here.variables()["PZ_TSM_VIZIER_URL"]
    assert W1 in snapshot["query"] and snapshot["when"].startswith("20") and len(snapshot["sha256"]) == 64
    assert snapshot["sha256"] == said["sha256"]
    assert (tmp_path / "out" / "recipe.tsm.lock").is_file()


def test_a_later_run_takes_the_snapshot_and_asks_nobody(here, tmp_path):
    first = run(Recipe.parse(RECIPE), tmp_path)
    asked = len(here.asked)
    here.vizier[W1] = vipers(10)
    second = run(Recipe.parse(RECIPE), tmp_path)
    assert len(here.asked) == asked and second.digest == first.digest
    assert second.lock["inputs"] == first.lock["inputs"]


def test_every_row_comes_whatever_the_usual_limit(here):
    loaded = fetched(W1)
    assert loaded.origin["rows"] == 300  # the client's own default is 50
    assert here.asked[-1]["-out.max"] == "unlimited"


def test_values_are_those_of_the_table_with_units_and_gaps(here):
    table = here.vizier[W1]
    loaded = fetched(W1).table.sort_by("source_row")
    assert loaded.column("ra").to_numpy() == pytest.approx(np.asarray(table["RAJ2000"]), abs=1e-12)
    assert loaded.column("dec").to_numpy() == pytest.approx(np.asarray(table["DEJ2000"]), abs=1e-7)
    assert loaded.column("redshift").to_pylist() == [None if z is np.ma.masked else z for z in table["zsp"]]
    assert loaded.column("Name")[0].as_py() == "W1_100000"
    assert loaded.schema.field("imag").metadata[b"unit"] == b"mag"
    assert loaded.schema.field("redshift").metadata[b"description"] == b"Spectroscopic redshift <zspec>"


def test_sexagesimal_positions_come_computed(here):
    here.vizier[W1] = vipers(sexagesimal=True)
    loaded = fetched(W1)
    assert loaded.origin["columns"]["ra"] == "_RAJ2000" and loaded.origin["columns"]["dec"] == "_DEJ2000"
    assert loaded.table.sort_by("source_row").column("ra")[0].as_py() == here.vizier[W1]["_RAJ2000"][0]
    said = [one.message for one in loaded.report.findings]
    assert any("'RAJ2000' is not in decimal degrees; VizieR's '_RAJ2000' is used" in one for one in said)


def test_only_the_columns_named_are_asked_for_with_those_of_the_roles(here):
    loaded = fetched({"table": W1, "columns": ["zsp"]}, columns={"id": "Name"})
    roles = {"RAJ2000", "DEJ2000", "zflg", "classFlag"}  # that the registry knows
    assert set(here.asked[-1]["-out"].split(",")) == {"zsp", "Name", *roles}
    assert "imag" not in loaded.table.column_names
    with pytest.raises(TsmError, match="no column 'zspec'.*zsp"):
        fetched({"table": W1, "columns": ["zspec"]})


def test_what_the_registry_names_is_said_and_what_it_lacks_is_an_error(here):
    loaded = fetched(W1)
    said = [one.message for one in loaded.report.findings]
    assert any("is 'vipers_pdr2' of the registry" in one and "z: zsp" in one for one in said)
    here.vizier[W4].rename_column("zflg", "q_z")
    loaded = fetched(W4)
    warnings = [one.message for one in loaded.report.findings if one.level == "warning"]
    assert any("none of the columns that the registry names for 'z_flag' (zflg)" in one for one in warnings)


def test_a_catalogue_of_like_tables_is_taken_whole_and_of_unlike_ones_refused(here):
    loaded = fetched("J/A+A/609/A84", columns={"id": ["vizier_table", "Name"]})
    assert loaded.origin["rows"] == 500
    assert set(loaded.table.column("vizier_table").to_pylist()) == {W1, W4}
    here.vizier["J/A+A/609/A84/refs"] = vipers(5)["Name", "recno"]
    with pytest.raises(TsmError, match=r"3 tables with different columns.*vipersw1"):
        fetched({"table": "J/A+A/609/A84", "columns": ["Name"]})


def test_a_table_that_is_not_there_is_named(here):
    with pytest.raises(TsmError, match="no table 'J/A\\+A/1/2/none'"):
        fetched("J/A+A/1/2/none")


def test_a_circle_a_box_and_several_regions(here):
    table = here.vizier[W1]
    ra, dec = np.asarray(table["_RAJ2000"]), np.asarray(table["_DEJ2000"])
    circle = fetched({"table": W1, "region": {"ra": 34.5, "dec": -5.0, "radius_deg": 0.8}})
    assert here.asked[-1]["-c.rd"] == "0.8" and 0 < circle.origin["rows"] < 300
    box = fetched({"table": W1, "region": {"ra": [32, 34], "dec": [-5.5, -4.5]}})
    inside = (ra >= 32) & (ra <= 34) & (dec >= -5.5) & (dec <= -4.5)
    assert box.origin["rows"] == inside.sum() > 0
    two = [{"ra": [32, 34], "dec": [-5.5, -4.5]}, {"ra": [33, 35], "dec": [-5.5, -4.5]}]
    both = fetched({"table": W1, "region": two})
    wide = (ra >= 32) & (ra <= 35) & (dec >= -5.5) & (dec <= -4.5)
    assert both.origin["rows"] == wide.sum()  # none twice


def test_a_large_table_comes_by_record_numbers_and_goes_on_where_it_broke(here, monkeypatch):
    monkeypatch.setattr(base, "PIECE", 100)
    monkeypatch.setattr(web, "TRIES", 1)
    here.trouble.only = lambda path: len(here.asked) > 2  # the header and the first piece are well
    here.trouble.coming = ["broken"]
    with pytest.raises(TsmError, match="no usable answer.*what has come already is kept"):
        fetched(W1)
    first = [one.get("recno") for one in here.asked]
    assert first == [None, "1..100", "101..200"]
    assert fetched(W1).origin["rows"] == 300
    again = [one.get("recno") for one in here.asked[len(first) :]]
    assert "1..100" not in again and again[-3:] == ["101..200", "201..300", ">=301"]


@pytest.mark.parametrize("trouble", ["503", "429", "page", "broken", "cut"])
def test_a_service_in_trouble_is_asked_again(here, trouble):
    here.trouble.coming = [trouble, trouble]
    assert fetched(W1).origin["rows"] == 300
    assert not here.trouble.coming


def test_a_service_that_stays_in_trouble_is_given_up(here, monkeypatch):
    monkeypatch.setattr(web, "TRIES", 3)
    here.trouble.coming = ["503"] * 9
    with pytest.raises(
        TsmError, match="VizieR gave no usable answer after 3 tries: it answered 503"
    ) as error:
        fetched(W1)
    assert "run again later" in error.value.remedy and len(here.trouble.coming) == 6


def test_an_answer_that_never_comes_is_not_waited_for(here, monkeypatch):
    monkeypatch.setattr(web, "WAITS", (1.0, 0.2))
    here.trouble.coming = ["slow"]
    assert fetched(W1).origin["rows"] == 300
    assert here.trouble.waiting.is_set()


def test_a_stop_ends_the_fetching_and_keeps_what_came(here, monkeypatch):
    monkeypatch.setattr(base, "PIECE", 100)
    ctx = Context(cancelled=lambda: len(here.asked) > 2)
    with pytest.raises(Cancelled):
        archives.fetch("vizier", W1, ctx)
    before = len(here.asked)
    archives.fetch("vizier", W1, Context())
    assert "1..100" not in [one.get("recno") for one in here.asked[before:]]


def test_a_cut_answer_is_an_error_not_a_catalogue(here):
    here.limits["vizier"] = 120
    with pytest.raises(TsmError, match="more rows than it gives at once") as error:
        fetched(W1)
    assert "region" in error.value.remedy


@pytest.mark.parametrize("piece", [1000, 100])
def test_fewer_rows_than_were_counted_is_an_error(here, monkeypatch, piece):
    from archivekit import vizier

    monkeypatch.setattr(base, "PIECE", piece)
    answer = vizier.answer
    monkeypatch.setattr(
        vizier,
        "answer",
        lambda wanted, tables, limit: answer(wanted, {k: t[:250] for k, t in tables.items()}, None),
    )
    with pytest.raises(TsmError, match="250 of the 300 rows"):
        fetched(W1)


def test_a_plan_looks_at_the_first_rows_of_a_large_table(here, monkeypatch, tmp_path):
    monkeypatch.setattr(archives, "PLANNED", 100)
    monkeypatch.setattr(archives, "LOOK", 20)
    made = plan(Recipe.parse(RECIPE), tmp_path)
    assert made.ok, [one.message for one in made.all_findings if one.level == "error"]
    told = next(one for one in made.all_findings if one.code == "sampled")
    assert "300 rows" in told.message and "first 20" in told.message and told.count == 300
    assert all(one.get("-out.max") != "unlimited" for one in here.asked)
    assert run(Recipe.parse(RECIPE), tmp_path).table.num_rows == 300


def test_what_there_is_is_told_before_a_download(here):
    source = {"vizier": W1}
    assert archives.count(source).rows == 300 and archives.count(source).exact
    names = {one["name"]: one for one in archives.columns(source)}
    assert names["RAJ2000"]["unit"] == "deg" and names["zsp"]["ucd"] == "src.redshift"
    assert archives.preview(source, 7).num_rows == 7
    near = {"vizier": {"table": W1, "region": [{"ra": 34.5, "dec": -5.0, "radius_deg": 0.8}]}}
    said = archives.count(near)
    assert said.rows == fetched(near["vizier"]).origin["rows"] and not said.exact and said.bytes
    here.vizier[W1] = vipers(sexagesimal=True)
    assert archives.count(near).rows is None


def test_a_replay_takes_the_snapshot_of_its_lock_or_says_that_it_can_not(here, tmp_path):
    import shutil

    first = run(Recipe.parse(RECIPE), tmp_path)
    shutil.rmtree(tmp_path / "cache")
    again = run(Recipe.parse(RECIPE), tmp_path, lock=first.lock)  # the source has not changed
    assert again.digest == first.digest
    assert any("A replay: the rows are those" in one.message for one in again.findings)
    shutil.rmtree(tmp_path / "cache")
    here.vizier[W1] = vipers(290)
    with pytest.raises(
        TsmError, match="Not replayable: .*no longer what the lock names.*300 rows.*290 rows now"
    ):
        run(Recipe.parse(RECIPE), tmp_path, lock=first.lock)


def test_without_astroquery_the_remedy_is_named(here, monkeypatch):
    monkeypatch.setitem(sys.modules, "astroquery.vizier", None)
    with pytest.raises(TsmError, match="needs the package astroquery") as error:
        fetched(W1)
    assert "pz-tsm[public]" in error.value.remedy


def test_a_stop_is_heard_while_a_service_says_nothing(here):
    here.trouble.coming = ["slow"]
    ctx = Context(cancelled=here.trouble.waiting.is_set)
    with pytest.raises(Cancelled):  # long before the 300 seconds that an answer may take
        archives.fetch("vizier", W1, ctx)


def test_memory_does_not_grow_with_the_number_of_pieces(here, monkeypatch):
    import pyarrow as pa

    from pz_tsm.sources.archives import snapshots

    here.vizier[W1] = vipers(20_000)
    monkeypatch.setattr(base, "PIECE", 1_000)
    held, keep = [], snapshots._written_table

    def noted(path, table):
        held.append(pa.total_allocated_bytes() - before)
        keep(path, table)

    before = pa.total_allocated_bytes()
    monkeypatch.setattr(snapshots, "_written_table", noted)
    archives.fetch("vizier", W1, Context())
    # one piece may be on its way while another is written; growing, it would be ten times as much
    assert len(held) == 21 and max(held[10:]) < 3 * min(held[:3])


def test_viziers_own_numbers_come_when_they_are_named(here):
    assert "recno" not in fetched(W1).table.column_names
    loaded = fetched(W1, columns={"id": "recno"})
    assert loaded.table.sort_by("source_row").column("source_row_id")[0].as_py() == "1"
