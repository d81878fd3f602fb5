"""Quality flag, identifier, survey and instrument type among a table's columns."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from pz_tsm.sources.proposals import Proposal

if TYPE_CHECKING:
    from pz_tsm.sources.candidates import Pool
    from pz_tsm.sources.evidence import Evidence

CLASSES = 250  # more different values than this are no classes
SCALE = "z_flag_homogenized"
TYPES = {"s", "g", "p"}


def flag(pool: Pool, found: dict[str, Proposal]) -> Proposal | None:
    """The quality flag; where another column tells more of the same, that one, and it is not sure."""
    from pz_tsm.sources.candidates import LIKELY, among, proposal, taken

    used = taken(found)

    def fits(one: Evidence) -> bool:
        return (
            one.name not in used
            and not one.empty
            and not one.said("unit")
            and one.distinct <= CLASSES
            and str(one.field.type) != "bool"
        )

    if SCALE in pool.names and fits(pool[SCALE]) and (pool.known is None or SCALE not in pool.known.columns):
        return Proposal("z_flag", (SCALE,), "flags on the common scale, of an earlier product")
    known: Proposal | None = None
    likely: list[Evidence] = []
    for why, columns in pool.tiers("z_flag"):
        columns = [one for one in columns if fits(one)]
        if why == LIKELY:
            likely = columns
            break
        if not columns or known is not None:
            continue
        exact = [one for one in columns if one.name == "z_flag"]
        columns = exact[:1] or columns
        known = among(_flag(proposal, columns[0], why), [other.name for other in columns[1:]])
        if pool.known and why not in ("UCD", "name"):
            return known
    if known is not None:
        coarse = pool[known.columns[0]]
        finer = [one for one in likely if one.name != coarse.name and _tells(one, coarse)]
        if not finer:
            return known
        text = f"it {'tells' if coarse.rows else 'may tell'} more than '{coarse.name}'"
        return among(_flag(proposal, finer[0], LIKELY), [*known.columns, *known.others], why=text)
    if not likely or (pool.known and not pool.known.has_flag):
        return None
    near = _about_redshift(likely, found)
    chosen = replace(_flag(proposal, near[0], LIKELY), doubt="name")
    return among(chosen, [other.name for other in near[1:]])


def _about_redshift(columns: list[Evidence], found: dict[str, Proposal]) -> list[Evidence]:
    """Those whose names speak of the redshift, if any do."""
    z = re.sub(r"[^a-z0-9]", "", found["z"].columns[0].lower()) if "z" in found else "z"
    return (
        [one for one in columns if z != "z" and z in one.plain]
        or [one for one in columns if re.search(r"^(q|conf)?z|z$", one.plain)]
        or columns
    )


def _flag(proposal, one: Evidence, why: str) -> Proposal:  # noqa: ANN001 - candidates.proposal
    count = "one value" if one.distinct == 1 else f"{one.distinct:,} different values"
    return proposal("z_flag", one, why, count if one.rows else "")


def _tells(one: Evidence, other: Evidence) -> bool:
    """Whether a column's values tell the other's, and more."""
    import pyarrow as pa

    if not one.rows:
        return one.plain.endswith(other.plain)
    if len(one.values) != len(other.values) or not 1 < other.distinct < one.distinct:
        return False
    pairs = pa.table({"a": one.values, "b": other.values}).group_by(["a", "b"]).aggregate([])
    return pairs.num_rows == len(one.values.unique())


def identifier(pool: Pool, found: dict[str, Proposal]) -> Proposal | None:
    """The column that names each row. Any that differs in every row will do, so several are no doubt."""
    from pz_tsm.sources.candidates import LIKELY, among, proposal, taken

    used = taken(found)

    def fits(one: Evidence) -> bool:
        whole = not one.rows or not one.is_number or bool((one.numbers % 1 == 0).all())
        return one.name not in used and not one.empty and whole and str(one.field.type) != "bool"

    stems = _survey_stems(pool)
    repeating: Proposal | None = None
    for why, columns in pool.tiers("id"):
        columns = [one for one in columns if fits(one)]
        if why == LIKELY:
            columns += [one for one in _named_as(pool, stems) if fits(one) and one not in columns]
        columns.sort(key=lambda one: (not one.unique, not any(stem in one.plain for stem in stems)))
        if not columns:
            continue
        one = columns[0]
        if one.unique:
            others = [other.name for other in columns[1:] if other.unique]
            chosen = proposal("id", one, why, "another in every row")
            named = any(stem in one.plain for stem in stems)
            return among(chosen, others) if why == LIKELY and not named else chosen
        if not one.rows:
            loose = replace(proposal("id", one, why), doubt="name" if why == LIKELY else None)
            return among(loose, [other.name for other in columns[1:]])
        if repeating is None and why != LIKELY:
            repeating = _repeating(proposal("id", one, why, doubt="values"), one, pool)
    named = [one for one in _named_as(pool, stems) if fits(one) and one.unique]
    if named:
        return proposal("id", named[0], "named as the survey", "another in every row")
    return repeating or _by_values(pool, fits)


def _by_values(pool: Pool, fits: Callable[[Evidence], bool]) -> Proposal | None:
    """The first column of text, else of integers, with another value in every row: no more than a hint."""
    for text in (True, False):
        for name in pool.names:
            if pool.kind(name) == ("text" if text else "int") and not _of_position(name):
                one = pool[name]
                if fits(one) and one.unique and not one.sexagesimal:
                    return Proposal("id", (name,), "another value in every row", doubt="name")
    return None


def _of_position(name: str) -> bool:
    """Whether a name is a position's, or the index that pandas has written."""
    return bool(re.match(r"_?(ra|de|alpha|delta)|__index", name, re.I))


def _survey_stems(pool: Pool) -> list[str]:
    """The survey's name as it may stand in a column's name."""
    name = re.sub(r"[^a-z0-9]", "", pool.known.survey.survey.lower()) if pool.known else ""
    return [name] if len(name) >= 3 else []


def _named_as(pool: Pool, stems: list[str]) -> list[Evidence]:
    """Columns called as the survey is (ELAIS, 6dFGS), or as its name begins."""
    names = {name: plain for name, plain in pool.plain.items() if len(plain) >= 4}
    return [pool[name] for name, plain in names.items() if any(stem.startswith(plain) for stem in stems)]


def _repeating(one: Proposal, column: Evidence, pool: Pool) -> Proposal:
    """What is to be known of an identifier that repeats: with which other column it does not."""
    import pyarrow as pa

    known = len(column.texts)
    reason = f"{one.reason}; but its values repeat ({column.distinct:,} different in {column.rows:,} rows)"
    if known < column.rows:
        reason = f"{one.reason}; but {column.rows - known:,} of {column.rows:,} rows have none or repeat one"
    for name in pool.names:
        if re.search("field|tile|plate|pointing|survey|mask", name, re.I):
            beside = pool[name]
            if 1 < beside.distinct < column.rows / 2:
                pairs = pa.table({"a": column.values, "b": beside.values}).group_by(["a", "b"]).aggregate([])
                if pairs.num_rows == column.rows:
                    return replace(
                        one, reason=f"{reason}; with '{name}' none does", others=(f"{name}+{column.name}",)
                    )
    return replace(one, reason=reason)


def survey(pool: Pool, found: dict[str, Proposal]) -> Proposal | None:
    """The column that names the survey of each row."""
    from pz_tsm.sources.candidates import LIKELY, among, proposal, taken
    from pz_tsm.sources.recognised import known_share

    used = taken(found)
    for why, columns in pool.tiers("survey"):
        columns = [one for one in columns if one.name not in used and not one.empty and _is_class(one)]
        if why == LIKELY:
            known = [one for one in columns if known_share(one) >= 0.8 and one.rows]
            if known:
                return proposal("survey", known[0], "its values are surveys", _shown(known[0]))
            columns = [one for one in columns if one.plain in ("source", "survey", "origin")]
        if not columns:
            continue
        one = columns[0]
        chosen = proposal("survey", one, why, _shown(one))
        if why == LIKELY:
            return replace(chosen, doubt="name")
        if pool.known and one.rows and not known_share(one):
            text = f"but no survey is known by its values, and this seems to be {pool.known.survey.survey}"
            return replace(chosen, doubt="values", reason=f"{chosen.reason}, {text}")
        return among(chosen, [other.name for other in columns[1:]])
    return None


def _is_class(one: Evidence) -> bool:
    return (one.is_text or not one.rows) and one.distinct <= CLASSES


def _shown(one: Evidence) -> str:
    names = sorted({value.as_py() for value in one.texts.unique()[:CLASSES]})
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def instrument(pool: Pool, found: dict[str, Proposal]) -> Proposal | None:
    """A column of s, g and p: how the redshift was measured."""
    from pz_tsm.sources.candidates import proposal, taken

    used = taken(found)
    order = ("instrumenttypehomogenized", "instrumenttype")
    columns = []
    for _, matched in pool.tiers("instrument_type"):
        for one in matched:
            if one.name in used or not one.is_text or one.empty:
                continue
            values = {str(value.as_py()).lower() for value in one.texts.unique()}
            if values and values <= TYPES:
                columns.append((order.index(one.plain) if one.plain in order else 2, one, values))
    if not columns:
        return None
    _, one, values = min(columns, key=lambda way: way[0])
    return proposal("instrument_type", one, f"its values are {', '.join(sorted(values))}")
