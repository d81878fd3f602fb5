"""A HATS catalogue in the explorer: its rows, or an honest sample of them."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pz_tsm.engine.local import hats
from tests.engine.local.test_tables import opened


@pytest.fixture
def collection(tmp_path):
    """A collection of 3 partitions of 4000, 1000 and 5000 rows, in row groups of 500."""
    folder = tmp_path / "collection"
    catalogue = folder / "objects"
    first = 0
    for pixel, rows in ((1, 4000), (5, 1000), (9, 5000)):
        place = catalogue / "dataset" / "Norder=0" / "Dir=0"
        place.mkdir(parents=True, exist_ok=True)
        ids = np.arange(first, first + rows)
        table = pa.table({"id": ids, "ra": np.full(rows, float(pixel)), "dec": np.zeros(rows)})
        pq.write_table(table, place / f"Npix={pixel}.parquet", row_group_size=500)
        first += rows
    (catalogue / "hats.properties").write_text("obs_collection=objects\nhats_nrows=10000\n")
    (folder / "collection.properties").write_text("hats_primary_table_url=objects\n")
    return folder


def test_a_small_collection_opens_with_all_rows(client, collection):
    info = opened(client, collection)
    assert info["rows"] == 10_000 and info["sampled"] is None


def test_a_large_one_is_a_sample_that_says_so(collection, monkeypatch):
    monkeypatch.setattr(hats, "SAMPLE_ROWS", 1000)
    table, sampled = hats.sample(collection)
    assert sampled == {"of": 10_000, "partitions": 3, "read": 3}
    assert 950 <= table.num_rows <= 1000
    counts = {row["values"]: row["counts"] for row in table["ra"].combine_chunks().value_counts().to_pylist()}
    assert counts[1.0] == pytest.approx(400, abs=20) and counts[5.0] == pytest.approx(100, abs=5)  # as dense
    ids = table["id"].to_numpy()
    assert len(np.unique(ids)) == len(ids) and ids.max() > 9000 and (np.diff(ids) < 2000).all()  # all over
