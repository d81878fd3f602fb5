"""A catalogue or training set in memory, that knows how it was made."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.arrays import all_differ
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    from pz_tsm.explain import Differences, Why
    from pz_tsm.lineage import Node
    from pz_tsm.ops.base import Finding, Report
    from pz_tsm.publishing import Published
    from pz_tsm.recipe.model import Recipe

MAX_IDS = 10_000  # rows that a mask may name in a recipe


class Table:
    """Rows and columns (``arrow``), what happened to them (``reports``), and the recipe that makes them
    again.

    Made by ``pz_tsm.read`` and by the operations; it never changes. ``table["redshift"]`` is a column as
    numpy, ``table[mask]`` and ``table.where("redshift > 0.1")`` are tables with a filter step more.
    """

    def __init__(
        self,
        arrow: pa.Table,
        node: Node,
        reports: Sequence[Report] = (),
        origins: Sequence[dict[str, Any]] = (),
        positions: Any = None,
        measurements: pa.Table | None = None,
    ) -> None:
        from pz_tsm.recipe.concat import Positions

        self.arrow = arrow
        self._node = node
        self.reports = list(reports)
        self._origins = list(origins)
        self._positions = positions or Positions()
        self._measurements = measurements

    def __len__(self) -> int:
        return self.arrow.num_rows

    @property
    def name(self) -> str:
        return self._node.name

    @property
    def columns(self) -> list[str]:
        return self.arrow.column_names

    @property
    def report(self) -> Report:
        """The accounting of the last step."""
        return self.reports[-1]

    @property
    def findings(self) -> list[Finding]:
        """What should be known of this table, from all its steps."""
        return [finding for report in self.reports for finding in report.findings]

    @property
    def access(self) -> str:
        """``public``, or ``rubin-data-rights``: the most restrictive of what went in."""
        return (self.arrow.schema.metadata or {}).get(b"tsm:access", b"public").decode()

    @property
    def recipe(self) -> Recipe:
        """The recipe that makes this table again; TsmError if there can't be one."""
        from pz_tsm.lineage import to_recipe

        return to_recipe(self._node)

    def to_pandas(self) -> pd.DataFrame:
        """As pandas. Columns with nulls are Arrow-backed: ids stay whole, and NaN is not null."""
        return _frame(self.arrow)

    def where(self, condition: str, rows: str = "all") -> Table:
        """The rows for which a condition is true, for example ``"redshift BETWEEN 0.1 AND 1"``."""
        from pz_tsm.library import function

        return function("filter")(self, condition, rows=rows)

    def __getitem__(self, key: Any) -> Any:
        """A column by its name as numpy (nulls: masked, or NaN in floats), or the rows of a mask."""
        if isinstance(key, str):
            return self._column(key)
        return self._masked(key)

    def _column(self, name: str) -> np.ndarray:
        import numpy as np
        import pyarrow.types as pt

        if name not in self.columns:
            from pz_tsm.sources.columns import no_such_column

            raise no_such_column(name, self.columns, self.name)
        column = self.arrow.column(name)
        if column.null_count and (pt.is_integer(column.type) or pt.is_boolean(column.type)):
            filled = column.fill_null(0 if pt.is_integer(column.type) else False).to_numpy()
            return np.ma.masked_array(filled, column.is_null().to_numpy())
        return column.to_numpy()

    def _masked(self, key: Any) -> Table:
        import numpy as np

        mask = key.to_numpy() if hasattr(key, "to_numpy") and not isinstance(key, np.ndarray) else key
        mask = np.ma.filled(mask, False) if isinstance(mask, np.ma.MaskedArray) else np.asarray(mask)
        if mask.dtype != bool:
            raise TsmError(
                "A table takes a column's name or a mask of true and false.",
                remedy='For example table[table["redshift"] > 0.1], or table.where("redshift > 0.1").',
            )
        if mask.shape != (len(self),):
            raise TsmError(f"The mask has {mask.size:,} values, but the table has {len(self):,} rows.")
        ids = self.arrow.column("row_id").to_numpy()
        if not all_differ(ids):
            raise TsmError(
                "Rows of this table share a row_id, so a mask can't be written as a condition.",
                remedy="Use table.where(condition).",
            )
        kept, cut = ids[mask], ids[~mask]
        if min(len(kept), len(cut)) > MAX_IDS:
            raise TsmError(
                f"This mask would name {min(len(kept), len(cut)):,} rows one by one in the recipe.",
                remedy="Say it as a condition: table.where(\"redshift > 0.1 AND survey = 'VVDS'\").",
            )
        if not len(cut):
            return self.where("row_id IS NOT NULL")
        chosen, word = (kept, "IN") if len(kept) <= len(cut) else (cut, "NOT IN")
        if not len(chosen):
            return self.where("row_id IS NULL")
        return self.where(f"row_id {word} ({', '.join(map(str, sorted(chosen.tolist())))})")

    def why(self, row: int | str | None = None, *, at: int | None = None) -> Why:
        """Why the object of a row has its redshift: all its measurements, and the path to each verdict.

        ``row``: a row_id; or ``at``: the row's place in this table, from 0. After a match, measurements that
        the table no longer holds are shown as well. Raises TsmError if the table is not combined.
        """
        from pz_tsm import explain

        whole = self._measurements if self._measurements is not None else self.arrow
        if (row is None) == (at is None):
            raise TsmError("Name one row: why(row_id), or why(at=0) for its place in the table.")
        if at is not None:
            ids = explain.group.combined(self.arrow)[1]
            if not -len(ids) <= at < len(ids):
                raise TsmError(f"The table has {len(ids):,} rows; there is none at {at}.")
            row = int(ids[at])
        try:
            wanted = int(str(row))
        except ValueError:
            raise TsmError(f"{row!r} is no row_id.", remedy="It is a whole number.") from None
        later = self.arrow if whole is not self.arrow else None  # what the match made of these rows
        return explain.Why(explain.why(whole, wanted, later=later))

    def conflicts(self) -> pd.DataFrame:
        """The objects whose secure redshifts disagree, one row each: see ``why`` for one of them."""
        from pz_tsm import explain

        return _frame(explain.conflicts(self.arrow))

    def objects(self) -> pd.DataFrame:
        """One row for each object of a combined table, with its best row, agreement and surveys."""
        from pz_tsm import explain

        return _frame(explain.objects(self.arrow))

    def best(self) -> Table:
        """The best measurement of each object: the rows with ``is_best``."""
        return self.where("is_best")

    def failure_rates(self) -> pd.DataFrame:
        """How often each survey's rows of each flag disagree with a secure spectrum of the same object.

        See ``pz_tsm.repeats.failure_rates``; TsmError for a table that was not combined.
        """
        from pz_tsm.repeats import failure_rates

        return failure_rates(self.arrow).to_pandas()

    def against_default(self, **params: Any) -> Differences:
        """Which rows are the best by our default policy or by the PZ Server's pipeline only, and why.

        Of a table combined by one of them, the other is run on the same rows. ``params``: those of
        ``pz_tsm.combine`` for our policy.
        """
        from pz_tsm import explain

        explain.group.combined(self.arrow)
        return explain.policies(self._positions.give({"": self.arrow}), **params)

    def write(
        self,
        out: str | Path,
        *,
        name: str | None = None,
        write: Sequence[dict[str, Any] | str] | None = None,
        overwrite: bool = False,
    ) -> Path:
        """Write a bundle (data, recipe, lock, citations, checksums) into the folder ``out``, or, if that is a
        file's name (.parquet, .csv, .fits, .hdf5), one file that holds them; returns its path.

        ``write``: formats of a bundle, such as ``"parquet"`` (unless given) or ``{"format": "rail-hdf5",
        "catalog_tag": "lsst_gaap_1p0"}``. What stands beside a CSV file: NAME.csv-metadata.json. TsmError
        where something is there and ``overwrite`` is false.
        """
        from pz_tsm.bundle import single
        from pz_tsm.lineage import to_recipe
        from pz_tsm.ops.base import Context
        from pz_tsm.recipe.lock import make_lock
        from pz_tsm.recipe.pipeline import ordered
        from pz_tsm.recipe.runner import RunResult, write_bundle

        given = [{"format": item} if isinstance(item, str) else dict(item) for item in write or ()] or None
        kind = single.of_file(Path(out), given)
        recipe = to_recipe(self._node, name, tuple(given or [{"format": kind or "parquet"}]))
        table = ordered(self.arrow)
        origins = {item: origin for item, origin in zip(recipe.inputs, self._origins, strict=True)}
        origins = {item: {**origin, "name": item} for item, origin in origins.items()}
        lock = make_lock(recipe, origins, self.reports, table, Path())
        if kind is not None:
            steps = [report.to_dict() for report in self.reports]
            return single.write_file(Path(out), kind, table, recipe, lock, steps, overwrite)
        result = RunResult(table, self._measurements, self.reports, lock, public=self._measurements)
        write_bundle(Path(out), recipe, result, Context(), overwrite)
        return Path(out)

    def publish(self, name: str | None = None, **options: Any) -> Published:
        """Make it a product of the PZ Server: see ``pz_tsm.publish``, which takes files and bundles too."""
        from pz_tsm.publishing import publish

        return publish(self, name, **options)

    def explore(self, **options: Any) -> Any:
        """Look at it in a notebook."""
        import pz_tsm

        return pz_tsm.explore(self, **options)

    def __repr__(self) -> str:
        access = "" if self.access == "public" else f", {self.access}"
        return f"<pz_tsm.Table '{self.name}': {len(self):,} rows, {len(self.columns)} columns{access}>"

    def _repr_html_(self) -> str:
        """A summary of the columns; no rows, so that none is saved in a notebook."""
        rows = []
        for item in self.arrow.schema:
            said = {
                key.decode(): value.decode("utf-8", "replace") for key, value in (item.metadata or {}).items()
            }
            missing = self.arrow.column(item.name).null_count
            cells = (
                item.name,
                str(item.type),
                said.get("unit", ""),
                f"{missing:,}" if missing else "",
                said.get("description", ""),
            )
            rows.append(
                "<tr>"
                + "".join(f"<td style='text-align:left'>{html.escape(cell)}</td>" for cell in cells)
                + "</tr>"
            )
        heads = "".join(
            f"<th style='text-align:left'>{head}</th>"
            for head in ("column", "type", "unit", "nulls", "meaning")
        )
        steps = " &rarr; ".join(html.escape(report.op) for report in self.reports)
        return (
            f"<div><strong>{html.escape(self.name)}</strong>: {len(self):,} rows, "
            f"{len(self.columns)} columns, {html.escape(self.access)}<br><small>{steps}</small>"
            f"<details><summary>Columns</summary><table><thead><tr>{heads}</tr></thead>"
            f"<tbody>{''.join(rows)}</tbody></table></details></div>"
        )


def _frame(table: pa.Table) -> pd.DataFrame:
    import pandas as pd

    data = {}
    for name in table.column_names:
        column = table.column(name)
        if (column.null_count or _nan_is_a_value(table.field(name), column)) and not _is_text(column.type):
            data[name] = pd.Series(pd.arrays.ArrowExtensionArray(column))
        else:
            data[name] = column.to_pandas()
    return pd.DataFrame(data)


def _nan_is_a_value(field: Any, column: Any) -> bool:
    """Photometry: observed and not positive, which pandas' own floats would not tell from missing."""
    import pyarrow.compute as pc
    import pyarrow.types as pt

    if b"state" not in (field.metadata or {}) or not pt.is_floating(column.type):
        return False
    return bool(pc.any(pc.is_nan(column)).as_py())


def _is_text(kind: Any) -> bool:
    import pyarrow.types as pt

    return pt.is_string(kind) or pt.is_large_string(kind)
