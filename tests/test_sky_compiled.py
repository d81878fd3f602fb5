"""The compiled search and the one by numpy: the same to the last bit, and one stands in for the other."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from pz_tsm import sky
from pz_tsm.sky import zones


@pytest.fixture
def both(monkeypatch):
    """Runs a call both ways."""
    kernels = sky.load()
    if kernels is None:
        pytest.skip("numba can't be used here")

    def run(call):
        answers = []
        for one in (kernels, None):
            monkeypatch.setattr(sky, "compiled", lambda rows, one=one: one)
            answers.append(call())
        return answers

    return run


def field(rng, n, ra, dec, width_deg):
    """n positions about a point, pole or not; a quarter are measured again with 0.3 arcsec of error."""
    n_true = n * 3 // 4
    width = np.radians(width_deg)
    v = sky.unit_vectors(np.array([ra]), np.array([dec]))[0] + rng.normal(0, width, (n_true, 3))
    v /= np.linalg.norm(v, axis=1)[:, None]
    again = v[rng.integers(0, n_true, n - n_true)] + rng.normal(0, np.radians(0.3 / 3600), (n - n_true, 3))
    v = np.concatenate([v, again / np.linalg.norm(again, axis=1)[:, None]])
    return np.degrees(np.arctan2(v[:, 1], v[:, 0])) % 360, np.degrees(np.arcsin(v[:, 2]))


@pytest.mark.parametrize(("ra", "dec"), [(0, 0), (150, 2), (12, -89.9), (200, 89.5), (359.9, 62)])
@pytest.mark.parametrize("radius", [0.5, 6.7])
def test_both_ways_find_the_same_to_the_last_bit(both, ra, dec, radius):
    rng = np.random.default_rng(5)
    ra1, dec1 = field(rng, 20_000, ra, dec, 0.2)
    ra2, dec2 = ra1[::7], dec1[::7] + 1e-5
    ra1[:3], dec1[3:6] = np.nan, [np.inf, 91, -90.1]
    for call in (
        lambda: sky.self_pairs(ra1, dec1, radius),
        lambda: sky.pairs_within(ra1, dec1, ra2, dec2, radius),
        lambda: sky.pairs_within(ra2, dec2, ra1, dec1, radius),
        lambda: sky.nearest(ra1, dec1, ra2, dec2, radius),
    ):
        fast, slow = both(call)
        assert len(fast[0]) > 1000
        for one, other in zip(fast, slow, strict=True):
            assert one.tobytes() == other.tobytes() and one.dtype == other.dtype


def test_both_ways_make_the_same_groups(both):
    rng = np.random.default_rng(6)
    i, j = rng.integers(0, 5000, (2, 2500))
    fast, slow = both(lambda: sky.components(5000, i, j))
    assert fast.tobytes() == slow.tobytes() and len(np.unique(fast)) > 1000
    for a, b in zip(i, j, strict=True):
        assert fast[a] == fast[b] <= min(a, b)


def run(code: str, **env: str) -> str:
    import os

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **env}, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


SEARCH = """
import numpy as np
from pz_tsm import sky
sky.LONG = 50_000
ra, dec = np.arange(30_000) / 3600, np.zeros(30_000)
for _ in range(2):
    print(len(sky.self_pairs(ra, dec, 1.001)[0]), 'pz_tsm.sky.kernels' in sys.modules)
"""


def test_a_process_that_has_searched_much_turns_to_compiled_code():
    if sky.load() is None:
        pytest.skip("numba can't be used here")
    assert run("import sys\n" + SEARCH).split() == ["29999", "False", "29999", "True"]


def test_without_numba_numpy_searches():
    out = run("import sys; sys.modules['numba'] = None\n" + SEARCH)
    assert out.split() == ["29999", "False"] * 2


def test_without_compiling_numpy_searches():
    assert run("import sys\n" + SEARCH, NUMBA_DISABLE_JIT="1").split() == ["29999", "False"] * 2


def test_a_search_of_few_rows_imports_neither_numba_nor_scipy():
    code = (
        "import sys\nimport numpy as np\nfrom pz_tsm import sky\n"
        "ra, dec = np.arange(30_000) / 3600, np.zeros(30_000)\n"
        "i, j, _ = sky.self_pairs(ra, dec, 1.001)\nsky.pairs_within(ra[:9], dec[:9], ra, dec, 1)\n"
        "print(len(sky.components(len(ra), i, j)), 'numba' in sys.modules, 'scipy' in sys.modules)"
    )
    assert run(code).split() == ["30000", "False", "False"]


@pytest.mark.parametrize("radius", [0.5, 200.0, 50_000.0])
def test_few_candidates_at_a_time_are_the_same_candidates(monkeypatch, radius):
    rng = np.random.default_rng(8)
    ra, dec = field(rng, 900, 12, 89.2, 0.5)
    monkeypatch.setattr(sky, "compiled", lambda rows: None)
    whole = sky.self_pairs(ra, dec, radius), sky.pairs_within(ra[:50], dec[:50], ra, dec, radius)
    assert len(whole[0][0])
    monkeypatch.setattr(zones, "AT_ONCE", 7)
    again = sky.self_pairs(ra, dec, radius), sky.pairs_within(ra[:50], dec[:50], ra, dec, radius)
    for one, other in zip(whole, again, strict=True):
        assert all((a == b).all() for a, b in zip(one, other, strict=True))


def test_chains_and_stars_are_one_group_each():
    n = 5000
    chain = np.random.default_rng(9).permutation(n)
    labels = zones.components(
        2 * n, np.append(chain[1:], np.full(n - 1, n)), np.append(chain[:-1], np.arange(n + 1, 2 * n))
    )
    assert (labels[:n] == 0).all() and (labels[n:] == n).all()
