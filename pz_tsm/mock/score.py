"""How often combine picks a wrong redshift on a mock sky, where the truth is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

FAR = 0.01  # |dz|/(1+z) from the truth: beyond the scatter of spectra and prisms alike
SURVEYS = {"deep": "MOCK-DEEP", "wide": "MOCK-WIDE", "grism": "MOCK-GRISM", "prob": "MOCK-PROB"}


@dataclass(frozen=True)
class Score:
    """Of the best rows whose object has a right and secure measurement, how many are wrong."""

    best: int  # best rows of all objects
    decidable: int  # of these, those whose object has at least one right measurement with flag 3 or 4, type s
    wrong: int  # of these, those whose own redshift is wrong
    undecided: int  # objects with such a measurement and without a best row (conflicts set aside)

    @property
    def share(self) -> float:
        return self.wrong / self.decidable if self.decidable else 0.0


def winners(combined: pa.Table, tables: Mapping[str, pa.Table], truth: pa.Table) -> Score:
    """Compare the best rows of a combined mock sky with its truth table.

    ``tables``: the inputs by name (deep, wide, grism, prob), rows as in their files; ``truth``:
    truth.parquet. An object whose every secure measurement is wrong can't be decided by anybody and is left
    out.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    ids, facts = [], []
    for name, table in tables.items():
        ids.append(table["row_id"].to_numpy())
        facts.append(truth.filter(pc.equal(truth["survey"], SURVEYS[name])).sort_by("file_row"))
    known = pa.concat_tables(facts)
    all_ids = np.concatenate(ids)
    order = np.argsort(all_ids)
    known = known.take(order[np.searchsorted(all_ids[order], combined["row_id"].to_numpy())])

    galaxy = known["group"].to_numpy()
    z, true = combined["redshift"].cast(pa.float64()).to_numpy(), known["z_true"].to_numpy()
    with np.errstate(invalid="ignore"):
        right = np.abs(z - true) <= FAR * (1 + true)
    flag = combined["z_flag_homogenized"].cast(pa.float64()).to_numpy()
    secure = np.isin(flag, (3, 4)) & pc.equal(combined["instrument_type"], "s").fill_null(False).to_numpy()
    is_galaxy = pc.equal(known["class"], "GALAXY").to_numpy()
    decidable = np.isin(galaxy, galaxy[right & secure & is_galaxy])
    best = combined["is_best"].to_numpy()
    with_best = np.isin(galaxy, galaxy[best])
    return Score(
        best=int(best.sum()),
        decidable=int((best & decidable).sum()),
        wrong=int((best & decidable & ~right).sum()),
        undecided=len(np.unique(galaxy[decidable & ~with_best])),
    )
