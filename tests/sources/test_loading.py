"""A catalogue with our names: what is mapped, what becomes null, what is refused, and who each row is."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pz_tsm.errors import TsmError
from pz_tsm.sources import load

ROWS = 12


def columns(**more):
    made = {
        "ID": pa.array([f"g{i}" for i in range(ROWS)]),
        "RA": pa.array(np.linspace(10, 200, ROWS)),
        "DEC": pa.array(np.linspace(-40, 40, ROWS)),
        "Z": pa.array(np.linspace(0.1, 1.2, ROWS)),
        "ZFLAG": pa.array([4] * ROWS),
        "SURVEY": pa.array(["VVDS"] * ROWS),
    }
    for name, values in more.items():
        if values is None:
            made.pop(name)
        else:
            made[name] = values if isinstance(values, pa.Array) else pa.array(values)
    return made


def put(folder, name="c.parquet", **more):
    pq.write_table(pa.table(columns(**more)), folder / name)
    return {"from": {"file": name}}


def changed(values, **at):
    values = list(values)
    for place, value in at.items():
        values[int(place[1:])] = value
    return values


RA, Z = np.linspace(10, 200, ROWS), np.linspace(0.1, 1.2, ROWS)


def test_names_and_types_are_ours(tmp_path):
    table = load(put(tmp_path), tmp_path).table
    types = {item.name: str(item.type) for item in table.schema}
    assert types["row_id"] == "int64" and types["redshift"] == "double" and types["source_row_id"] == "string"
    assert types["source_product"] == types["survey"] == "string"
    assert types["z_flag"] == "int64", "the raw flag keeps its own type"
    assert {"RA", "Z", "ZFLAG"}.isdisjoint(table.column_names)
    assert table["source_row"].to_pylist() == list(range(1, ROWS + 1))


def test_the_survey_of_the_recipe_comes_first(tmp_path):
    spec = {**put(tmp_path), "survey": "VIPERS"}
    table = load(spec, tmp_path).table
    assert set(table["survey"].to_pylist()) == {"VIPERS"}
    assert table["SURVEY"].to_pylist() == ["VVDS"] * ROWS


def test_a_null_role_is_left_out_and_columns_of_our_names_are_parked(tmp_path):
    spec = put(tmp_path, redshift=[9.0] * ROWS, group_id=[1] * ROWS, z_flag_homogenized=[4.0] * ROWS)
    loaded = load({**spec, "columns": {"z": "Z", "z_flag": None, "survey": None, "id": None}}, tmp_path)
    names = loaded.table.column_names
    assert "z_flag" not in names and "survey" not in names and "source_row_id" not in names
    assert loaded.table["redshift"].to_pylist() == pytest.approx(list(Z))
    assert {"redshift__orig", "group_id__orig", "z_flag_homogenized", "ZFLAG"} <= set(names)
    assert "group_id" not in names


@pytest.mark.parametrize("value", [-99.0, -9.99, -9.999, 9.99, 9.9999, 99.0, 999.0, -1.0, float("nan")])
@pytest.mark.parametrize("kind", [pa.float64(), pa.float32()])
def test_redshifts_that_mean_none_become_null(value, kind, tmp_path):
    loaded = load(put(tmp_path, Z=pa.array(changed(Z, _3=value), kind)), tmp_path)
    assert loaded.table["redshift"].null_count == 1 and loaded.table["redshift"][3].as_py() is None
    assert loaded.table.num_rows == ROWS, "the row stays"
    if value == value:
        assert loaded.report.details["sentinels"] == {"Z": 1}


def test_good_redshifts_near_a_sentinel_stay(tmp_path):
    values = changed(Z, _0=-0.001, _1=9.98, _2=6.0, _3=0.0, _4=9.9)
    assert load(put(tmp_path, Z=values), tmp_path).table["redshift"].to_pylist() == values


def test_negative_errors_are_unknown_and_zero_stays(tmp_path):
    loaded = load(put(tmp_path, ZERR=changed([0.001] * ROWS, _0=0.0, _1=-99.0, _2=-1.0)), tmp_path)
    assert loaded.table["redshift_err"].to_pylist()[:4] == [0.0, None, None, 0.001]


def test_flags_and_other_columns_keep_their_values(tmp_path):
    flags = changed([4] * ROWS, _0=-99, _1=99)
    other = changed([1.0] * ROWS, _0=-99.0)
    table = load(put(tmp_path, ZFLAG=flags, z_best_s=other), tmp_path).table
    assert table["z_flag"].to_pylist() == flags and table["z_best_s"].to_pylist() == other


def test_magnitudes_lose_sentinels_that_stand_alone(tmp_path):
    mags = changed([22.5] * ROWS, _0=99.0, _1=-99.0)
    fluxes = changed(list(np.linspace(-200.0, 200.0, ROWS)), _0=-99.0, _1=99.0)
    table = load(put(tmp_path, imag=mags, i_flux=fluxes), tmp_path).table
    assert table["imag"].null_count == 2
    assert table["i_flux"].to_pylist() == fluxes, "among values like it, -99 is a flux"


def test_rows_without_a_position_are_counted_out(tmp_path):
    spec = put(tmp_path, RA=changed(RA, _4=None), DEC=changed(np.zeros(ROWS), _7=-91.0))
    loaded = load(spec, tmp_path)
    assert loaded.report.rows_in == ROWS and loaded.report.rows_out == ROWS - 2
    assert loaded.report.dropped == {"no position": 1, "DEC outside -90 to 90 degrees": 1}
    assert any("row 8" in finding.message and "-91" in finding.message for finding in loaded.report.findings)
    assert 5 not in loaded.table["source_row"].to_pylist()


def test_360_degrees_are_0(tmp_path):
    assert load(put(tmp_path, RA=changed(RA, _0=360.0)), tmp_path).table["ra"][0].as_py() == 0.0


REFUSED = {
    "RA from -180": ({"RA": np.linspace(-170, 170, ROWS)}, "RA", "add 360"),
    "dec out of range": ({"DEC": np.linspace(-170, 170, ROWS)}, "DEC", "exchanged"),
    "no positions at all": ({"RA": pa.nulls(ROWS, pa.float64())}, "RA", None),
    "sexagesimal text": ({"RA": ["10:20:30.5"] * ROWS}, "sexagesimal", "degrees"),
    "text among numbers": ({"Z": changed([f"{z}" for z in Z], _4="star")}, "row 5: 'star'", "Mend"),
    "redshifts as booleans": ({"Z": [True] * ROWS}, "bool", None),
    "velocities": ({"Z": Z * 299792.458}, "a velocity", "velocity_km_s"),
    "no redshift": ({"Z": None}, "redshift", "columns: {z: NAME}"),
    "two candidates": ({"zspec": Z}, "'Z', 'zspec'", "columns: {z: Z}"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_wrong_columns_are_refused_in_words(case, tmp_path):
    more, said, remedy = REFUSED[case]
    with pytest.raises(TsmError) as error:
        load(put(tmp_path, **more), tmp_path)
    assert said in error.value.message and "c.parquet" in error.value.message
    if remedy:
        assert remedy in error.value.remedy


def test_hours_and_radians_are_refused(tmp_path):
    base = columns()
    hours = pa.array(np.linspace(0.5, 23.5, ROWS))
    for name, unit, word in (("RA", "h", "hours"), ("RA_hours", None, "hours"), ("RA", "rad", "radians")):
        made = {**{k: v for k, v in base.items() if k != "RA"}, name: hours}
        table = pa.table(made)
        if unit:
            place = table.column_names.index(name)
            table = table.set_column(place, pa.field(name, pa.float64(), metadata={"unit": unit}), hours)
        pq.write_table(table, tmp_path / "c.parquet")
        with pytest.raises(TsmError, match=word):
            load({"from": {"file": "c.parquet"}, "columns": {"ra": name}}, tmp_path)


def test_a_field_of_small_ra_in_degrees_is_no_hours(tmp_path):
    assert load(put(tmp_path, RA=np.linspace(0.5, 23.5, ROWS)), tmp_path).table.num_rows == ROWS


def test_missing_columns_name_the_nearest(tmp_path):
    with pytest.raises(TsmError) as error:
        load({**put(tmp_path), "columns": {"z_flag": "ZFLAGS"}}, tmp_path)
    assert "ZFLAGS" in error.value.message and "'ZFLAG'" in error.value.remedy


def test_ucds_tell_the_columns(tmp_path):
    fields = [
        pa.field("a", pa.float64(), metadata={"ucd": "pos.eq.ra;meta.main"}),
        pa.field("b", pa.float64(), metadata={"ucd": "pos.eq.dec;meta.main"}),
        pa.field("c", pa.float64(), metadata={"ucd": "src.redshift"}),
        pa.field("d", pa.int64(), metadata={"ucd": "stat.rank"}),
        pa.field("z", pa.float64(), metadata={"ucd": "phot.mag"}),
    ]
    arrays = [pa.array(RA), pa.array(np.zeros(ROWS)), pa.array(Z), pa.array([1] * ROWS), pa.array(Z + 20)]
    pq.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields)), tmp_path / "u.parquet")
    loaded = load({"from": {"file": "u.parquet"}}, tmp_path)
    assert loaded.origin["columns"] == {"ra": "a", "dec": "b", "z": "c", "z_flag": "d"}


def test_a_magnitude_called_z_is_no_redshift(tmp_path):
    spec = put(tmp_path, Z=None, z=Z + 20, g=Z + 20, r=Z + 20, i=Z + 20, z_spec=Z)
    assert load(spec, tmp_path).origin["columns"]["z"] == "z_spec"


def ids(loaded):
    names, numbers = (loaded.table[name].to_pylist() for name in ("source_row_id", "row_id"))
    return dict(zip(names, numbers, strict=True))


def test_rows_keep_their_identity_in_any_order_file_and_mapping(tmp_path):
    first = load(put(tmp_path), tmp_path)
    table = pa.table(columns())
    pq.write_table(table.take(np.arange(ROWS)[::-1]), tmp_path / "other name.parquet", compression="none")
    second = load({"from": {"file": "other name.parquet"}, "survey": "X"}, tmp_path)
    assert ids(first) == ids(second)
    assert first.origin["product"] == second.origin["product"]
    assert first.origin["product"].startswith("sha256:")
    named = load({**put(tmp_path), "id": "014_vimos_goods"}, tmp_path)
    assert set(ids(named).values()).isdisjoint(ids(first).values())
    assert set(named.table["source_product"].to_pylist()) == {"014_vimos_goods"}


def test_a_registered_catalogue_has_the_same_rows_in_every_format(shared):
    mapping = {"id": "id", "ra": "alpha", "dec": "delta", "z": "zspec", "z_flag": "zflg"}
    spec = {"columns": mapping, "id": "013_vandels_dr4"}
    data = shared / "data"
    wanted = ids(load({**spec, "from": {"file": "specz/vandels_dr4.parquet"}}, data))
    for kind in ("csv", "fits", "hdf5"):
        assert ids(load({**spec, "from": {"file": f"formats/vandels_dr4.{kind}"}}, data)) == wanted, kind


def test_keys_of_several_columns(tmp_path):
    fields = ["A", "B"] * (ROWS // 2)
    numbers = [i // 2 for i in range(ROWS)]
    spec = {**put(tmp_path, FIELD=fields, NUM=numbers), "columns": {"id": ["FIELD", "NUM"]}}
    loaded = load(spec, tmp_path)
    assert loaded.table["source_row_id"][3].as_py() == "B:1"
    assert loaded.report.details["identities"]["repeated"] == 0


def test_repeated_keys_are_said(tmp_path):
    loaded = load(put(tmp_path, ID=["same"] * ROWS), tmp_path)
    assert len(set(loaded.table["row_id"].to_pylist())) == ROWS
    assert any("repeated" in finding.message for finding in loaded.report.findings)


def test_identifiers_in_text_files_stay_text(tmp_path):
    lines = ["ID,RA,DEC,Z"] + [f"{i:05d},{10 + i},{i},{0.1 + i / 10}" for i in range(5)]
    (tmp_path / "c.csv").write_text("\n".join(lines))
    assert load({"from": {"file": "c.csv"}}, tmp_path).table["source_row_id"][1].as_py() == "00001"


def test_large_identifiers_never_pass_a_float(tmp_path):
    big = [2**63 - 1 - i for i in range(ROWS)]
    spec = put(tmp_path, ID=None, TARGETID=pa.array(changed(big, _0=None), pa.int64()))
    loaded = load({**spec, "columns": {"id": "TARGETID"}}, tmp_path)
    assert loaded.table["source_row_id"].to_pylist()[1:] == [str(value) for value in big[1:]]


def test_an_empty_table_is_refused(tmp_path):
    pq.write_table(pa.table(columns()).slice(0, 0), tmp_path / "e.parquet")
    with pytest.raises(TsmError, match="no rows"):
        load({"from": {"file": "e.parquet"}}, tmp_path)


def test_a_name_that_promises_another_format_is_noted(tmp_path):
    pq.write_table(pa.table(columns()), tmp_path / "c.csv")
    loaded = load({"from": {"file": "c.csv"}}, tmp_path)
    said = [finding.message for finding in loaded.report.findings]
    assert any("named as CSV text, but holds Parquet" in text for text in said)


def test_every_real_catalogue_loads_with_its_declared_columns(shared):
    from ruamel.yaml import YAML

    data = shared / "data"
    for entry in YAML(typ="safe", pure=True).load((data / "catalogs.yaml").read_text())["catalogs"]:
        spec = {"from": {"file": entry["path"]}, "columns": entry["columns"], "id": entry["internal_name"]}
        loaded = load(spec, data)
        raw = pq.read_table(data / entry["path"])
        assert loaded.table.num_rows == raw.num_rows
        assert loaded.table["ra"].to_pylist() == raw[entry["columns"]["ra"]].cast(pa.float64()).to_pylist()
        valid = loaded.table["redshift"]
        assert pc.min(valid).as_py() > -1 and pc.max(valid).as_py() < 9.9995
