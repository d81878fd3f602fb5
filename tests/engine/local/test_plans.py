"""Plans of one recipe, one after another: a plan nobody waits for ends, and its child goes on."""

from __future__ import annotations

import asyncio

import pyarrow as pa
import pyarrow.parquet as pq

from pz_tsm.engine.local.workers import Workers

RECIPE = "format: tsm-recipe/1\nname: x\ninputs: {a: {from: {file: a.parquet}, survey: VVDS, id: a}}\n"


def test_a_plan_that_is_given_up_leaves_its_child_to_the_next_one(tmp_path):
    rows = 200_000
    columns = {"id": range(rows), "ra": [i * 0.001 for i in range(rows)], "dec": [0.0] * rows}
    pq.write_table(pa.table({**columns, "z": [0.5] * rows}), tmp_path / "a.parquet")

    async def story():
        workers = Workers()
        said = {"base": str(tmp_path), "name": "x", "server": None}
        try:
            await workers.plan("y", text="nothing", **said)  # from then on it can be told to give up
            child = workers._free[0].pid
            first = asyncio.ensure_future(workers.plan("x", text=RECIPE, **said))
            second = asyncio.ensure_future(workers.plan("x", text=RECIPE, **said))
            while not workers._busy:
                await asyncio.sleep(0)
            first.cancel()
            answers = await asyncio.gather(first, second, return_exceptions=True)
            return answers, child, [one.pid for one in workers._free]
        finally:
            await workers.close()

    (given_up, plan), child, free = asyncio.run(story())
    assert isinstance(given_up, asyncio.CancelledError)
    assert plan["inputs"][0]["rows"] == rows
    assert free == [child], "the same child answered, and no other was started"
