"""What a match on the PZ Server may ask of that server's Training Set Maker."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class PzServerChoice(BaseModel):
    """Which of the server's object catalogues is taken: they are made beforehand, one for each choice."""

    model_config = ConfigDict(extra="forbid")

    photometry: Literal["mag", "flux"] | None = Field(
        None, title="Photometry", description="Magnitudes or fluxes; empty: what the server has."
    )
    deredden: str | None = Field(
        None,
        title="Dereddening",
        description="By the name that the server has for it, such as sfd or none; empty: its usual one.",
    )
