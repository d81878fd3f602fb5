"""The table that a Training Set Maker made, taken apart again: our rows, its objects, their separations.

That pipeline joins both sides: a column of ours keeps its name, or gets ``_specz`` where the objects have
one of that name, too. Everything else is the object's, under the names of the server's catalogue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pz_tsm.errors import TsmError
from pz_tsm.ops.match import elsewhere
from pz_tsm.ops.match.columns import OTHER_IDS, Wanted
from pz_tsm.ops.match.search import Pairs, ordered
from pz_tsm.releases import Profile
from pz_tsm.sky.sphere import separation

if TYPE_CHECKING:
    import pyarrow as pa

NOT_OBJECTS = ("_dist_arcsec", "is_training_set", "_healpix_29", "_healpix_19", "Norder", "Dir", "Npix")
POSITIONS = (("coord_ra", "coord_dec"), ("ra", "dec"), ("RA", "DEC"), ("RA", "Dec"))


@dataclass
class Found:
    """Pairs as the server gave them, one a row. ``objects`` has the objects' columns but position and id."""

    row_id: np.ndarray
    object_id: np.ndarray
    ra: np.ndarray
    dec: np.ndarray
    objects: pa.Table
    want: Wanted
    names: tuple[str, str, str]  # of id, right ascension, declination
    sha256: str
    without_state: list[str] = field(default_factory=list)

    def pairs(self, ids: np.ndarray, ra: np.ndarray, dec: np.ndarray) -> Pairs:
        """In the order that every search gives them; ``ids`` are the rows that were sent, with positions."""
        order = np.argsort(ids, kind="stable")
        place = np.searchsorted(ids[order], self.row_id)
        place[place == len(ids)] = 0
        row = order[place] if len(ids) else place
        strange = int((ids[row] != self.row_id).sum()) if len(row) else 0
        if strange:
            raise TsmError(
                f"{strange} rows of the PZ Server's result have a row_id that was not sent.",
                remedy="Its pipeline may have changed the numbers: tell those who run it.",
                where="row_id",
            )
        sep = separation(ra[row], dec[row], self.ra, self.dec)
        none, place = np.zeros(len(row), np.int64), np.arange(len(row), dtype=np.int64)
        return ordered([Pairs(row, self.object_id, sep, self.ra, self.dec, none, place)])

    def catalogue(self, name: str) -> elsewhere.FarCatalogue:
        """What stands for the server's catalogue."""
        _, ra, dec = self.names
        return elsewhere.FarCatalogue(name, ra, dec, self.objects.schema, self.sha256)


def read(
    path: Path, sent: Sequence[str], profile: Profile, release: dict[str, Any], stored: dict[str, Any]
) -> Found:
    """The result's file. ``sent``: names of our columns; ``release``: as the server describes it; ``stored``:
    what was done to the photometry (dereddened, dust_map). TsmError for a table that is no such result."""
    from pz_tsm.ops.fluxes import state_of
    from pz_tsm.sources import read_raw

    table = read_raw(path)
    have = set(table.column_names)
    ours = {name: f"{name}_specz" if f"{name}_specz" in have else name for name in sent}
    if ours["row_id"] not in have:
        raise _unfit(f"no column 'row_id' to join it back, but {', '.join(table.column_names[:12])}")
    theirs = [name for name in table.column_names if name not in {*ours.values(), *NOT_OBJECTS}]
    ids = (release.get("indexing_column"), profile.id, *OTHER_IDS)
    object_id = next((name for name in ids if name in theirs), None)
    if object_id is None:
        raise _unfit(f"no object id (none of {', '.join(str(one) for one in ids if one)})")
    known = ((profile.ra, profile.dec), *POSITIONS)
    position = next((pair for pair in known if pair[0] in theirs and pair[1] in theirs), None)
    if position is None:
        raise _unfit("no positions of the objects under a name that is known")
    columns = [name for name in theirs if name not in (object_id, *position)]
    known_states = elsewhere.states(profile, stored["dereddened"], stored["dust_map"])
    states: dict[str, dict] = {}
    strange = []
    for name in columns:
        told = state_of(table.schema.field(name))
        state = known_states.get(name)
        if told.get("kind") in ("flux", "flux_err", "mag", "mag_err"):
            state = {key: value for key, value in told.items() if key != "by"}  # it comes from the release
        if state is None:
            if "mag" in name.lower() or "flux" in name.lower():
                strange.append(name)
            continue
        states[name] = state
    return Found(
        _whole(table, ours["row_id"]),
        _whole(table, object_id),
        _numbers(table, position[0]),
        _numbers(table, position[1]),
        table.select(columns),
        Wanted(object_id, None, tuple(columns), states),
        (object_id, *position),
        _sha256(path),
        strange,
    )


def _whole(table: pa.Table, name: str) -> np.ndarray:
    import pyarrow as pa

    column = table[name]
    if pa.types.is_floating(column.type):
        raise _unfit(f"'{name}' as floating point numbers, in which identifiers of 64 bits are not exact")
    try:
        column = column.cast(pa.int64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise _unfit(f"'{name}' as something else than whole numbers") from None
    if column.null_count:
        raise _unfit(f"gaps in '{name}'")
    return column.combine_chunks().to_numpy()


def _numbers(table: pa.Table, name: str) -> np.ndarray:
    import pyarrow as pa

    try:
        return table[name].cast(pa.float64()).to_numpy(zero_copy_only=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise _unfit(f"'{name}' as something else than numbers") from None


def _sha256(path: Path) -> str:
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unfit(what: str) -> TsmError:
    return TsmError(
        f"The PZ Server's result has {what}.",
        remedy="Its pipeline may have changed: tell those who run it; until then match here (run: engine).",
        where="run",
    )
