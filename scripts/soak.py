"""Kills at random points: a small recipe runs, its job or the engine is killed -9, and all must end well.

python scripts/soak.py [ROUNDS] [SEED]      the seed is printed; give it again to repeat the same points
"""

from __future__ import annotations

import random
import secrets
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "full"))

from killkit import Ground, wait_for  # noqa: E402


def main(rounds: int, seed: int) -> int:
    """Print a line a round; raise where something is left, missing or different."""
    print(f"soak: {rounds} kills, SEED={seed}", flush=True)
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        ground = Ground(Path(folder))
        try:
            ground.check(ground.ended(ground.submit("undisturbed")), products=1)
            missed = 0
            for number in range(1, rounds + 1):
                victim = chance.choice(("job", "engine"))
                moment, later = chance.random(), chance.random()
                killed = one(ground, f"round-{number}", victim, moment, later, number + 1)
                missed += not killed
                how = "" if killed else ", which had ended"
                print(f"{number}: {victim} {later:.2f} s after {moment:.0%}{how}: good", flush=True)
        finally:
            ground.close()
    print(f"soak: {rounds} good ends, {missed} of them undisturbed, SEED={seed}")
    return 0


def one(ground: Ground, name: str, victim: str, moment: float, later: float, products: int) -> bool:
    """One run with one kill, so many seconds after it has come so far; whether something was killed."""
    id = ground.submit(name)
    assert id is not None
    wait_for(lambda: _far(ground.ask("GET", f"/local/runs/{id}"), moment), "the moment")
    until = time.monotonic() + later
    wait_for(lambda: time.monotonic() > until or ground.job(id)["ended"], "the moment")
    if victim == "engine":
        killed = ground.kill(ground.engine().pid)
    else:
        job = ground.job(id)
        killed = ground.kill(job["pid"] if not job["ended"] else None)
    ground.check(ground.ended(id), products)
    return killed


def _far(run: dict[str, Any], moment: float) -> bool:
    return run["ended"] is not None or run["fraction"] >= 0.99 * moment


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(given[0] if given else 50, given[1] if len(given) > 1 else secrets.randbelow(10**6)))
