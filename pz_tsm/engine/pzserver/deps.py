"""What FastAPI hands to every route: the engine's state and the caller (401 before anything else is looked
at)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from pz_tsm.engine.pzserver.body import Body, read_body
from pz_tsm.engine.pzserver.users import User
from pz_tsm.engine.state import EngineState


async def engine(request: Request) -> EngineState:
    return request.app.state.engine


def caller(request: Request) -> User:
    return request.app.state.engine.user(request.headers.get("authorization"))


Engine = Annotated[EngineState, Depends(engine)]
Caller = Annotated[User, Depends(caller)]
Fields = Annotated[Body, Depends(read_body)]
