"""The surveys of one input: their rows, and who has rules for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.expr import nearest
from pz_tsm.ops.homogenize import packs as rule_packs
from pz_tsm.ops.homogenize import rules_run as run_rules
from pz_tsm.ops.homogenize.pack_model import Pack, SurveyRules

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from pz_tsm.ops.base import Report


@dataclass
class Survey:
    """One survey of the input: its rows, and who has rules for it."""

    name: str
    where: Any  # indices of its rows, or slice(None) for all
    rows: int
    pack: Pack | None = None
    canonical: str = ""
    rules: SurveyRules | None = None
    asked: bool = True  # whether its flag rules are used

    @property
    def label(self) -> str:
        return f"{self.pack.name}/{self.canonical}" if self.pack else self.name


def survey(codes: np.ndarray, code: int, name: str, packs: list[Pack]) -> Survey:
    """The rows that have ``code``, and the first pack that knows the name."""
    import numpy as np

    inside = codes == code
    count = int(np.count_nonzero(inside))
    found = Survey(name, slice(None) if count == len(codes) else np.flatnonzero(inside), count)
    for pack in packs:
        hit = pack.find(name)
        if hit:
            found.pack, (found.canonical, found.rules) = pack, hit
            break
    return found


def survey_part(table: pa.Table, one: Survey) -> pa.Table:
    """The survey's rows, with the columns that its rules read."""
    names = wanted(one)
    part = table.select([name for name in table.column_names if name in names])
    return part if isinstance(one.where, slice) else part.take(one.where)


def wanted(one: Survey) -> set[str]:
    """The columns that a survey's rules read."""
    return {"z_flag", *one.rules.needs, *rule_packs.used(one.rules)} if one.rules else set()


def in_any_case(table: pa.Table, surveys: list[Survey], report: Report) -> pa.Table:
    """The table with each column that rules read under their name for it: archives write CLASS as class.

    A column of that name and one that differs by case stand for each other's nulls, as they do in inputs put
    together. Said in the report; where several differ by case only, nothing is done.
    """
    import pyarrow.compute as pc

    from pz_tsm.ops.base import Finding

    for one in surveys:
        for name in sorted(wanted(one) - set(run_rules.MAPPED)):
            others = [n for n in table.column_names if n != name and n.lower() == name.lower()]
            if len(others) != 1:
                continue
            column = table.column(others[0])
            if name not in table.column_names:
                table = table.append_column(name, column)
            elif table.column(name).type == column.type and table.column(name).null_count:
                at = table.column_names.index(name)
                table = table.set_column(at, name, pc.coalesce(table.column(name), column))
            else:
                continue
            said = f"The rules of {one.name} read column '{name}' from '{others[0]}'."
            report.findings.append(Finding("note", said, where=others[0]))
    return table


def survey_names(table: pa.Table, packs: list[Pack], *, needed: bool) -> tuple[list[str], np.ndarray]:
    """Names (upper case) and each row's place among them; all known to the packs, or TsmError."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if "survey" not in table.column_names:
        if not needed:
            return [], np.zeros(table.num_rows, dtype=np.int64)
        close = [one for one in table.column_names if "survey" in one.lower()]
        raise TsmError(
            "The table has no column 'survey', and the rules for its flags go by survey.",
            remedy=f"Map it (columns: {{survey: {close[0] if close else '...'}}}), "
            "or name the survey of the whole input (survey: NAME).",
            where="survey",
        )
    upper = pc.utf8_upper(pc.utf8_trim_whitespace(table.column("survey").cast(pa.string())))
    encoded = pc.dictionary_encode(upper).combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0) if encoded.num_chunks else pc.dictionary_encode(pa.array([], pa.string()))
    names = encoded.dictionary.to_pylist()
    if needed and encoded.null_count:
        raise TsmError(
            f"{encoded.null_count} rows have no survey name.",
            remedy="Fill the column, or name the survey of the whole input (survey: NAME).",
            where="survey",
        )
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    unknown = [name for name in names if not any(pack.find(name) for pack in packs)]
    if needed and unknown:
        _unknown(unknown, codes, names, packs)
    return names, codes


def _unknown(unknown: list[str], codes: np.ndarray, names: list[str], packs: list[Pack]) -> None:
    known = rule_packs.known(packs)
    close = nearest(unknown[0], known)
    counts = ", ".join(f"'{name}' ({int((codes == names.index(name)).sum())} rows)" for name in unknown[:10])
    hint = f"Did you mean {' or '.join(close)}? " if close else ""
    raise TsmError(
        f"No rule pack knows survey {counts}.",
        remedy=f"{hint}Give its rules under 'surveys:' of this step or in a pack of your own. "
        f"Known: {', '.join(known)}.",
        where=unknown[0],
    )
