"""The bar: at least 95 % of id, ra, dec, z and flag are right, and what is wrong is never sure."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pz_tsm.sources import registry
from pz_tsm.sources.proposals import propose

BAR = 0.95
ROLES = ("id", "ra", "dec", "z", "z_flag")
ROWS = 300


def score(tables, *, known):
    """(role -> share right, what was wrong although sure) of (name, table, truth) triples."""
    right, count, silent, wrong = Counter(), Counter(), [], []
    for name, table, truth in tables:
        found = propose(table, registry=known, name=name).roles
        for role in ROLES:
            one, wanted = found.get(role), truth.get(role)
            count[role] += 1
            if (one.value if one else None) == wanted:
                right[role] += 1
            else:
                wrong.append((name, role, wanted, one))
                if one is not None and one.sure:
                    silent.append((name, role, wanted, one))
    print({role: f"{right[role]}/{count[role]}" for role in ROLES}, *wrong, sep="\n")
    return {role: right[role] / count[role] for role in ROLES}, silent


def kit(shared):
    from ruamel.yaml import YAML

    data = shared / "data"
    for entry in YAML(typ="safe", pure=True).load((data / "catalogs.yaml").read_text())["catalogs"]:
        yield entry["path"], pq.read_table(data / entry["path"]), entry["columns"]


def made():
    """A table for each way to a catalogue of the registry: its columns' names, values as the roles have."""
    rng = np.random.default_rng(7)
    values = {
        "id": lambda: pa.array(rng.permutation(10_000)[:ROWS]),
        "ra": lambda: pa.array(rng.uniform(0, 360, ROWS)),
        "dec": lambda: pa.array(rng.uniform(-80, 80, ROWS)),
        "z": lambda: pa.array(rng.uniform(0.01, 3, ROWS)),
        "z_err": lambda: pa.array(rng.uniform(1e-4, 1e-3, ROWS)),
        "z_flag": lambda: pa.array(rng.integers(0, 5, ROWS)),
        "class": lambda: pa.array(rng.choice(["GALAXY", "QSO", "STAR"], ROWS)),
        "velocity": lambda: pa.array(rng.uniform(1e3, 3e4, ROWS)),
        "velocity_err": lambda: pa.array(rng.uniform(10, 90, ROWS)),
    }
    for entry in registry.entries():
        for access in entry.access:
            names = {role: tried[0] for role, tried in access.columns.items() if tried}
            if not {"ra", "dec", "z"} <= set(names):
                continue
            columns = {}
            for role, name in names.items():
                kind = role
                if access.convert.get(role, "").startswith("velocity"):
                    kind = "velocity" if role == "z" else "velocity_err"
                columns[name] = values[kind]()
            for other in access.others:
                columns.setdefault(other, pa.array(rng.normal(20, 2, ROWS)))
            yield f"table_{len(columns)}.fits", pa.table(columns), names


@pytest.mark.parametrize("known", [True, False])
def test_the_real_catalogues(shared, known):
    shares, silent = score(kit(shared), known=known)
    assert not silent, "a wrong proposal says that it is sure"
    assert min(shares.values()) >= BAR, shares


@pytest.mark.parametrize(("values", "known"), [(True, True), (True, False), (False, True)])
def test_the_registry_s_names(known, values):
    tables = [(name, table if values else table.slice(0, 0), truth) for name, table, truth in made()]
    assert len(tables) > 30
    shares, silent = score(tables, known=known)
    assert not silent, "a wrong proposal says that it is sure"
    assert min(shares.values()) >= BAR, shares
