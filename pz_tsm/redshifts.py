"""How far apart two redshifts are, and whether they agree: one formula for everything that compares them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

TOLERANCE = {"s": 0.005, "g": 0.01, "p": 0.15}  # |dz|/(1+z) by instrument type, unless the user says another
SLACK = 1e-12  # so that the rounding of a redshift's last digit decides nothing


def difference(z1: ArrayLike, z2: ArrayLike) -> NDArray:
    """dz/(1+z) of z1 against z2, with the mean of both as z: the same, but for its sign, either way round."""
    return (z1 - z2) / (1 + (z1 + z2) / 2)  # type: ignore[operator]


def agree(z1: ArrayLike, z2: ArrayLike, limit: ArrayLike) -> NDArray:
    """Whether |dz|/(1+z) is within the limit; False where a redshift is NaN."""
    return abs(z1 - z2) <= limit * (1 + (z1 + z2) / 2) + SLACK  # type: ignore[operator]
