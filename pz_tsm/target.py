"""Target samples: what a training set is for, drawn from a release, with all that decides whether it may be
compared with one.

A target is a Parquet file of objects with the columns of the release and of the photometry step; its
metadata ``tsm:target`` say the release, the flux families, the extinction, the cuts, the area and the bands.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = "tsm-target/1"
KEY = b"tsm:target"


@dataclass(frozen=True)
class Target:
    """``about``: format, release, profile, mock, flux, dereddened, bands, cuts, area_deg2, objects, of.

    ``key``: the state of the file that it was read from (``pz_tsm.recipe.memo``); None of a drawn one.
    """

    table: pa.Table
    about: dict[str, Any]
    key: list[Any] | None = None

    def check(self, table: pa.Table, features: Sequence[str]) -> None:
        """TsmError where the features of the table and of the target are not the same quantities: another
        release, another flux family, dereddened here and not there, or a mock beside real data."""
        from pz_tsm import expr, releases

        profile = releases.of_table(table.schema)
        name = profile.name if profile is not None else None
        if name != self.about["profile"]:
            mine = f"is matched to '{name}'" if name else "names no release"
            raise TsmError(
                f"The target is of the release '{self.about['release']}', the table {mine}: they can't be "
                "compared.",
                remedy="Draw a target from the release that the table is matched to: pz-tsm target.",
                where="target",
            )
        for text in features:
            for column in sorted(expr.columns(expr.parse(f"({text}) IS NOT NULL"))):
                for which, there in (("table", table.schema), ("target", self.table.schema)):
                    if column not in there.names:
                        near = expr.nearest(column, there.names, 1)
                        raise TsmError(
                            f"The {which} has no column '{column}'.",
                            remedy=f"Did you mean '{near[0]}'?" if near else None,
                            where=column,
                        )
                mine, theirs = _state(table.schema, column), _state(self.table.schema, column)
                if mine != theirs:
                    what = next(key for key in (*mine, *theirs) if mine.get(key) != theirs.get(key))
                    raise TsmError(
                        f"'{column}' is not the same in the table and in the target: {what} is "
                        f"{_word(mine.get(what))} here and {_word(theirs.get(what))} there.",
                        remedy="Draw the target with the same photometry.",
                        where=column,
                    )


def read(path: str | Path, base: Path = Path()) -> Target:
    """The target of a file; TsmError if it is none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from pz_tsm.recipe.memo import identity

    path = base / os.path.expanduser(path)
    if not path.is_file():
        raise TsmError(
            f"There is no target sample {path}.",
            remedy="Make one: pz-tsm target RELEASE -o FILE.",
            where="target",
        )
    key = identity(path)
    try:
        table = pq.read_table(path)
        about = json.loads((table.schema.metadata or {})[KEY])
    except (OSError, pa.ArrowInvalid, ValueError, KeyError):
        raise TsmError(
            f"{path.name} is no target sample: it doesn't say what it was drawn from.",
            remedy="Make one: pz-tsm target RELEASE -o FILE.",
            where="target",
        ) from None
    return Target(table, about, key)


def draw(
    release: str | dict[str, Any],
    out: str | Path | None = None,
    *,
    objects: int = 200_000,
    columns: Sequence[str] | None = None,
    where: str | None = None,
    photometry: dict[str, Any] | None = None,
    seed: int = 0,
    base: Path | str = Path(),
    progress: Callable[[float, str], None] = lambda fraction, message: None,
) -> Target:
    """Draw primary objects of a release at random (by the hash of their ids, so that the same seed draws the
    same), through the photometry step, and cut them.

    ``columns``: flux families or columns, as match takes them; ``where``: a condition on what photometry
    makes, counted in ``about``; ``photometry``: parameters of that step. ``objects`` are drawn before the
    cut. Written to ``out`` as Parquet if given.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    from pz_tsm import expr, ops, releases
    from pz_tsm.ids import split_u
    from pz_tsm.ops.base import Context
    from pz_tsm.ops.match import columns as wanting
    from pz_tsm.sources.hats import open_catalogue

    found = releases.resolve(release, Path(base))
    catalogue = open_catalogue(found.path)
    want = wanting.wanted(found, catalogue, list(columns) if columns else None, "primary")
    bare = pa.schema([("row_id", pa.int64()), ("ra", pa.float64()), ("dec", pa.float64())])
    schema = wanting.result_schema(bare, found, catalogue, want)
    total = catalogue.rows or sum(
        pq.ParquetFile(part.path).metadata.num_rows for part in catalogue.partitions
    )
    share = min(1.0, objects / max(total, 1))
    pieces = []
    for number, part in enumerate(catalogue.partitions):
        progress(number / len(catalogue.partitions), f"{part.name}")
        ids = [want.id, *([want.primary] if want.primary else [])]
        some = catalogue.read(part, ids)
        chosen = split_u(some[want.id].to_numpy(), seed) < share
        if want.primary:
            chosen &= some[want.primary].cast(pa.bool_()).fill_null(False).to_numpy()
        rows = np.flatnonzero(chosen)
        if len(rows):
            names = list(dict.fromkeys([want.id, catalogue.ra, catalogue.dec, *want.columns]))
            pieces.append(catalogue.read(part, names, rows))
    if not pieces:
        raise TsmError(f"No object of '{found.name}' was drawn.", remedy="Ask for more objects.")
    table = pa.concat_tables(pieces).sort_by(want.id)
    fields = [
        (schema.field(name) if name in schema.names else table.schema.field(name)).with_type(
            table.schema.field(name).type
        )
        for name in table.column_names
    ]
    table = pa.Table.from_arrays(table.columns, schema=pa.schema(fields, metadata=schema.metadata))
    step = ops.get("photometry")
    params = step.parse(photometry or {})
    done = step.run(table, params, Context())
    table, drawn = done.table, table.num_rows
    if where:
        expr.check(expr.parse(where), table.schema)
        table = table.filter(pa.array(expr.mask(where, table)))
    about = {
        "format": FORMAT,
        "release": found.name,
        "profile": found.profile.name,
        "mock": found.profile.name == "mock",
        "access": found.profile.access,
        "flux": done.report.details["families"],
        "dereddened": done.report.details["dereddened"],
        "bands": list(found.profile.bands),
        "cuts": where,
        "area_deg2": area(catalogue),
        "objects": table.num_rows,
        "drawn": drawn,
        "of": total,
        "seed": seed,
    }
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), KEY: json.dumps(about)})
    if out is not None:
        path = Path(out)
        part = path.with_name(f".{path.name}.part")
        pq.write_table(table, part, compression="zstd")
        part.replace(path)
    return Target(table, about)


def area(catalogue: Any) -> float:
    """Square degrees of the partitions' pixels: an upper bound of the area that holds objects."""
    pixels = {(part.order, part.pixel) for part in catalogue.partitions}
    return float(sum(4 * np.pi * np.degrees(1) ** 2 / (12 * 4**order) for order, _ in pixels))


def _state(schema: pa.Schema, column: str) -> dict[str, Any]:
    return json.loads((schema.field(column).metadata or {}).get(b"state", b"{}"))


def _word(value: Any) -> str:
    return "not said" if value is None else str(value)
