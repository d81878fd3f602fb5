"""Conditions as text and as a tree: the condition part of ADQL, parsed by hand, never evaluated as code."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches

from pz_tsm.errors import TsmError
from pz_tsm.expr.presets import PRESETS

FUNCTIONS: dict[str, tuple[int, int]] = {  # name -> least and most arguments
    "ABS": (1, 1),
    "LOG10": (1, 1),
    "FLOOR": (1, 1),
    "MOD": (2, 2),
    "ROUND": (1, 2),
    "DIGIT": (1, 1),
    "UPPER": (1, 1),
}
KEYWORDS = frozenset("AND OR NOT BETWEEN IN LIKE IS NULL TRUE FALSE".split())
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
MAX_DEPTH = 30  # nesting of parentheses and NOTs
MAX_CHAIN = 200  # terms joined by AND, by OR, or by signs, one after the other


@dataclass(frozen=True)
class Expr:
    """A node of the tree; ``pos`` is the 0-based place in the text where it begins."""

    pos: int = field(default=0, compare=False, kw_only=True)


@dataclass(frozen=True)
class Literal(Expr):
    value: int | float | str | bool | None


@dataclass(frozen=True)
class Column(Expr):
    name: str
    quoted: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Preset(Expr):
    name: str
    body: Expr


@dataclass(frozen=True)
class Unary(Expr):
    op: str  # "-" or "NOT"
    arg: Expr


@dataclass(frozen=True)
class Binary(Expr):
    op: str  # + - * / = <> < <= > >= AND OR
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Between(Expr):
    arg: Expr
    low: Expr
    high: Expr
    negated: bool


@dataclass(frozen=True)
class In(Expr):
    arg: Expr
    items: tuple[Expr, ...]
    negated: bool


@dataclass(frozen=True)
class Like(Expr):
    arg: Expr
    pattern: str  # % any text, _ any one character; case matters
    negated: bool


@dataclass(frozen=True)
class IsNull(Expr):
    arg: Expr
    negated: bool


@dataclass(frozen=True)
class Call(Expr):
    name: str
    args: tuple[Expr, ...]


TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?)
    | (?P<text>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")+")
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<op><>|!=|<=|>=|[=<>+\-*/(),])
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Token:
    kind: str  # number, text, quoted, name, keyword, op, end
    text: str
    pos: int


def nearest(name: str, known: list[str] | tuple[str, ...], n: int = 3) -> list[str]:
    """The known names that look most like ``name``, ignoring case; the best first."""
    by_lower: dict[str, str] = {}
    for one in known:
        by_lower.setdefault(one.lower(), one)
    return [by_lower[low] for low in get_close_matches(name.lower(), list(by_lower), n=n, cutoff=0.6)]


def _trouble(text: str, pos: int, message: str) -> TsmError:
    shown = text if len(text) <= 120 else f"{text[:60]} ... {text[-30:]}"
    return TsmError(
        f"Condition '{shown}': {message} (character {pos + 1}).",
        remedy="Conditions are written as in ADQL, for example: survey IN ('VVDS', 'VUDS') AND redshift < 2.",
        where=f"character {pos + 1}",
    )


def _tokens(text: str) -> list[Token]:
    found, pos = [], 0
    while pos < len(text):
        if text[pos:].strip() == "":
            break
        match = TOKEN.match(text, pos)
        if match is None:
            start = pos + len(text[pos:]) - len(text[pos:].lstrip())
            if text[start] in "'\"":
                raise _trouble(text, start, "a quotation mark is never closed")
            raise _trouble(text, start, f"'{text[start]}' is not understood")
        kind = match.lastgroup or ""
        piece, start = match.group(kind), match.start(kind)
        pos = match.end()
        if kind == "number" and pos < len(text) and re.match(r"[A-Za-z_0-9.]", text[pos]):
            raise _trouble(text, start, f"'{piece}{text[pos]}' is neither a number nor a name")
        if kind == "name" and piece.upper() in KEYWORDS:
            kind, piece = "keyword", piece.upper()
        found.append(Token(kind, "<>" if piece == "!=" and kind == "op" else piece, start))
    found.append(Token("end", "", len(text)))
    return found


class _Parser:
    """Recursive descent. From loosest to tightest: OR, AND, NOT, one comparison, + -, * /, unary -."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0

    @property
    def now(self) -> Token:
        return self.tokens[self.at]

    def take(self, *texts: str) -> Token | None:
        """The current token, passed over, if it is one of these keywords or signs."""
        token = self.now
        if token.kind in ("keyword", "op") and token.text in texts:
            self.at += 1
            return token
        return None

    def need(self, text: str) -> Token:
        token = self.take(text)
        if token is None:
            raise self.wrong(f"'{text}' is expected here")
        return token

    def wrong(self, message: str) -> TsmError:
        token = self.now
        seen = "the text ends too early" if token.kind == "end" else f"'{token.text}' is unexpected"
        return _trouble(self.text, token.pos, f"{seen}; {message}")

    def whole(self) -> Expr:
        if self.now.kind == "end":
            raise _trouble(self.text, 0, "it is empty")
        tree = self.either()
        if self.now.kind != "end":
            raise self.wrong("the condition should be over, or go on with AND or OR")
        return tree

    def chain(self, part: Callable[[], Expr], *signs: str) -> Expr:
        """Terms joined by one kind of sign, grouped from the left."""
        left, length = part(), 1
        while token := self.take(*signs):
            left, length = Binary(token.text, left, part(), pos=token.pos), length + 1
            if length > MAX_CHAIN:
                raise _trouble(self.text, token.pos, f"more than {MAX_CHAIN} terms in a row; use IN (...)")
        return left

    def either(self) -> Expr:
        return self.chain(self.both, "OR")

    def both(self) -> Expr:
        return self.chain(self.negation, "AND")

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _trouble(self.text, self.now.pos, f"it is nested more than {MAX_DEPTH} deep")

    def negation(self) -> Expr:
        if token := self.take("NOT"):
            self.deeper()
            tree = Unary("NOT", self.negation(), pos=token.pos)
            self.depth -= 1
            return tree
        return self.comparison()

    def comparison(self) -> Expr:
        left = self.sum()
        if token := self.take("=", "<>", "<", "<=", ">", ">="):
            return Binary(token.text, left, self.sum(), pos=token.pos)
        if token := self.take("IS"):
            negated = self.take("NOT") is not None
            self.need("NULL")
            return IsNull(left, negated, pos=token.pos)
        negated = False
        if self.now.kind == "keyword" and self.now.text == "NOT":
            self.at += 1
            negated = True
        if token := self.take("BETWEEN"):
            low = self.sum()
            self.need("AND")
            return Between(left, low, self.sum(), negated, pos=token.pos)
        if token := self.take("IN"):
            self.need("(")
            items = [self.sum()]
            while self.take(","):
                items.append(self.sum())
            self.need(")")
            return In(left, tuple(items), negated, pos=token.pos)
        if token := self.take("LIKE"):
            if self.now.kind != "text":
                raise self.wrong("LIKE takes a text in single quotation marks")
            pattern = self.now.text[1:-1].replace("''", "'")
            self.at += 1
            return Like(left, pattern, negated, pos=token.pos)
        if negated:
            raise self.wrong("after NOT here comes BETWEEN, IN or LIKE")
        return left

    def sum(self) -> Expr:
        return self.chain(self.product, "+", "-")

    def product(self) -> Expr:
        return self.chain(self.unary, "*", "/")

    def unary(self) -> Expr:
        if token := self.take("-"):
            if self.now.kind == "number":  # so that the smallest int64 can be written
                return self.number(-1)
            self.deeper()
            tree = Unary("-", self.unary(), pos=token.pos)
            self.depth -= 1
            return tree
        if self.take("+"):
            self.deeper()
            tree = self.unary()
            self.depth -= 1
            return tree
        return self.atom()

    def number(self, sign: int) -> Literal:
        token = self.now
        self.at += 1
        if token.text.isdigit():
            whole = sign * int(token.text) if len(token.text) <= 30 else INT64_MAX + 1
            if not INT64_MIN <= whole <= INT64_MAX:
                raise _trouble(self.text, token.pos, f"{token.text} is beyond a 64-bit integer")
            return Literal(whole, pos=token.pos)
        value = sign * float(token.text)
        if value in (float("inf"), float("-inf")):
            raise _trouble(self.text, token.pos, f"{token.text} is too large")
        return Literal(value, pos=token.pos)

    def atom(self) -> Expr:
        token = self.now
        if token.kind == "number":
            return self.number(1)
        if self.take("("):
            self.deeper()
            tree = self.either()
            self.need(")")
            self.depth -= 1
            return tree
        if keyword := self.take("TRUE", "FALSE", "NULL"):
            return Literal({"TRUE": True, "FALSE": False, "NULL": None}[keyword.text], pos=token.pos)
        if token.kind not in ("text", "quoted", "name"):
            raise self.wrong("a column, a number or a text is expected here")
        self.at += 1
        if token.kind == "text":
            return Literal(token.text[1:-1].replace("''", "'"), pos=token.pos)
        if token.kind == "quoted":
            return Column(token.text[1:-1].replace('""', '"'), True, pos=token.pos)
        if self.take("("):
            return self.call(token)
        if token.text in PRESETS:
            return Preset(token.text, parse(PRESETS[token.text]), pos=token.pos)
        return Column(token.text, pos=token.pos)

    def call(self, token: Token) -> Expr:
        name = token.text.upper()
        if name not in FUNCTIONS:
            close = nearest(name, list(FUNCTIONS))
            hint = f"did you mean {close[0]}?" if close else f"known: {', '.join(FUNCTIONS)}"
            raise _trouble(self.text, token.pos, f"there is no function '{token.text}'; {hint}")
        self.deeper()
        args = [] if self.now.text == ")" and self.now.kind == "op" else [self.sum()]
        while args and self.take(","):
            args.append(self.sum())
        self.need(")")
        self.depth -= 1
        least, most = FUNCTIONS[name]
        if not least <= len(args) <= most:
            wanted = str(least) if least == most else f"{least} or {most}"
            raise _trouble(self.text, token.pos, f"{name} takes {wanted} argument(s), not {len(args)}")
        return Call(name, tuple(args), pos=token.pos)


def parse(text: str) -> Expr:
    """The tree of a condition (or of a value such as ``redshift / 2``).

    Raises TsmError that says what is wrong and at which character.
    """
    if not isinstance(text, str):
        raise TsmError(f"A condition is a text, not {text!r}.", remedy="Put it in quotation marks.")
    return _Parser(text).whole()


def columns(expr: Expr) -> set[str]:
    """Names of all columns that the expression reads, those behind presets included."""
    if isinstance(expr, Column):
        return {expr.name}
    found: set[str] = set()
    for value in vars(expr).values():
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Expr):
                found |= columns(part)
    return found
