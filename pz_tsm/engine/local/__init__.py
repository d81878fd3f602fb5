"""``/local``: what the engine offers to our own front end (tables as Arrow, schemas, plan, runs, verify)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import APIRouter

    from pz_tsm.engine.state import EngineState


def router(state: EngineState) -> APIRouter:
    """The routes over an engine's state, with their start and stop; ``state.local`` then is the service."""
    from pz_tsm.engine.local.routes import make_router
    from pz_tsm.engine.local.service import Service

    state.local = service = Service(state)
    return make_router(service)
