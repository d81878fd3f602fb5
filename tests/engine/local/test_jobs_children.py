"""Warm children of the engine: how many stay, and how long."""

import asyncio

from pz_tsm.engine.jobs.children import Children


def test_a_child_stays_for_the_next_job_and_ends_when_it_was_idle_too_long():
    async def story():
        pool = Children(keep=1, idle=0.5)
        first = await pool.take()
        await pool.give(first, retire=False)
        again = await pool.take()
        assert again is first and first.alive
        await pool.give(again, retire=False)
        assert await first.process.wait() == -9
        other = await pool.take()
        assert other is not first
        await pool.give(other, retire=True)
        assert not other.alive
        await pool.close()

    asyncio.run(story())


def test_no_more_children_are_kept_than_may_run_and_none_when_the_engine_ends():
    async def story():
        pool = Children(keep=1)
        one, other = await pool.take(), await pool.take()
        await pool.give(one, retire=False)
        await pool.give(other, retire=False)
        assert await one.process.wait() == -9 and other.alive
        await pool.close()
        assert not other.alive

    asyncio.run(story())
