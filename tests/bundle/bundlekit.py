"""A small bundle, made the way the runner makes one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

RECIPE = """\
# a comment that stays
format: tsm-recipe/1
name: small
title: A small training set
seed: 7
creators: [{name: Ada Lovelace, orcid: 0000-0002-1825-0097}]
inputs:
  vvds: {from: {file: vvds.parquet}, survey: VVDS}
steps:
  - match: {release: {hats: objects, profile: dp2}, columns: [gaap1p0]}
  - photometry: {to: mag, deredden: sfd}
  - split: {method: random, parts: {train: 0.6, test: 0.4}}
write:
  - {format: parquet}
  - {format: rail-hdf5, catalog_tag: lsst_gaap_1p0}
"""


class Made:
    """A run's table, reports, recipe and lock; ``write`` makes the bundle."""

    def __init__(self, folder: Path, recipe: str = RECIPE, count: int = 40) -> None:
        from matchkit import few_objects, redshifts, write_hats

        from pz_tsm.ops import get
        from pz_tsm.ops.base import Context, Report
        from pz_tsm.recipe import Recipe

        if not (folder / "objects").exists():
            objects = few_objects(count)
            y = np.full(count, 1000, dtype=np.float32)
            y[0] = -3  # observed, not detected
            objects = objects.set_column(
                objects.column_names.index("y_gaap1p0Flux"),
                "y_gaap1p0Flux",
                pa.array(y, mask=np.arange(count) == 1),
            )  # row 2: not observed
            write_hats(folder / "objects", objects, 5)
        surveys = ["VVDS"] * (count - 1) + ["2MRS"]
        table = redshifts(
            10 + np.arange(count) / 10, np.full(count, -30.0), np.linspace(0.1, 2, count), survey=surveys
        )
        self.recipe = Recipe.parse(recipe)
        self.reports = [Report("load", count, count, input="vvds")]
        ctx = Context(seed=self.recipe.seed, base=folder)
        for step in self.recipe.steps:
            operation = get(step.op)
            result = operation.run(table, operation.parse(step.params), ctx)
            table = result.table
            self.reports.append(result.report)
        self.table = table
        self.lock = {
            "format": "tsm-lock/1",
            "recipe": {"name": "small", "id": self.recipe.id},
            "seed": 7,
            "software": {},
            "inputs": [{"name": "vvds", "sha256": "0" * 64, "rows": count, "product": "vvds"}],
        }

    def write(self, out: Path, **more):
        from pz_tsm import bundle

        bundle.write(
            out,
            self.table,
            recipe=self.recipe,
            lock=self.lock,
            reports=self.reports,
            writes=self.recipe.write,
            **more,
        )
        return out
