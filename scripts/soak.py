"""Kills at random points: a recipe runs, a catalogue is uploaded or a Training Set Maker works, its job or
the engine is killed -9, and all must end well.

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
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "full")]

from apikit import Process, Upload, Work  # noqa: E402
from killkit import Ground  # noqa: E402

from pz_tsm.engine.pzserver.seed import seed_mock  # noqa: E402
from tests.processkit import wait_for  # noqa: E402

KINDS = ("job", "engine", "upload", "process")  # a run whose job or engine is killed, and work over /api


def main(rounds: int, seed: int) -> int:
    """Print a line a round; raise where something is left, missing or different."""
    print(f"soak: {rounds} kills, SEED={seed}", flush=True)
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        ground = Ground(Path(folder))
        try:
            seeded = seed_mock(ground.data, ground.base)
            there = ground.products()
            ground.check(ground.ended(ground.submit("undisturbed")), there + 1)
            upload, process = Upload(ground, "upload"), Process(ground, "process", seeded)
            lasts = {"upload": undisturbed(upload), "process": undisturbed(process)}
            missed = 0
            for number in range(1, rounds + 1):
                kind = chance.choice(KINDS)
                name, moment, later = f"round-{number}", chance.random(), chance.random()
                if kind == "upload":
                    killed = Upload(ground, name).disturbed(moment * lasts[kind])
                elif kind == "process":
                    killed = Process(ground, name, seeded, process.table()).disturbed(moment * lasts[kind])
                else:
                    killed = run(ground, name, kind, moment, later)
                missed += not killed
                how = "" if killed else ", which had ended"
                print(f"{number}: {kind} at {moment:.0%} and {later:.2f} s{how}: good", flush=True)
        finally:
            ground.close()
    print(f"soak: {rounds} good ends, {missed} of them undisturbed, SEED={seed}")
    return 0


def undisturbed(work: Work) -> float:
    """How many seconds it takes when nothing is killed."""
    start = time.monotonic()
    work.steps()
    took = time.monotonic() - start
    work.check()
    return took


def run(ground: Ground, name: str, victim: str, moment: float, later: float) -> bool:
    """One run with one kill, so many seconds after it has come so far; whether something was killed."""
    there = ground.products()
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
    ground.check(ground.ended(id), there + 1)
    return killed


def _far(run: dict[str, Any], moment: float) -> bool:
    return run["ended"] is not None or run["fraction"] >= 0.99 * moment


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(given[0] if given else 50, given[1] if len(given) > 1 else secrets.randbelow(10**6)))
