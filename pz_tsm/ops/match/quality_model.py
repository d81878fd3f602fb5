"""A model of separations: true counterparts scattered around zero, and objects that are there by chance.

Of N positions a share q has a counterpart in the catalogue, at a separation r whose two components are
normal: f(r) = r/s^2 exp(-r^2/2s^2), a Rayleigh distribution, or a mixture of two (a core and a tail). Other
objects stand anywhere with the surface density n: the nearest of them is farther than r with the probability
exp(-pi n r^2). The nearest object of all is farther than r with

    S(r) = (1 - q F(r)) exp(-pi n r^2),   F(r) = sum of w_k (1 - exp(-r^2 / 2 s_k^2)).

q, s and w are those of the greatest likelihood of the separations measured, by expectation and maximisation
(Dempster, Laird and Rubin 1977, J. R. Stat. Soc. B 39, 1), with n held at what the null test measured.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CELLS = 120  # of the separations, for the fit
TURNS = 100
ENOUGH = 20  # separations below which nothing is fitted


@dataclass(frozen=True)
class Model:
    """``share``: of positions with a counterpart. ``sigma`` (arcsec, one axis) and ``weight``: of each part
    of the scatter, the core first. ``density``: other objects per square arcsec."""

    share: float
    sigma: tuple[float, ...]
    weight: tuple[float, ...]
    density: float

    def beyond(self, r: np.ndarray) -> np.ndarray:
        """Probability that a counterpart, where there is one, is farther than r."""
        squares = np.asarray(r, dtype=float) ** 2
        return sum(w * np.exp(-squares / (2 * s * s)) for w, s in zip(self.weight, self.sigma, strict=True))

    def nothing(self, r: np.ndarray) -> np.ndarray:
        """S(r): probability that no object at all is within r."""
        r = np.asarray(r, dtype=float)
        return (1 - self.share * (1 - self.beyond(r))) * np.exp(-np.pi * self.density * r * r)

    def parts(self, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Between neighbouring edges the probability that the nearest object is the counterpart, and that it
        is there by chance."""
        total = -np.diff(self.nothing(edges))
        true = -self.share * np.diff(self.beyond(edges))
        middle = (edges[1:] + edges[:-1]) / 2
        true = np.minimum(true * np.exp(-np.pi * self.density * middle * middle), total)
        return true, total - true

    def curve(self, radii: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Purity (share of matches that are the counterpart) and completeness (share of counterparts that are
        matched) of a match to the nearest object within each of the radii (ascending, above 0)."""
        steps = 20
        edges = np.interp(
            np.arange(steps * len(radii) + 1) / steps, np.arange(len(radii) + 1), np.append(0, radii)
        )
        true, chance = (np.cumsum(part)[steps - 1 :: steps] for part in self.parts(edges))
        both = true + chance
        return np.divide(true, both, out=np.ones_like(both), where=both > 0), true / max(self.share, 1e-12)


def fit(sep: np.ndarray, rows: int, reach: float, density: float) -> Model | None:
    """The model of the nearest separations (arcsec, all within ``reach``) of so many positions; None where
    they are too few. A tail is added where the data ask for it (Bayesian information criterion)."""
    if len(sep) < ENOUGH or reach <= 0:
        return None
    counts, edges = np.histogram(sep, bins=CELLS, range=(0, reach))
    middle = (edges[1:] + edges[:-1]) / 2
    start = max(float(np.percentile(sep, 40)), reach / CELLS)
    share = min(0.98, max(0.02, len(sep) / rows))
    one = _climb(middle, counts, rows, reach, Model(share, (start,), (1.0,), density))
    best, said = one, _likelihood(one, counts, edges, rows)
    if len(sep) >= 10 * ENOUGH:
        two = Model(one.share, (0.7 * one.sigma[0], 1.8 * one.sigma[0]), (0.8, 0.2), density)
        two = _climb(middle, counts, rows, reach, two)
        if _likelihood(two, counts, edges, rows) - said > np.log(rows):  # two parameters more
            best = two
    order = np.argsort(best.sigma)
    return Model(
        best.share, tuple(best.sigma[k] for k in order), tuple(best.weight[k] for k in order), density
    )


def rayleigh_density(sep: np.ndarray, reach: float) -> float:
    """Objects per square arcsec from nearest separations of random positions, NaN where none is within
    ``reach``: the estimate of the greatest likelihood, hits / (pi sum of min(r, reach)^2)."""
    searched = np.where(np.isfinite(sep), sep, reach)
    area = np.pi * float(np.sum(searched * searched))
    return float(np.isfinite(sep).sum()) / area if area > 0 else 0.0


def _climb(r: np.ndarray, counts: np.ndarray, rows: int, reach: float, model: Model) -> Model:
    """The model after expectation and maximisation on counts in cells around ``r``.

    What is not seen is its expectation: a counterpart behind a chance object at r, or beyond the reach, has
    the mean square separation r^2 + 2 s^2.
    """
    sigma, weight, share = np.array(model.sigma), np.array(model.weight), model.share
    squares, unseen = r * r, rows - counts.sum()
    for _ in range(TURNS):
        two = 2 * sigma[:, None] ** 2
        behind = share * weight[:, None] * np.exp(-squares / two)  # a counterpart of part k farther than r
        true = behind * r * 2 / two
        chance = 2 * np.pi * r * model.density * (1 - share + behind.sum(0))
        per = counts / np.maximum(true.sum(0) + chance, 1e-300)
        seen = true * per
        hidden = behind * (2 * np.pi * r * model.density) * per
        far = share * weight * np.exp(-(reach**2) / two[:, 0])
        far = unseen * far / max(1 - share + far.sum(), 1e-300)
        number = seen.sum(1) + hidden.sum(1) + far
        moment = (seen * squares).sum(1) + (hidden * (squares + two)).sum(1) + far * (reach**2 + two[:, 0])
        old = share, sigma
        share = float(np.clip(number.sum() / rows, 1e-6, 1))
        weight = number / max(number.sum(), 1e-300)
        low, high = r[0] / 2, reach / 2.5  # a wider scatter can't be told from the background
        sigma = np.clip(np.sqrt(moment / np.maximum(2 * number, 1e-300)), low, high)
        if abs(share - old[0]) < 1e-5 and np.all(np.abs(sigma - old[1]) < 1e-4 * sigma):
            break
    return Model(
        share, tuple(float(one) for one in sigma), tuple(float(one) for one in weight), model.density
    )


def _likelihood(model: Model, counts: np.ndarray, edges: np.ndarray, rows: int) -> float:
    nothing = np.maximum(model.nothing(edges), 1e-300)
    inside = np.maximum(-np.diff(nothing), 1e-300)
    return float((counts * np.log(inside)).sum() + (rows - counts.sum()) * np.log(nothing[-1]))
