"""Pairs kept by pair of catalogues: the same with, without and with parts of the cache, byte by byte."""

from __future__ import annotations

import threading

import numpy as np
import pyarrow as pa
import pytest

from pz_tsm.ops.base import Context
from pz_tsm.ops.combine import paircache, pairpacks
from pz_tsm.ops.combine.pairing import Pairing, find, group

NAMES = ("vvds", "vipers", "deep2", "zcosmos")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A cache of one's own that is used at any size."""
    monkeypatch.setenv("PZ_TSM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(paircache, "FROM_ROWS", 0)
    return tmp_path / "cache" / "pairs"


@pytest.fixture(scope="module")
def sky_of():
    """A table of some of four catalogues of 800 rows that see the same small field."""
    rng = np.random.default_rng(8)
    true = rng.uniform(0, 0.05, (700, 2))
    parts = {}
    for number, name in enumerate(NAMES):
        seen = true[rng.integers(0, 700, 800)] + rng.normal(0, 0.15 / 3600, (800, 2))
        parts[name] = {
            "row_id": rng.integers(-(2**62), 2**62, 800),
            "source_product": [name] * 800,
            "survey": [name.upper()] * 800,
            "ra": (seen[:, 0] - 0.02 + number * 1e-5) % 360,
            "dec": seen[:, 1],
            "redshift": rng.uniform(0, 1, 800),
        }

    def make(*names):
        one = pa.concat_tables([pa.table(parts[name]) for name in names])
        return one.take(np.argsort(one["row_id"].to_numpy()))

    return make


def searched(one, **rule):
    return find(one, Pairing(**{"radius_arcsec": 0.75, **rule}), Context())


def bytes_of(one, found, **rule):
    pairing = Pairing(**{"radius_arcsec": 0.75, **rule})
    got = group(one, found, pairing)
    arrays = (found.i, found.j, found.sep, got.labels, got.diameter, got.chain)
    return [(str(array.dtype), array.tobytes()) for array in arrays] + [found.offsets]


def scratch(monkeypatch, one, **rule):
    with monkeypatch.context() as without:
        without.setattr(paircache, "FROM_ROWS", len(one) + 1)
        found = searched(one, **rule)
    assert found.reused == 0 and len(found.i) > 500
    return bytes_of(one, found, **rule)


@pytest.mark.parametrize("rule", [{}, {"offsets": True}, {"radius_arcsec": 5.0, "chains": "split"}])
def test_adding_a_catalogue_searches_it_only_and_finds_what_a_search_of_all_finds(monkeypatch, sky_of, rule):
    three, four = sky_of(*NAMES[:3]), sky_of(*NAMES)
    first = searched(three, **{**rule, "offsets": False})
    assert (first.reused, first.searched) == (0, 6)
    added = searched(four, **{**rule, "offsets": False})
    assert (added.reused, added.searched) == (6, 4)
    again = searched(four, **{**rule, "offsets": False})
    assert (again.reused, again.searched) == (10, 0)
    for _ in range(2):
        assert bytes_of(four, searched(four, **rule), **rule) == scratch(monkeypatch, four, **rule)


def test_two_compilations_that_are_joined_search_only_across(monkeypatch, sky_of):
    searched(sky_of("vvds", "vipers"))
    searched(sky_of("deep2", "zcosmos"))
    all_four = sky_of(*NAMES)
    found = searched(all_four)
    assert (found.reused, found.searched) == (3, 7)  # one of the two compilations against all
    assert bytes_of(all_four, found) == scratch(monkeypatch, all_four)


def test_a_catalogue_taken_out_needs_no_search(monkeypatch, sky_of):
    searched(sky_of(*NAMES))
    two = sky_of("deep2", "vvds")
    found = searched(two)
    assert (found.reused, found.searched) == (3, 0)
    assert bytes_of(two, found) == scratch(monkeypatch, two)


def test_the_names_of_catalogues_do_not_count_their_content_does(sky_of):
    one = sky_of("vvds", "vipers")
    searched(one)
    renamed = pa.compute.replace_substring(one["source_product"], "vvds", "99_vvds")
    place = one.column_names.index("source_product")
    assert searched(one.set_column(place, "source_product", renamed)).reused == 3
    dec = one["dec"].to_numpy().copy()
    row = one["source_product"].to_pylist().index("vvds")
    dec[row] += 1e-9
    moved = one.set_column(one.column_names.index("dec"), "dec", pa.array(dec))
    assert searched(moved).reused == 1  # vipers with itself


def test_a_smaller_radius_uses_what_a_wider_search_found(monkeypatch, sky_of):
    one = sky_of("vvds", "vipers")
    searched(one, radius_arcsec=1.0)
    found = searched(one, radius_arcsec=0.6)
    assert found.searched == 0
    assert bytes_of(one, found, radius_arcsec=0.6) == scratch(monkeypatch, one, radius_arcsec=0.6)
    assert searched(one, radius_arcsec=1.5).reused == 0


def test_rows_without_a_product_are_a_catalogue(monkeypatch, sky_of):
    one = sky_of("vvds", "vipers")
    none = pa.compute.if_else(pa.compute.equal(one["source_product"], "vvds"), None, one["source_product"])
    one = one.set_column(one.column_names.index("source_product"), "source_product", none)
    assert searched(one).searched == 3
    assert bytes_of(one, searched(one)) == scratch(monkeypatch, one)


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "other", "head", "long"])
def test_a_damaged_pack_is_searched_again_and_replaced(monkeypatch, sky_of, folder, damage):
    one = sky_of(*NAMES[:3])
    searched(one)
    (pack,) = folder.iterdir()
    data = bytearray(pack.read_bytes())
    if damage == "cut":
        data = data[: len(data) // 2]
    elif damage == "flip":
        data[-9] ^= 1
    elif damage == "head":
        data[60] ^= 1
    elif damage == "long":
        data += b"12345678"
    else:
        data = bytearray(b"" if damage == "empty" else b"some other file, text " * 9)
    pack.write_bytes(data)
    found = searched(one)
    assert (found.reused, found.searched) == (0, 6)
    assert bytes_of(one, found) == scratch(monkeypatch, one)
    assert searched(one).reused == 6


def test_a_cache_that_can_not_be_written_changes_nothing(monkeypatch, sky_of, tmp_path):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("PZ_TSM_CACHE", str(tmp_path / "file"))
    one = sky_of("vvds", "vipers")
    found = searched(one)
    assert found.reused == 0 and bytes_of(one, found) == scratch(monkeypatch, one)


def test_many_may_write_and_delete_at_once(monkeypatch, sky_of, folder):
    tables = [sky_of(*NAMES[:k]) for k in (2, 3, 4)] * 3
    expected = [scratch(monkeypatch, one) for one in tables[:3]] * 3
    wrong, start = [], threading.Barrier(len(tables) + 1)

    def work(one, right):
        start.wait()
        for _ in range(5):
            if bytes_of(one, searched(one)) != right:
                wrong.append(one.num_rows)

    def delete():
        start.wait()
        for _ in range(50):
            for path in list(folder.glob("*")):
                path.unlink(missing_ok=True)

    threads = [threading.Thread(target=work, args=one) for one in zip(tables, expected, strict=True)]
    threads.append(threading.Thread(target=delete))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_the_folder_stays_below_its_limits(monkeypatch, sky_of, folder):
    monkeypatch.setattr(pairpacks, "PACKS", 2)
    for radius in (0.5, 1.0, 2.0, 4.0):
        searched(sky_of("vvds", "vipers"), radius_arcsec=radius)
    assert len(list(folder.iterdir())) == 2
    monkeypatch.setattr(pairpacks, "BYTES", 1)
    searched(sky_of("deep2", "vipers"))
    assert list(folder.iterdir()) == []


def test_small_tables_leave_nothing_on_disk(monkeypatch, sky_of, folder):
    monkeypatch.setattr(paircache, "FROM_ROWS", 10_000)
    searched(sky_of(*NAMES))
    assert not folder.exists()
