"""A self-organising map of magnitudes and colours: cells of alike objects.

The map is learned by MiniSom; a row's cell is the one whose centre is nearest, in features scaled to the
target's mean and standard deviation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEARNING = 20_000  # objects of the target that the map is learned from, at most
STEPS = 40  # for each cell


@dataclass(frozen=True)
class Map:
    """``centres`` [cell, feature] in scaled features; ``mean`` and ``scale`` undo the scaling."""

    centres: np.ndarray
    mean: np.ndarray
    scale: np.ndarray
    side: int

    @property
    def size(self) -> int:
        return len(self.centres)

    def cells(self, features: np.ndarray) -> np.ndarray:
        """The cell of each row of finite ``features`` [row, feature], from 0 to side * side - 1."""
        from scipy.spatial import cKDTree

        if not len(features):
            return np.zeros(0, dtype=np.int64)
        scaled = (features - self.mean) / self.scale
        return cKDTree(self.centres).query(scaled, workers=-1)[1].astype(np.int64)


def learn(features: np.ndarray, side: int, seed: int) -> Map:
    """A square map of side * side cells, learned from finite ``features`` [row, feature].

    The same rows in the same order and the same seed give the same map.
    """
    from minisom import MiniSom

    mean, scale = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-9)
    scaled = (features - mean) / scale
    if len(scaled) > LEARNING:
        scaled = scaled[np.random.default_rng(seed).choice(len(scaled), LEARNING, replace=False)]
    som = MiniSom(side, side, features.shape[1], sigma=side / 4, learning_rate=0.5, random_seed=seed % 2**32)
    som.random_weights_init(scaled)
    som.train(scaled, STEPS * side * side, random_order=True)
    return Map(som.get_weights().reshape(side * side, -1), mean, scale, side)
