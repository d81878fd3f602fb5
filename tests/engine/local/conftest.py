"""The ``/local`` routes in an app of their own, over a folder that lasts one test."""

from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from pz_tsm.engine import local

TOKEN = "a" * 40


@pytest.fixture
def state(tmp_path):
    return SimpleNamespace(data=tmp_path / "engine", token=TOKEN, busy=lambda: False)


@pytest.fixture
def client(state):
    app = FastAPI()
    app.include_router(local.router(state))
    with TestClient(app, headers={"Authorization": f"Token {TOKEN}"}) as found:
        yield found


@pytest.fixture
def catalogue(tmp_path):
    """Six redshifts of two surveys; the ids are beyond 2**53."""
    path = tmp_path / "mock.parquet"
    table = pa.table(
        {
            "objectId": pa.array([2**60 + i for i in range(6)], pa.int64()),
            "RAJ2000": [10.0, 11.0, 12.0, 13.0, 14.0, 15.0],
            "DEJ2000": [-1.0, -2.0, -3.0, -4.0, -5.0, -6.0],
            "zspec": [0.5, 0.1, None, 0.9, float("nan"), 0.3],
            "survey_name": ["DEEP", "WIDE", "DEEP", "WIDE", None, "DEEP"],
        }
    )
    pq.write_table(table, path)
    return path
