"""HEALPix pixels (NESTED) of positions and their centres, in numpy: no import that takes a second.

In the plane of the projection of Calabretta & Roukema (2007, MNRAS 381, 865, with H = 4, K = 3) the twelve
base pixels are squares that stand on a corner: x is in units of 45 degrees, y = 1 at z = 2/3, 2 at the pole.
"""

from __future__ import annotations

import numpy as np

CENTRES_X = np.array([1, 3, 5, 7, 0, 2, 4, 6, 1, 3, 5, 7])  # of the base pixels
CENTRES_Y = np.array([1, 1, 1, 1, 0, 0, 0, 0, -1, -1, -1, -1])


def pixels(ra: np.ndarray, dec: np.ndarray, order: int) -> np.ndarray:
    """int64 pixel numbers of positions (degrees)."""
    x = np.mod(ra, 360) / 45
    dec = np.asarray(dec, dtype=np.float64)
    z = np.sin(np.radians(dec))
    cap = np.abs(z) > 2 / 3
    middle = 2 * np.floor(x / 2) + 1
    sigma = np.sqrt(6.0) * np.sin(np.radians(90 - np.abs(dec)) / 2)  # sqrt(3 (1 - |z|)), exact at the poles
    x = np.where(cap, middle + (x - middle) * sigma, x)
    y = np.where(cap, np.sign(z) * (2 - sigma), 1.5 * z)
    east, west = np.floor((y + x + 1) / 2), np.floor((y - x + 1) / 2)  # which square, along its two sides
    row = np.clip(east + west, -1, 1)
    base = np.where(row == 1, (east - 1) % 4, np.where(row == 0, east % 4 + 4, east % 4 + 8))
    base = np.where(cap, np.where(z > 0, 0, 8) + (middle - 1) / 2, base).astype(np.int64) % 12
    dx = (x - CENTRES_X[base] + 4) % 8 - 4  # x ends at 8 and begins again
    dy = y - CENTRES_Y[base]
    size = 1 << order
    i, j = (
        np.clip(np.floor(side * size), 0, size - 1).astype(np.int64)
        for side in ((dy + dx + 1) / 2, (dy - dx + 1) / 2)
    )
    return (base << (2 * order)) | _spread(i) | (_spread(j) << 1)


def centres(order: np.ndarray, pixel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """RA and Dec (degrees) of the centres of pixels, each of an order of its own."""
    order, pixel = np.asarray(order, dtype=np.int64), np.asarray(pixel, dtype=np.int64)
    base, size = pixel >> (2 * order), (1 << order).astype(np.float64)
    inside = pixel & ((1 << (2 * order)) - 1)
    east, west = (_gathered(inside) + 0.5) / size, (_gathered(inside >> 1) + 0.5) / size
    x, y = CENTRES_X[base] + east - west, CENTRES_Y[base] + east + west - 1
    cap = np.abs(y) > 1
    sigma = 2 - np.abs(y)
    middle = 2 * np.floor(np.mod(x, 8) / 2) + 1
    with np.errstate(divide="ignore", invalid="ignore"):
        ra = 45 * np.where(cap, middle + (np.mod(x, 8) - middle) / sigma, x)
    polar = np.sign(y) * (90 - 2 * np.degrees(np.arcsin(np.clip(sigma / np.sqrt(6), -1, 1))))
    equatorial = np.degrees(np.arcsin(np.clip(y * 2 / 3, -1, 1)))
    return np.mod(ra, 360), np.where(cap, polar, equatorial)


def _spread(values: np.ndarray) -> np.ndarray:
    """Bits 0, 1, 2, ... moved to places 0, 2, 4, ..."""
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        values = (values | (values << shift)) & mask
    return values


def _gathered(values: np.ndarray) -> np.ndarray:
    """Bits 0, 2, 4, ... moved to places 0, 1, 2, ..."""
    values = values & 0x5555555555555555
    for shift, mask in (
        (1, 0x3333333333333333),
        (2, 0x0F0F0F0F0F0F0F0F),
        (4, 0x00FF00FF00FF00FF),
        (8, 0x0000FFFF0000FFFF),
        (16, 0x00000000FFFFFFFF),
    ):
        values = (values | (values >> shift)) & mask
    return values
