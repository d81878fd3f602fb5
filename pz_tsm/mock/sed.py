"""Colours of mock galaxies, quasars and stars: smooth analytic spectra through box-shaped ugrizy bands.

The spectra are not real, but they have what a photo-z code learns from: a 4000 A break whose strength depends
on the type, a Lyman break, a few emission lines, and a stellar locus of one parameter.
"""

from __future__ import annotations

from functools import cache

import numpy as np

BANDS = "ugrizy"
EDGES = {  # Angstrom
    "u": (3250, 4000),
    "g": (4020, 5520),
    "r": (5520, 6910),
    "i": (6910, 8180),
    "z": (8180, 9220),
    "y": (9300, 10570),
}
EXTINCTION = {"u": 4.78, "g": 3.65, "r": 2.70, "i": 2.06, "z": 1.58, "y": 1.31}  # A_b / E(B-V), lsstcam
DEPTH = {"u": 25.0, "g": 26.4, "r": 26.1, "i": 25.7, "z": 25.0, "y": 24.2}  # 5 sigma, AB mag
Z_GRID = np.linspace(0.0, 6.0, 301)
TYPE_GRID = np.linspace(0.0, 1.0, 11)  # 0 red and dead, 1 blue and star-forming
TEMPERATURES = np.linspace(3200.0, 9000.0, 30)  # Kelvin


def _line(wave: np.ndarray, centre: float, width: float) -> np.ndarray:
    return np.exp(-0.5 * ((wave - centre) / width) ** 2)


def _absorbed(flux: np.ndarray, wave: np.ndarray, z: np.ndarray) -> np.ndarray:
    """The Lyman forest and the Lyman limit."""
    forest = np.exp(-0.0036 * (1 + z) ** 3.46)
    flux = np.where(wave < 1216, flux * forest, flux)
    return np.where(wave < 912, flux * 0.02, flux)


def galaxy_spectrum(wave: np.ndarray, z: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """Flux density per frequency, arbitrary units, at rest wavelength ``wave`` (Angstrom)."""
    flux = (wave / 5500) ** (1.7 - 1.9 * kind)
    flux = flux * (1 - (0.68 - 0.5 * kind) / (1 + np.exp((wave - 3900) / 60)))
    flux = np.where(wave < 2800, flux * (np.minimum(wave, 2800) / 2800) ** (2.5 * (1 - kind)), flux)
    lines = 0.7 * _line(wave, 3727, 30) + 0.9 * _line(wave, 5007, 30) + 1.1 * _line(wave, 6563, 30)
    return _absorbed(flux * (1 + kind**2 * lines), wave, z)


def quasar_spectrum(wave: np.ndarray, z: np.ndarray) -> np.ndarray:
    lines = [
        (1216, 20, 3.0),
        (1549, 25, 1.2),
        (1909, 30, 0.6),
        (2798, 40, 0.6),
        (4861, 50, 0.5),
        (6563, 60, 1.5),
    ]
    flux = (wave / 3000) ** 0.4 * (1 + sum(amplitude * _line(wave, c, w) for c, w, amplitude in lines))
    return _absorbed(flux, wave, z)


def _star_spectrum(wave: np.ndarray, temperature: np.ndarray) -> np.ndarray:
    flux = wave**-3.0 / np.expm1(1.43878e8 / (wave * temperature))
    return np.where(wave < 3850, 0.6 * flux, flux)


def _colours(spectrum) -> np.ndarray:
    """Magnitude minus i magnitude, bands last; ``spectrum(wavelength)`` broadcasts over a last axis."""
    means = []
    for band in BANDS:
        low, high = EDGES[band]
        wave = np.linspace(low, high, 41)
        means.append(spectrum(wave).mean(axis=-1))
    magnitudes = -2.5 * np.log10(np.maximum(np.stack(means, axis=-1), 1e-30))
    return np.minimum(magnitudes - magnitudes[..., 3:4], 6.0)


@cache
def _grids() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    z = Z_GRID[:, None, None]
    galaxies = _colours(lambda wave: galaxy_spectrum(wave / (1 + z), z, TYPE_GRID[None, :, None]))
    quasars = _colours(lambda wave: quasar_spectrum(wave / (1 + z[:, 0]), z[:, 0]))
    stars = _colours(lambda wave: _star_spectrum(wave, TEMPERATURES[:, None]))
    return galaxies, quasars, stars


def _place(values: np.ndarray, grid: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    at = np.clip((values - grid[0]) / (grid[1] - grid[0]), 0, len(grid) - 1.001)
    low = at.astype(np.int64)
    return low, (at - low)[:, None]


def galaxy_colours(z: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """(n, 6) magnitudes relative to i for galaxies at redshift ``z`` of type ``kind`` (0 red to 1 blue)."""
    table = _grids()[0]
    i, f = _place(z, Z_GRID)
    j, g = _place(kind, TYPE_GRID)
    near = table[i, j] * (1 - g) + table[i, j + 1] * g
    far = table[i + 1, j] * (1 - g) + table[i + 1, j + 1] * g
    return near * (1 - f) + far * f


def quasar_colours(z: np.ndarray) -> np.ndarray:
    table = _grids()[1]
    i, f = _place(z, Z_GRID)
    return table[i] * (1 - f) + table[i + 1] * f


def star_colours(temperature: np.ndarray) -> np.ndarray:
    table = _grids()[2]
    i, f = _place(temperature, TEMPERATURES)
    return table[i] * (1 - f) + table[i + 1] * f
