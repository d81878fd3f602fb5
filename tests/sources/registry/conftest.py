"""The registry as it is shipped: without what the user who runs the tests has added."""

from __future__ import annotations

import pytest

from pz_tsm.sources.registry import own


@pytest.fixture(autouse=True)
def nothing_of_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PZ_TSM_REGISTRY", raising=False)
    monkeypatch.setattr(own, "_read", {})
