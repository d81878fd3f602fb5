"""What is done to one partition of a release, wherever it is done: pairs, the objects' columns, the cells of
the footprint; and how the answer is kept in a file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pz_tsm.errors import TsmError
from pz_tsm.ops.match.columns import Wanted
from pz_tsm.ops.match.search import Footprint, Pairs, candidates, position_columns
from pz_tsm.points import reach
from pz_tsm.sources.hats import Catalogue

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

FORMAT = b"tsm-match-partition/1"
PAIR = "pair."  # before the names of a pair's own columns
OBJECT = "object."  # before those of the release
KINDS = {"row": "int64", "object_id": "int64", "sep": "float64", "ra": "float64", "dec": "float64"}


@dataclass(frozen=True)
class Question:
    """What is asked of every partition. ``columns``: of the objects that are found."""

    catalogue: Catalogue
    want: Wanted
    columns: tuple[str, ...]
    reach_arcsec: float

    @property
    def read(self) -> list[str]:
        """Columns to read."""
        return list(dict.fromkeys([*position_columns(self.catalogue, self.want), *self.columns]))


def answer(partition: Any, question: Question, rows: np.ndarray, ra: np.ndarray, dec: np.ndarray) -> pa.Table:
    """Pairs of positions and the objects of one partition, with the objects' columns.

    ``partition``: LSDB's, as a Dask ``Delayed`` frame. ``rows`` numbers the positions ``ra``, ``dec``
    (degrees). The pairs are in order of row and place; the cells that hold objects go with the table's
    metadata. TsmError where the partition can't be read.
    """
    import pyarrow as pa

    from pz_tsm.sky import pairs_within

    try:
        frame = partition.compute(scheduler="synchronous")
    except (OSError, ValueError, KeyError) as error:
        raise TsmError(
            f"A partition of {question.catalogue.name} can't be read: {_first_line(error)}.",
            remedy="The release may be incomplete: copy it again, or tell those who keep it.",
            where=str(question.catalogue.path),
        ) from None
    catalogue, want = question.catalogue, question.want
    objects = _arrow(frame, question.read)
    place, object_ra, object_dec, ids = candidates(catalogue, want, objects)
    sky = Footprint()
    sky.add(object_ra, object_dec)
    i, j, sep = pairs_within(ra, dec, object_ra, object_dec, question.reach_arcsec)
    i, j = np.asarray(i, dtype=np.int64), np.asarray(j, dtype=np.int64)
    at = pa.array(place[j])
    columns: dict[str, Any] = {
        PAIR + "row": rows[i],
        PAIR + "object_id": ids[j],
        PAIR + "sep": np.asarray(sep, dtype=np.float64),
        PAIR + "ra": object_ra[j],
        PAIR + "dec": object_dec[j],
    }
    for name in question.columns if len(i) else ():
        columns[OBJECT + name] = objects[name].take(at).combine_chunks()
    del frame, objects
    pa.default_memory_pool().release_unused()
    found = pa.table(columns)
    return found.replace_schema_metadata({b"format": FORMAT, b"cells": sky.cells().astype("<i4").tobytes()})


def keep(table: pa.Table, path: Path) -> None:
    """Write an answer; the file takes its name when it is whole."""
    import pyarrow as pa

    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    with pa.OSFile(str(new), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    os.replace(new, path)
    reach("partition")


def kept(path: Path) -> pa.Table | None:
    """The answer in a file (mapped, not copied); None where there is none that is whole."""
    import pyarrow as pa

    try:
        with pa.memory_map(str(path)) as source, pa.ipc.open_file(source) as reader:
            table = reader.read_all()
    except (OSError, pa.ArrowInvalid):
        return None
    return table if (table.schema.metadata or {}).get(b"format") == FORMAT else None


def pairs_of(table: pa.Table, number: int) -> tuple[Pairs, np.ndarray]:
    """The pairs of an answer and its footprint's cells. ``part`` of them is ``number``, ``place`` the row of
    the answer."""
    values = {
        name: np.array(table[PAIR + name].to_numpy(), dtype=kind)  # a copy: the file may go
        for name, kind in KINDS.items()
    }
    size = table.num_rows
    cells = np.frombuffer((table.schema.metadata or {})[b"cells"], "<i4")
    return Pairs(**values, part=np.full(size, number), place=np.arange(size)), cells


def objects_of(table: pa.Table, places: np.ndarray, names: Sequence[str]) -> pa.Table:
    """Columns of the objects in those rows of an answer."""
    import pyarrow as pa

    found = table.select([OBJECT + name for name in names]).take(pa.array(places))
    return found.rename_columns(list(names)).replace_schema_metadata(None)


def _arrow(frame: pd.DataFrame, names: Sequence[str]) -> pa.Table:
    """Columns of LSDB's frame, whose types are Arrow's own; its index is the HEALPix cell."""
    import pyarrow as pa

    columns = {frame.index.name: frame.index, **dict(frame.items())}  # frame[name] looks at all the others
    return pa.table({name: _column(columns[name]) for name in names})


def _column(column: Any) -> pa.ChunkedArray:
    import pyarrow as pa

    array = pa.array(column.array if hasattr(column, "array") else column)
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0].rstrip(".")
