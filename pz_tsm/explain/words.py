"""The sentences of an explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pz_tsm import expr
from pz_tsm.errors import TsmError
from pz_tsm.expr.syntax import Binary, Expr, Preset
from pz_tsm.redshifts import agree, difference

if TYPE_CHECKING:
    import pyarrow as pa

CRITERIA = {
    "separation": "the separation from the group's centre",
    "row_id": "the row_id, the last criterion",
    "CRD_ID": "the CRD_ID, the lowest as text",
    "survey_rank": "the surveys' rank",
}

AFTER_MATCH = {  # why a match left an object without a best row, by verdict
    "unmatched": "no object of the release lies within the radius",
    "blend": "another redshift of the same object of the release disagrees",
}


def write(said: dict[str, Any], method: dict[str, Any], rows: dict[str, pa.Table]) -> None:
    """Put a ``sentence`` into an explanation and into each of its measurements; ``rows``: by row_id."""
    listed = said["measurements"]
    known = {one["row_id"]: one for one in listed}
    for one in listed:
        one["sentence"] = " ".join(
            part for part in (_flag(one), _verdict(one, known, said, method, rows[one["row_id"]])) if part
        )
    said["sentence"] = " ".join(part for part in (_object(said, method), _chain(said)) if part)


def _object(said: dict[str, Any], method: dict[str, Any]) -> str:
    listed = said["measurements"]
    count, secure = said["n_meas"] or len(listed), said["n_secure"]
    best = next((one for one in listed if one["is_best"]), None)
    chosen = f"The best is {name(best)}, z = {number(best['redshift'])}." if best else ""
    if said["agreement"] == "conflict":
        return f"{_disagreeing(listed, count)} {_fate(best, method)}"
    if count == 1 and len(listed) == 1:
        why = {"star": "it is a star", "photo-z": "it is a photometric redshift", **AFTER_MATCH}
        text = "There is one measurement of this object."
        if best is None:
            text += f" It has no best redshift: {why.get(listed[0]['verdict'], 'the row may not win')}."
        return text
    text = f"{count} measurement{'s' * (count != 1)}"
    if secure is not None:
        text += f", {secure or 'none'} of them secure" if count > 1 else f", {'' if secure else 'not '}secure"
    if said["agreement"] == "agree":
        zs = [one["redshift"] for one in listed if _is_secure(one)]
        text += "; these agree" + (f" within {small(max(zs) - min(zs))} in redshift" if len(zs) > 1 else "")
    elif said["agreement"] == "unsure":
        text += ": nothing confirms the redshift"
    if not chosen:
        verdicts = {one["verdict"] for one in listed}
        later = [said for verdict, said in AFTER_MATCH.items() if verdict in verdicts]
        if "conflict" in verdicts:
            chosen = "They disagree: no row is the best."
        else:
            chosen = f"None is the best: {later[0]}." if later else "None of them may be the best."
    return f"{text}. {chosen}"


def _disagreeing(listed: list[dict[str, Any]], count: int) -> str:
    secure = sorted((one for one in listed if _is_secure(one)), key=lambda one: one["redshift"])
    if len(secure) < 2:
        return f"Secure redshifts of {count} measurements disagree."
    low, high = secure[0], secure[-1]
    return (
        f"{len(secure)} secure redshifts disagree: {name(low)} says {number(low['redshift'])}, {name(high)} "
        f"{number(high['redshift'])}; dz/(1+z) = {small(difference(high['redshift'], low['redshift']))}."
    )


def _fate(best: dict[str, Any] | None, method: dict[str, Any]) -> str:
    if best is None:
        return "No row is the best until you decide."
    if best["decision"] and best["decision"]["kind"] == "prefer":
        return f"Your decision: {name(best)}, z = {number(best['redshift'])}."
    if method.get("conflicts") == "best":
        return f"The criteria decided all the same: {name(best)}, z = {number(best['redshift'])}."
    return f"The best is {name(best)}, z = {number(best['redshift'])}."


def _chain(said: dict[str, Any]) -> str:
    wide, radius = said["chain_arcsec"], said["radius_arcsec"]
    if wide is None or radius is None or wide <= radius:
        return ""
    return f'The group is {wide:.2f}" wide, with a radius of {number(radius)}": not all rows are neighbours.'


def _flag(one: dict[str, Any]) -> str:
    survey, original, flag = one["survey"] or "The catalogue", one["z_flag_orig"], one["z_flag_homogenized"]
    proposed = " by a proposed rule" if one["rule_status"] == "proposed" else ""
    words = f" ('{one['meaning']}')" if one["meaning"] else ""
    if original is None:
        if flag is None:
            return f"{survey} gives no flag."
        return (
            f"{survey}{words}: flag {number(flag)}{proposed}." if words else f"{survey}: flag {number(flag)}."
        )
    if flag is None:
        return f"{survey} flag {original}{words} became none: no rule has an answer."
    of_survey = f" ('{one['meaning']}' in the survey's words)" if one["meaning"] else ""
    return f"{survey} flag {original}{of_survey} became {number(flag)}{proposed}."


def _verdict(
    one: dict[str, Any],
    known: dict[str, dict[str, Any]],
    said: dict[str, Any],
    method: dict[str, Any],
    row: pa.Table,
) -> str:
    verdict, rival = one["verdict"], known.get(one["rival"] or "")
    decision = one["decision"] or {}
    other = name(rival) if rival else (f"row {one['rival']}" if one["rival"] else None)
    if verdict == "excluded":
        return f"You excluded it: {decision.get('reason', 'no reason is recorded')}."
    if decision.get("kind") == "prefer" and one["is_best"]:
        return f"It wins by your decision: {decision['reason']}."
    if verdict == "single":
        return "It is the only measurement that may win."
    if verdict == "blend":
        return (
            "Other groups have the same object of the release, and their redshifts disagree: it is set aside."
        )
    if verdict == "unmatched":
        return "It was the best of its group, but no object of the release lies within the radius."
    if verdict == "lost" and one["decided_by"] == "same object":
        return f"It lost to {other}: both have the same object of the release, which keeps one."
    if verdict in ("won", "lost"):
        return _contest(one, rival, other, said)
    if verdict == "conflict":
        return _clash(one, rival, other, said)
    after = f" The best is {other}." if rival and rival["is_best"] else ""
    if verdict == "star":
        return f"It is a star, and so it may not win.{after}"
    if verdict == "photo-z":
        return f"It is a photometric redshift, and so it may not win.{after}"
    if one["decided_by"] == "position":
        return "It has no position: it stays alone and may not win."
    if verdict == "ineligible":
        return f"It may not win: {failing(str(method.get('eligible') or ''), row)}.{after}"
    return ""


def _contest(
    one: dict[str, Any], rival: dict[str, Any] | None, other: str | None, said: dict[str, Any]
) -> str:
    by, won = one["decided_by"], one["verdict"] == "won"
    if other is None:
        return "It won: no other row of its group may win." if won else "It lost."
    head = f"It {'won over' if won else 'lost to'} {other}"
    if by == "decision":
        reason = ((rival or {}).get("decision") or {}).get("reason")
        return f"{head} by your decision{': ' + reason if reason else ''}."
    text = f"{head} on {CRITERIA.get(by, by)}"
    mine, its = one["decided_value"], one["rival_value"]
    if mine is not None or its is not None:
        text += f": {mine or 'none'} against {its or 'none'}"
    tolerance = next((c["tolerance"] for c in said["criteria"] if c["by"] == by), None)
    if tolerance and by != "separation":
        text += f" (within {number(tolerance)} of the group's best counts as equal)"
    return f"{text}{_apart(one)}."


def _apart(one: dict[str, Any]) -> str:
    text = ""
    if one["rival_sep"] is not None:
        text += f'; {one["rival_sep"]:.2f}" apart'
    if one["rival_dz"] is not None:
        text += f"; redshifts differ by {small(one['rival_dz'])} in dz/(1+z)"
    return text


def _clash(one: dict[str, Any], rival: dict[str, Any] | None, other: str | None, said: dict[str, Any]) -> str:
    if rival is None or one["redshift"] is None or rival["redshift"] is None:
        return "Secure redshifts of its group disagree, so no row of it is the best."
    dz = small(difference(one["redshift"], rival["redshift"]))
    head = f"Its redshift {number(one['redshift'])} and the {number(rival['redshift'])} of {other}"
    if said["policy"] == "pz-server":
        return f"{head} differ by more than 0.001: the pipeline leaves them unresolved."
    allowed = [(said["tolerance"] or {}).get(row["instrument_type"] or "s") for row in (one, rival)]
    known = [value for value in allowed if value is not None]
    limit = f"; {number(max(known))} is allowed for their types" if known else ""
    if _dz_beyond(one, rival, max(known) if known else None):
        return f"{head} disagree: dz/(1+z) = {dz}{limit}. Nobody wins until you decide."
    return "Secure redshifts of its group disagree, so no row of it is the best."


def _dz_beyond(one: dict[str, Any], rival: dict[str, Any], limit: float | None) -> bool:
    return limit is None or not agree(one["redshift"], rival["redshift"], limit)


def failing(condition: str, row: pa.Table) -> str:
    """The parts of a condition (of AND) that a row of one fails, with the values that it has."""
    try:
        parts = _parts(expr.parse(condition))
        failed = [part for part in parts if not expr.mask(part, row)[0]]
        told = []
        for part in failed:
            values = {key: row.column(key)[0].as_py() for key in sorted(expr.columns(part))}
            has = ", ".join(f"{key} is {number(value)}" for key, value in values.items())
            told.append(f"{has}, where {expr.to_text(part)} is needed")
    except (TsmError, KeyError):
        told = []
    return "; ".join(told) or f"it fails the condition {condition}".rstrip()


def _parts(tree: Expr) -> list[Expr]:
    if isinstance(tree, Preset):
        return _parts(tree.body)
    if isinstance(tree, Binary) and tree.op == "AND":
        return [*_parts(tree.left), *_parts(tree.right)]
    return [tree]


def name(one: dict[str, Any]) -> str:
    """A measurement in a sentence: survey and its own id."""
    survey, own = one["survey"] or one["source_product"], one["source_row_id"]
    if survey is None:
        return f"row {one['row_id']}"
    return f"{survey} {str(own).strip()}" if own is not None else str(survey)


def number(value: Any) -> str:
    """A number as one writes it, to five digits; a redshift of 0.12340000 is 0.1234."""
    if value is None:
        return "none"
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def small(value: float) -> str:
    """A difference of redshifts, to two digits."""
    return "less than 0.000001" if abs(value) < 1e-6 else f"{abs(value):.2g}"


def _is_secure(one: dict[str, Any]) -> bool:
    return (
        one["z_flag_homogenized"] in (3, 4)
        and one["instrument_type"] != "p"
        and one["redshift"] is not None
        and one["verdict"] != "excluded"
    )
