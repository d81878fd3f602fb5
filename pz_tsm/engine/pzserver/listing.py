"""Lists: filters, search, ordering, pages and the OPTIONS answer that describes them.

A list never fails on an unknown parameter: it has no effect, as on the real server, but the answer says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pz_tsm.engine.pzserver.db import Database
from pz_tsm.engine.pzserver.errors import ApiError, invalid
from pz_tsm.engine.pzserver.fields import FALSE, TRUE, Wrong, integer

COMMON = {"page", "page_size", "ordering", "search", "format"}
PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000
NOT_A_CHOICE = "Select a valid choice. That choice is not one of the available choices."

Condition = tuple[str, list[Any]]


@dataclass(frozen=True)
class Filter:
    """One query parameter. ``make(db, name, text)`` gives SQL and its values, or None to ignore the text."""

    kind: str  # name of the filter class, as OPTIONS shows it
    make: Callable[[Database, str, str], Condition | None]
    choices: tuple[tuple[int, str], ...] = ()


def parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def exact(column: str) -> Filter:
    return Filter("CharFilter", lambda db, name, text: (f"{column} = ?", [text]))


def exact_in(column: str) -> Filter:
    def make(db: Database, name: str, text: str) -> Condition:
        values = parts(text)
        return f"{column} IN ({', '.join('?' * len(values))})", list(values)

    return Filter("CharInFilter", make)


def existing(db: Database, table: str, name: str, text: str) -> int:
    try:
        key = integer(text.strip())
    except Wrong:
        raise invalid(name, NOT_A_CHOICE) from None
    if db.one(f"SELECT id FROM {table} WHERE id = ?", key) is None:
        raise invalid(name, NOT_A_CHOICE)
    return key


def key(column: str, table: str) -> Filter:
    return Filter(
        "ModelChoiceFilter", lambda db, name, text: (f"{column} = ?", [existing(db, table, name, text)])
    )


def key_in(column: str, table: str) -> Filter:
    def make(db: Database, name: str, text: str) -> Condition:
        values: list[Any] = [existing(db, table, name, part) for part in parts(text)]
        return f"{column} IN ({', '.join('?' * len(values))})", values

    return Filter("ModelChoiceInFilter", make)


def number(column: str) -> Filter:
    def make(db: Database, name: str, text: str) -> Condition:
        try:
            return f"{column} = ?", [integer(text.strip())]
        except Wrong:
            raise invalid(name, "Enter a number.") from None

    return Filter("NumberFilter", make)


def number_in(column: str) -> Filter:
    def make(db: Database, name: str, text: str) -> Condition:
        try:
            values: list[Any] = [integer(part) for part in parts(text)]
        except Wrong:
            raise invalid(name, "Enter a number.") from None
        return f"{column} IN ({', '.join('?' * len(values))})", values

    return Filter("NumberInFilter", make)


def choice(column: str, choices: tuple[tuple[int, str], ...]) -> Filter:
    def make(db: Database, name: str, text: str) -> Condition:
        if text.strip() not in [str(value) for value, _ in choices]:
            raise invalid(name, f"Select a valid choice. {text} is not one of the available choices.")
        return f"{column} = ?", [int(text)]

    return Filter("ChoiceFilter", make, choices)


def boolean(sql_true: str, sql_false: str) -> Filter:
    """A text that is neither true nor false is ignored, as the real server does."""

    def make(db: Database, name: str, text: str) -> Condition | None:
        word = text.strip().lower()
        return (sql_true, []) if word in TRUE else (sql_false, []) if word in FALSE else None

    return Filter("BooleanFilter", make)


def boolean_in(column: str) -> Filter:
    def make(db: Database, name: str, text: str) -> Condition:
        values: list[Any] = [
            int(part.lower() in TRUE) for part in parts(text) if part.lower() in TRUE | FALSE
        ]
        return f"{column} IN ({', '.join('?' * len(values))})", values

    return Filter("BooleanInFilter", make)


def contains(*columns: str, any_part: bool = False) -> Filter:
    """Comma-separated parts, each a case-insensitive substring of any column; AND-ed unless ``any_part``."""

    def make(db: Database, name: str, text: str) -> Condition:
        return search_condition(parts(text), columns, " OR " if any_part else " AND ")

    return Filter("CharFilter", make)


def search_condition(words: list[str], columns: tuple[str, ...], joint: str = " AND ") -> Condition:
    one = "(" + " OR ".join(f"holds({column}, ?)" for column in columns) + ")"
    values = [word.casefold() for word in words for _ in columns]
    return "(" + joint.join(one for _ in words) + ")", values


@dataclass(frozen=True)
class Listing:
    """What a collection can be asked for. ``select`` ends where WHERE would begin; ``order`` maps names to
    SQL."""

    name: str  # "Product List"
    select: str
    id: str  # SQL of the row's id, the last word in any ordering
    filters: dict[str, Filter] = field(default_factory=dict)
    search: dict[str, str] = field(default_factory=dict)  # name in OPTIONS -> SQL
    order: dict[str, str] = field(default_factory=dict)
    default_order: str = "id"
    plain_filters: bool = False  # OPTIONS: names under "filterset" rather than "filter_classes"
    shows_order: bool = False

    def page(
        self,
        db: Database,
        query: dict[str, str],
        row: Callable[[Any], dict[str, Any]],
        always: Condition = ("1", []),
    ) -> dict[str, Any]:
        """The body of the list: ``count`` of all rows that pass and one page of ``results``."""
        where, values = [always[0]], list(always[1])
        for name, chosen in self.filters.items():
            text = query.get(name, "")
            condition = chosen.make(db, name, text) if text.strip(", \t") else None
            if condition:
                where.append(condition[0])
                values += condition[1]
        words = query.get("search", "").replace("\x00", "").replace(",", " ").split()
        if words and self.search:
            sql, more = search_condition(words, tuple(self.search.values()))
            where.append(sql)
            values += more
        tail = f" WHERE {' AND '.join(where)}"
        count = db.scalar(f"SELECT count(*) FROM ({self.select}{tail})", *values)
        start, size = self._slice(query, count)
        sql = f"{self.select}{tail} ORDER BY {self._order(query)} LIMIT ? OFFSET ?"
        body = {"count": count, "results": [row(found) for found in db.all(sql, *values, size, start)]}
        unknown = [name for name in query if name not in self.filters and name not in COMMON]
        if unknown:
            body["warnings"] = [f"The parameter '{name}' is not known and has no effect." for name in unknown]
        return body

    def _slice(self, query: dict[str, str], count: int) -> tuple[int, int]:
        try:
            size = int(query.get("page_size", PAGE_SIZE))
        except ValueError:
            size = PAGE_SIZE
        size = PAGE_SIZE if size <= 0 else min(size, MAX_PAGE_SIZE)
        pages = max(1, -(-count // size))
        text = query.get("page", "1") or "1"
        try:
            page = pages if text == "last" else int(text)
        except ValueError:
            page = 0
        if not 1 <= page <= pages:
            raise ApiError(404, {"detail": "Invalid page."})
        return (page - 1) * size, size

    def _order(self, query: dict[str, str]) -> str:
        wanted = [term.strip() for term in query.get("ordering", "").split(",")]
        terms = [term for term in wanted if term.lstrip("-") in self.order]
        if not terms:
            terms = self.default_order.split(",")
        known = {"id": self.id, **self.order}
        sql = [known[term.lstrip("-")] + (" DESC" if term.startswith("-") else "") for term in terms]
        return ", ".join([*sql, self.id + (" DESC" if terms[0].startswith("-") else "")])

    def options(self, actions: dict[str, Any] | None = None) -> dict[str, Any]:
        """The OPTIONS body. The official client checks its filters against it."""
        body: dict[str, Any] = {
            "name": self.name,
            "description": "",
            "renders": ["application/json", "text/html"],
            "parses": ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
        }
        if actions:
            body["actions"] = {"POST": actions}
        if self.plain_filters:
            body["filterset"] = list(self.filters)
        elif self.filters:
            body["filter_classes"] = [self._describe(name, chosen) for name, chosen in self.filters.items()]
        if self.search:
            body["search"] = list(self.search)
        if self.shows_order:
            body["ordering"] = list(self.order)
        return body

    @staticmethod
    def _describe(name: str, chosen: Filter) -> dict[str, Any]:
        described: dict[str, Any] = {"name": name, "type": chosen.kind}
        if chosen.choices:
            described["choices"] = [
                {"value": value, "display_name": label} for value, label in chosen.choices
            ]
        return described
