"""The search of a job: LSDB reads the release's partitions, Dask or threads work on them, our own function
matches. The rows are those of the search in memory.

Every partition is matched against all positions near it, so that no margin is needed. Its answer is a file
in the job's folder: a job that was ended goes on where it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pz_tsm import scale
from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context, Finding, JobPlace
from pz_tsm.ops.match import expect_cost
from pz_tsm.ops.match.columns import Wanted
from pz_tsm.ops.match.lsdb_partition import FORMAT, Question, answer, keep, kept, objects_of, pairs_of
from pz_tsm.ops.match.progress import Progress
from pz_tsm.ops.match.search import Footprint, Pairs, footprint, gathered, ordered
from pz_tsm.sources.hats import Catalogue, Partition, near_partitions

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.ops.match.params import MatchParams
    from pz_tsm.releases import Release

INSTALL = 'pip install "pz-tsm[lsdb]"'
COPIES = 3.5  # times a partition's columns, uncompressed, that a task takes (2.9 measured on 2 million rows)


class Pixel(NamedTuple):
    """A partition: one HEALPix (NESTED) pixel, whose rows may be in several files."""

    order: int
    number: int

    def __str__(self) -> str:
        return f"the partition Norder={self.order}/Npix={self.number}"


class LsdbSearch:
    """A ``search.Search`` by LSDB, for a step in a job."""

    def __init__(
        self,
        release: Release,
        catalogue: Catalogue,
        want: Wanted,
        params: MatchParams,
        ctx: Context,
        why: dict[str, Any] | None = None,
    ) -> None:
        """``why``: what ``search.searching`` chose, for the report. TsmError where LSDB is not installed."""
        if ctx.job is None:
            raise ValueError("LSDB matches in jobs of the engine only")
        if not expect_cost.has_lsdb():
            raise TsmError(
                "The match is to run by LSDB, which is not installed in the engine's environment.",
                remedy=f"{INSTALL}, or run: memory.",
                where="run",
            )
        self.catalogue = catalogue
        self.want = want
        self.job: JobPlace = ctx.job
        self.ctx = ctx
        names = release.profile.position_errors if params.select == "error-weighted" else ()
        have = catalogue.schema.names
        self.columns = tuple(dict.fromkeys([*want.columns, *(name for name in names if name in have)]))
        self.answers: list[Path] = []
        self.executor = scale.read(ctx.job.executor or None)
        self._about = {"engine": _version(), "executor": {"kind": self.executor.kind}, **(why or {})}

    def find(
        self, ra: np.ndarray, dec: np.ndarray, reach_arcsec: float, *, objects_of: int | None = None
    ) -> tuple[Pairs, np.ndarray]:
        near = near_partitions(self.catalogue.partitions, ra, dec, reach_arcsec / 3600)
        columns = self.columns if objects_of != 0 else ()
        # without the partitions listed: it goes along with every task
        bare = Catalogue(self.catalogue.path, self.catalogue.properties)
        question = Question(bare, self.want, columns, reach_arcsec)
        rows = {Pixel(part.order, part.pixel): some for part, some in near}
        folder = self.job.folder / f"match-{self._digest(question, near, ra, dec)[:24]}"
        sky = Footprint()
        found: list[Pairs] = []
        for path in self._answers(folder, question, rows, ra, dec, "partition"):
            self.answers.append(path)
            pairs, cells = pairs_of(self._kept(path), len(self.answers) - 1)
            sky.add_cells(cells)
            found.append(pairs)
        pairs = ordered(found)

        def see(more: Iterable[Partition]) -> None:
            none = np.zeros(0, dtype=np.int64)
            others = {Pixel(part.order, part.pixel): none for part in more}
            only = Question(bare, self.want, (), 0.0)
            for path in self._answers(folder, only, others, ra, dec, "edge of the footprint: partition"):
                sky.add_cells(pairs_of(self._kept(path), -1)[1])

        return pairs, footprint(self.catalogue, ra, dec, pairs, sky, {part for part, _ in near}, see)

    def fetch(self, pairs: Pairs, names: Sequence[str] | None = None) -> pa.Table:
        wanted = self.want.columns if names is None else names
        return gathered(
            self.catalogue,
            pairs,
            wanted,
            lambda number, places: objects_of(self._kept(self.answers[number]), places, wanted),
        )

    def about(self) -> dict[str, Any]:
        return self._about

    def told(self) -> list[Finding]:
        return []

    def _answers(
        self,
        folder: Path,
        question: Question,
        rows: dict[Pixel, np.ndarray],
        ra: np.ndarray,
        dec: np.ndarray,
        what: str,
    ) -> list[Path]:
        """Files of the answers of those partitions, in their order; those that are missing are made."""
        paths = {pixel: folder / f"{pixel.order}-{pixel.number}.arrow" for pixel in sorted(rows)}
        have = {pixel: table.num_rows for pixel in paths if (table := kept(paths[pixel])) is not None}
        progress = Progress(self.ctx.step, len(paths), what, len(have), sum(have.values()))
        todo = [pixel for pixel in paths if pixel not in have]
        if todo:
            self._work(paths, todo, question, rows, ra, dec, progress)
        return list(paths.values())

    def _work(self, paths, todo, question, rows, ra, dec, progress) -> None:  # noqa: ANN001
        from pz_tsm.scale.pool import pool
        from pz_tsm.scale.work import through

        progress.tell("LSDB opens the release")
        partitions = _partitions(_opened(self.catalogue, question.read))
        each = self._bytes(question.read, set(todo))

        def tasks() -> Iterator[tuple[Pixel, Any, tuple[Any, ...]]]:
            for pixel in todo:
                some = rows[pixel]
                yield pixel, answer, (partitions(pixel), question, some, ra[some], dec[some])

        def done(pixel: Pixel, table: pa.Table) -> None:
            keep(table, paths[pixel])
            progress.done(table.num_rows)

        with pool(self.executor, self.ctx.cancelled) as here:
            self._about["executor"] = here.about()
            free = self.job.memory - _used()
            through(here, tasks(), lambda: here.at_once(each, free), done, self.ctx.cancelled)

    def _bytes(self, names: list[str], pixels: set[Pixel]) -> float:
        """Memory that a task takes, from the footer of the largest of the partitions."""
        import pyarrow.parquet as pq

        sizes: dict[Pixel, list[Path]] = {}
        for part in self.catalogue.partitions:
            if (pixel := Pixel(part.order, part.pixel)) in pixels:
                sizes.setdefault(pixel, []).append(part.path)
        largest = max(sizes.values(), key=lambda files: sum(file.stat().st_size for file in files))
        total = 0
        for file in largest:
            footer = pq.read_metadata(file)
            for group in range(footer.num_row_groups):
                for column in range(footer.num_columns):
                    one = footer.row_group(group).column(column)
                    if one.path_in_schema.split(".")[0] in names:
                        total += one.total_uncompressed_size
        return COPIES * total

    def _digest(self, question: Question, near, ra, dec) -> str:  # noqa: ANN001
        """Of all that the answers depend on, so that no other question's are taken for them."""
        want = (question.want.id, question.want.primary, question.columns, question.reach_arcsec)
        digest = hashlib.sha256(repr((FORMAT, self.catalogue.sha256, want)).encode())
        for part, _ in near:
            state = part.path.stat()
            digest.update(repr((part.name, part.path.name, state.st_size, state.st_mtime_ns)).encode())
        digest.update(np.ascontiguousarray(ra).tobytes())
        digest.update(np.ascontiguousarray(dec).tobytes())
        return digest.hexdigest()

    def _kept(self, path: Path) -> pa.Table:
        table = kept(path)
        if table is None:
            raise TsmError(
                f"The partial result {path.name} of this job has gone.",
                remedy="Run again: the other partitions are not done again.",
                where=str(path.parent),
            )
        return table


def placed(
    catalogue: Catalogue,
    want: Wanted,
    params: MatchParams,
    job: JobPlace,
    ra: np.ndarray | None,
    dec: np.ndarray | None,
) -> tuple[str, str]:
    """What ``run: auto`` in a job is, and why: ``engine`` (LSDB) where the match in memory takes long, or too
    much memory, else ``memory``."""
    if ra is None or dec is None:
        return "memory", "how much is read is not known"
    reach = params.radius_arcsec / 3600
    near = near_partitions(catalogue.partitions, ra, dec, reach)
    objects = expect_cost.objects_in([part for part, _ in near])
    took = expect_cost.seconds(len(near), objects, len(want.columns), len(ra))
    result = 8 * len(want.columns) * len(ra)
    biggest = 8 * len(want.columns) * objects / max(len(near), 1)
    return expect_cost.place("auto", took, 2 * result + biggest, job.memory)


def missing(why: str) -> Finding:
    """LSDB is proposed, for what ``why`` says, and is not there."""
    return Finding(
        "warning",
        f"This match is one for LSDB ({why}), which is not installed: it was made in memory, which takes "
        "longer, or more memory.",
        remedy=f"{INSTALL}.",
        where="run",
        code="lsdb-missing",
    )


def _opened(catalogue: Catalogue, columns: list[str]) -> Any:
    """The release as LSDB sees it, with those columns. TsmError where LSDB can't open it."""
    import lsdb

    try:
        return lsdb.open_catalog(str(catalogue.path), columns=columns)
    except Exception as error:
        said = (str(error) or type(error).__name__).splitlines()[0].rstrip(".")
        raise TsmError(
            f"LSDB can't open the release {catalogue.path}: {said}.",
            remedy="run: memory reads it without LSDB.",
            where=str(catalogue.path),
        ) from error


def _partitions(release: Any) -> Callable[[Pixel], Any]:
    """Gives LSDB's Dask partition of a pixel, alone: it goes to a worker without the graph of the others."""
    from dask.delayed import Delayed
    from dask.optimization import cull

    pixels = [Pixel(one.order, one.pixel) for one in release.get_healpix_pixels()]
    keys = dict(zip(pixels, release.to_delayed(), strict=True))
    graph = dict(next(iter(keys.values())).__dask_graph__())

    def partition(pixel: Pixel) -> Any:
        key = keys[pixel].key
        return Delayed(key, cull(graph, [key])[0])

    return partition


def _version() -> str:
    from importlib.metadata import version

    return f"lsdb {version('lsdb')}"


def _used() -> int:
    """Bytes that this process holds now."""
    import psutil

    return psutil.Process().memory_info().rss
