"""Coverage in a notebook: a meter that answers for one cut after another, and how an answer is shown."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pz_tsm import target as targets
from pz_tsm.coverage.measure import Coverage, prepare
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa


class Shown:
    """Coverage by some rows, as a notebook shows it: picture and numbers. ``numbers``: as in
    qa/coverage.json. No row of the table is in it."""

    def __init__(self, numbers: dict[str, Any], label: str = "") -> None:
        self.numbers = numbers
        self.label = label

    def __repr__(self) -> str:
        from pz_tsm.bundle.qa_coverage import words

        return f"<coverage{' of ' + self.label if self.label else ''}: {words(self.numbers)}>"

    def _repr_html_(self) -> str:
        from pz_tsm.bundle.qa_coverage import picture

        rows = "".join(
            f"<tr><th style='text-align:left'>{escape(name)}</th>"
            f"<td style='text-align:left'>{escape(said)}</td></tr>"
            for name, said in lines(self.numbers)
        )
        head = f"<strong>{escape(self.label)}</strong>" if self.label else ""
        return (
            f"<div>{head}<div style='max-width:640px'>{picture(self.numbers)}</div>"
            f"<table><tbody>{rows}</tbody></table></div>"
        )


class Meter:
    """Cells worked out once, so that the coverage of another cut is a count.

    ``meter("i_snr >= 20")``, ``meter(mask)``, ``meter(view.selection)``: coverage by these rows, of those
    that the table counts at all (``rows``: the part, or the best rows).
    """

    def __init__(self, table: pa.Table, coverage: Coverage, rows: np.ndarray) -> None:
        self.table = table
        self.coverage = coverage
        self.rows = rows

    def __call__(self, cut: Any = None) -> Shown:
        """TsmError says what is wrong with a condition, or that a mask has another length."""
        if cut is None:
            return Shown(self.coverage.of(self.rows))
        if hasattr(cut, "mask") and hasattr(cut, "condition"):  # what is selected in a view
            mask, label = np.asarray(cut.mask), cut.condition
        elif isinstance(cut, str):
            from pz_tsm import expr

            mask, label = np.asarray(expr.mask(cut, self.table)), cut
        else:
            mask, label = np.ma.filled(np.ma.asarray(cut), False), ""
        if mask.dtype != bool or mask.shape != self.rows.shape:
            raise TsmError(
                f"The meter takes a condition, or a mask of the {len(self.rows):,} rows of its table.",
                remedy='For example meter("i_snr >= 20").',
            )
        return Shown(self.coverage.of(self.rows & mask), label)

    def follow(self, view: Any) -> None:
        """Show the coverage by what is selected in ``view = pz_tsm.explore(table)``, and again whenever that
        changes. The view's table must be this meter's."""
        from IPython.display import display

        shown = display(self(view.selection), display_id=True)
        view.on_select(lambda selection: shown.update(self(selection)))


def meter(
    table: Any,
    target: Any,
    features: Sequence[str] | None = None,
    *,
    part: str | None = None,
    side: int = 16,
    seed: int = 0,
) -> Meter:
    """A meter of a table (``pz_tsm.Table`` or Arrow) against a target (``pz_tsm.target.Target``, or its
    file).

    ``features``: a magnitude, then colours; left out, those of ``default_features``. ``part``: train, or all
    best rows before a split. TsmError where table and target can't be compared.
    """
    from pz_tsm.ops.coverage import rows_of

    arrow = getattr(table, "arrow", table)
    sample = targets.read(target) if isinstance(target, str | Path) else target
    names = list(features) if features else default_features(arrow, sample)
    return Meter(arrow, prepare(arrow, sample, names, side=side, seed=seed), rows_of(arrow, part))


def default_features(table: pa.Table, target: targets.Target) -> list[str]:
    """The magnitude in i and the colours of neighbouring bands, of the family that both sides have in the
    most bands; TsmError where they share none."""
    from pz_tsm import releases
    from pz_tsm.ops.fluxes import families_of

    profile = releases.of_table(table.schema)
    families = families_of(table, profile) if profile is not None else {}
    there = set(target.table.column_names)
    found = [
        {band: name for band, name in family.mag.items() if name in there} for family in families.values()
    ]
    bands = max(found, key=len, default={})
    if len(bands) < 2:
        raise TsmError(
            "Table and target have no two magnitudes in common.",
            remedy="Name the features: [i_gaap1p0Mag, g_gaap1p0Mag - r_gaap1p0Mag].",
            where="features",
        )
    order = [band for band in "ugrizy" if band in bands]
    first = "i" if "i" in bands else order[-1]
    return [bands[first], *(f"{bands[a]} - {bands[b]}" for a, b in zip(order, order[1:], strict=False))]


def lines(found: dict[str, Any]) -> list[tuple[str, str]]:
    """The numbers as a reader wants them: name and value."""
    states, limit = found["states"]["som"], found["mag_limit_90"]
    told = [
        ("Target", f"{found['target']['release']}, {found['n_target']:,} objects"),
        ("Training rows", f"{found['rows']:,}"),
        ("Cells of the map", ", ".join(f"{states[name]} {name}" for name in ("filled", "sparse", "empty"))),
        ("Target in empty cells", f"{100 * found['frac_target_in_empty_cells']:.1f} %"),
        ("Target in sparse cells", f"{100 * found['frac_target_in_sparse_cells']:.1f} %"),
        ("90 % of the target supported to", "no magnitude" if limit is None else f"{limit:.1f} mag"),
    ]
    if found["redshift"]:
        told.append(
            ("Redshifts (99 %)", f"{found['redshift']['low']:.4f} to {found['redshift']['high']:.4f}")
        )
    if found["effective_sample_size"] is not None:
        told.append(("Effective sample size", f"{found['effective_sample_size']:,.0f}"))
    if found["rows"]:
        told += [
            (f"Survey {one['survey']}", f"{one['rows']:,} rows, {100 * one['rows'] / found['rows']:.1f} %")
            for one in found["by_survey"]
        ]
    told += [("S/N, training against target", text) for text in _noise(found["snr"])]
    if found["rows_without_features"]:
        told.append(("Rows without all features", f"{found['rows_without_features']:,}, counted nowhere"))
    told.append(("What it can't see", found["cannot_see"]))
    return told


def _noise(snr: dict[str, Any] | None) -> list[str]:
    """The median S/N of both at the faintest magnitude that both have."""
    if snr is None:
        return []
    both = [k for k, pair in enumerate(zip(snr["train"], snr["target"], strict=True)) if None not in pair]
    if not both:
        return []
    k = both[-1]
    mag = snr["mag_from"] + snr["mag_bin"] * (k + 0.5)
    return [f"{snr['train'][k]:.3g} and {snr['target'][k]:.3g} at {mag:.2f} mag ({snr['column']})"]
