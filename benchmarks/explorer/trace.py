"""Makes the drag traces: ``python -m benchmarks.explorer.trace`` writes ``trace-x.json`` and ``-xy``.

A trace is a list of ``[ms, x, y]`` or ``[ms, x, y, "down" | "up"]``; x and y are shares of the plot. It
selects slowly, sweeps fast, slides the selection, jumps to and fro, and moves edges, with the
tremor of a hand from a fixed seed; the mouse reports every 16 ms.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

HERE = Path(__file__).parent / "browser"
STEP = 16


class Hand:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.time, self.x, self.y = 0, 0.0, 0.0
        self.trace: list[list] = []

    def down(self, x: float, y: float) -> None:
        """Come to there, rest for a moment, and press."""
        if not self.trace:
            self.x, self.y = x + 0.3, y + 0.2
        self.to(x, y, 20)
        self.time += 150
        self._say("down")

    def up(self) -> None:
        self._say("up")

    def to(self, x: float, y: float, moves: int) -> None:
        """An eased way to there in so many moves."""
        x0, y0 = self.x, self.y
        for move in range(1, moves + 1):
            share = move / moves
            eased = share * share * (3 - 2 * share)
            self.time += STEP
            tremor = self.random.gauss(0, 0.002), self.random.gauss(0, 0.002)
            self.x = x0 + (x - x0) * eased + tremor[0]
            self.y = y0 + (y - y0) * eased + tremor[1]
            self._say()

    def jump(self, x: float, y: float) -> None:
        self.time += self.random.choice((48, 80, 112))
        self.x, self.y = x, y
        self._say()

    def _say(self, *button: str) -> None:
        self.trace.append([self.time, _inside(self.x), _inside(self.y), *button])


def _inside(share: float) -> float:
    return round(min(0.995, max(0.005, share)), 4)


def across() -> list[list]:
    """Over the part of n(z) where most rows are."""
    hand = Hand(1)
    hand.down(0.03, 0.5)  # a new selection: slowly wider
    hand.to(0.14, 0.5, 90)
    for x, moves in ((0.50, 8), (0.08, 8), (0.60, 6), (0.15, 10)):  # its edge to and fro, fast
        hand.to(x, 0.5, moves)
    hand.up()
    hand.down(0.09, 0.5)  # by the middle: slide it slowly, then fast
    hand.to(0.19, 0.5, 60)
    for x, moves in ((0.50, 12), (0.08, 10), (0.40, 7), (0.12, 12)):
        hand.to(x, 0.5, moves)
    for _ in range(30):  # jumps, as on a slow machine, or with a pen
        hand.jump(hand.random.uniform(0.07, 0.5), 0.5)
    hand.jump(0.2, 0.5)
    hand.up()
    hand.down(0.2, 0.5)
    hand.to(0.12, 0.5, 50)
    for x, moves in ((0.5, 10), (0.08, 10), (0.25, 5)):
        hand.to(x, 0.5, moves)
    hand.up()
    return hand.trace


def rectangle() -> list[list]:
    hand = Hand(2)
    hand.down(0.25, 0.70)
    hand.to(0.50, 0.45, 90)
    for x, y, moves in ((0.85, 0.15, 8), (0.35, 0.60, 8), (0.80, 0.20, 6), (0.50, 0.45, 10)):
        hand.to(x, y, moves)
    hand.up()
    hand.down(0.38, 0.57)
    hand.to(0.46, 0.50, 60)
    for x, y, moves in ((0.75, 0.30, 12), (0.25, 0.70, 10), (0.60, 0.70, 7), (0.40, 0.40, 12)):
        hand.to(x, y, moves)
    for _ in range(30):
        hand.jump(hand.random.uniform(0.2, 0.8), hand.random.uniform(0.2, 0.8))
    hand.jump(0.5, 0.5)
    hand.up()
    hand.down(0.5, 0.5)
    hand.to(0.40, 0.55, 50)
    for x, y, moves in ((0.7, 0.3, 10), (0.3, 0.7, 10), (0.5, 0.5, 5)):
        hand.to(x, y, moves)
    hand.up()
    return hand.trace


def main() -> None:
    for name, trace in (("x", across()), ("xy", rectangle())):
        lines = ",\n".join(json.dumps(entry) for entry in trace)
        (HERE / f"trace-{name}.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
