"""The checks of a source, whatever serves it: here the archives of this machine, with ``PZ_TSM_LIVE=1``
(``make test-archives``) every source of the registry where it really is."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

pytest.importorskip("astroquery")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for the kits

from archivekit import Archives, named, only_here, serving  # noqa: E402

from pz_tsm.errors import TsmError  # noqa: E402
from pz_tsm.ops.base import Context  # noqa: E402
from pz_tsm.sources import archives, registry  # noqa: E402

LIVE = bool(os.environ.get("PZ_TSM_LIVE"))
WHOLE = 20_000  # rows, at most, that are fetched
LARGE = 50_000_000  # bytes, at most, of a file that is fetched
WAYS = [
    pytest.param(entry, way, id=f"{entry.id}-{number}-{way.kind}")
    for entry in registry.entries()
    for number, way in enumerate(entry.access)
    if way.kind in archives.KINDS and (LIVE or way.kind != "url" and "https://" not in str(way.source))
]


@pytest.fixture
def served(monkeypatch, tmp_path):
    """Nothing when live; else archives with the tables under their names."""
    monkeypatch.setenv("PZ_TSM_CACHE", str(tmp_path / "cache"))
    if LIVE:
        yield
        return
    only_here(monkeypatch)
    tables = {"vizier": {}, "tap": {}, "sdss": {}}
    for param in WAYS:
        way = param.values[1]
        source = way.source[way.kind]
        tables[way.kind][source["table"] if isinstance(source, dict) else source] = named(way.columns)
    with serving(Archives(**tables)) as server:
        for name, value in server.variables().items():
            monkeypatch.setenv(name, value)
        yield


@pytest.mark.timeout(3600 if LIVE else 300)
@pytest.mark.parametrize(("entry", "way"), WAYS)
def test_a_source_of_the_registry(served, entry, way):
    source = dict(way.source)
    if way.kind == "url":
        said = archives.count(source)
        assert said.bytes is None or said.bytes > 1000
        if not said.bytes or said.bytes > LARGE:
            pytest.skip(f"{(said.bytes or 0) / 1e6:,.0f} MB are not fetched for a test")
    described = archives.columns(source)
    names = {one["name"].lower() for one in described}
    lacking = {
        role: listed for role, listed in way.columns.items() if not {one.lower() for one in listed} & names
    }
    assert not lacking, f"{entry.id}: not there: {lacking}; there are: {sorted(names)}"
    first = archives.preview(source, 5)
    assert 0 < first.num_rows <= 5
    count = archives.count(source)
    if way.kind != "url":
        assert count.rows is None or count.rows >= first.num_rows
    if way.kind == "url" or (count.rows is not None and count.rows <= WHOLE):
        kept = archives.fetch(way.kind, source[way.kind], Context())
        assert kept["snapshot"]["sha256"] and kept["columns"].keys() >= set(way.columns) & {"ra", "dec", "z"}
        if way.kind != "url":
            assert kept["snapshot"]["rows"] == count.rows


@pytest.mark.timeout(3600 if LIVE else 300)
def test_a_region_and_a_wrong_name_of_each_service(served):
    """A circle at the first row holds it; a table that is not there is told as such."""
    seen = set()
    for param in WAYS:
        entry, way = param.values
        if way.kind in seen or way.kind == "url":
            continue
        seen.add(way.kind)
        inner = way.source[way.kind]
        inner = dict(inner) if isinstance(inner, dict) else {"table": inner}
        first = archives.preview({way.kind: inner}, 1)
        ra, dec = (_value(first, way, role) for role in ("ra", "dec"))
        if ra is not None and dec is not None:
            region = {"ra": ra % 360, "dec": dec, "radius_deg": 0.01}
            place = archives.fetch(way.kind, {**inner, "region": region}, Context())
            assert place["snapshot"]["rows"] >= 1, entry.id
        with pytest.raises(TsmError) as error:
            archives.columns({way.kind: {**inner, "table": inner["table"] + "_none"}})
        assert "gave no usable answer" not in error.value.message
    assert seen


def _value(table, way, role):
    names = [*way.columns.get(role, []), "_RAJ2000" if role == "ra" else "_DEJ2000"]
    name = next((one for one in names if one in table.column_names), None)
    value = None if name is None else table.column(name)[0].as_py()
    return value if isinstance(value, float) else None
