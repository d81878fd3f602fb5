"""YAML 1.2, core schema, as the front end reads it (npm ``yaml``): ``NO`` is text, ``1e-3`` a number, ``010``
ten.

ruamel.yaml scans; what a plain scalar means is decided here, so that both languages agree
(``contract/vectors/yaml.json``). Repeated keys, tags, merge keys and several documents are refused with their
line.
"""

from __future__ import annotations

import re
from typing import Any

from pz_tsm.errors import TsmError

INTEGER = re.compile(r"[-+]?[0-9]+")
OCTAL = re.compile(r"0o[0-7]+")
HEX = re.compile(r"0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **{sign + word: float(sign + "inf") for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")},
}
MAX_DEPTH = 40
MAX_NODES = 200_000  # aliases count every time they are used

Lines = dict[tuple[Any, ...], int]


def scalar(text: str) -> Any:
    """What a plain (unquoted) scalar means."""
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text):
        return int(text)
    if OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if HEX.fullmatch(text):
        return int(text[2:], 16)
    if FLOAT.fullmatch(text):
        return float(text)
    return text


def load_yaml(text: str) -> tuple[Any, Lines]:
    """The value of a YAML document, and the line (from 1) on which each path in it begins."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    reader = YAML(typ="safe", pure=True)
    try:
        events = list(reader.parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark else ""
        raise TsmError(
            f"The recipe is no valid YAML{line}: {error.problem or error.context}.",
            remedy="Check the indentation, the brackets and the quotes there.",
            where=f"line {mark.line + 1}" if mark else None,
        ) from None
    except (YAMLError, ValueError) as error:
        raise TsmError(f"The recipe is no valid YAML: {str(error).splitlines()[0]}.") from None
    return _Builder(events).document()


class _Builder:
    """From the scanner's events to values."""

    def __init__(self, events: list[Any]) -> None:
        self.events = events
        self.at = 0
        self.lines: Lines = {}
        self.anchors: dict[str, Any] = {}
        self.nodes = 0

    def document(self) -> tuple[Any, Lines]:
        from ruamel.yaml.events import DocumentEndEvent, DocumentStartEvent, StreamEndEvent, StreamStartEvent

        value = None
        documents = 0
        while self.at < len(self.events):
            event = self.events[self.at]
            if isinstance(event, StreamStartEvent | StreamEndEvent | DocumentEndEvent):
                self.at += 1
            elif isinstance(event, DocumentStartEvent):
                self.at += 1
                documents += 1
                if documents > 1:
                    raise _wrong(event, "A recipe is one document: '---' may stand once.")
            else:
                value = self.value(())
        return value, self.lines

    def value(self, path: tuple[Any, ...]) -> Any:
        from ruamel.yaml.events import AliasEvent, MappingStartEvent, ScalarEvent, SequenceStartEvent

        event = self.events[self.at]
        self.at += 1
        self.nodes += 1
        if len(path) > MAX_DEPTH or self.nodes > MAX_NODES:
            raise _wrong(event, "The recipe is too large or too deeply nested.")
        self.lines.setdefault(path, event.start_mark.line + 1)
        if isinstance(event, AliasEvent):
            if event.anchor not in self.anchors:
                raise _wrong(event, f"There is no anchor '&{event.anchor}' before this.")
            value, size = self.anchors[event.anchor]
            self.nodes += size
            return value
        before = self.nodes
        tag = str(event.ctag) if getattr(event, "ctag", None) is not None else event.tag
        if isinstance(event, ScalarEvent):
            value = self.scalar(event, tag)
        elif tag not in (None, "None", "!") and not str(tag).startswith("tag:yaml.org,2002:"):
            raise _wrong(event, f"The tag '{tag}' is not known.")
        elif isinstance(event, SequenceStartEvent):
            value = self.sequence(path)
        elif isinstance(event, MappingStartEvent):
            value = self.mapping(path)
        else:
            raise _wrong(event, "This can't be read.")
        if event.anchor:
            self.anchors[event.anchor] = (value, self.nodes - before + 1)
        return value

    def scalar(self, event: Any, tag: Any) -> Any:
        if tag in (None, "None"):
            return scalar(event.value) if event.style is None or event.style == "" else event.value
        if str(tag).endswith(":str") or str(tag) == "!":
            return event.value
        raise _wrong(event, f"The tag '{tag}' is not known.")

    def sequence(self, path: tuple[Any, ...]) -> list[Any]:
        from ruamel.yaml.events import SequenceEndEvent

        items: list[Any] = []
        while not isinstance(self.events[self.at], SequenceEndEvent):
            items.append(self.value((*path, len(items))))
        self.at += 1
        return items

    def mapping(self, path: tuple[Any, ...]) -> dict[Any, Any]:
        from ruamel.yaml.events import MappingEndEvent, ScalarEvent

        items: dict[Any, Any] = {}
        while not isinstance(event := self.events[self.at], MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                raise _wrong(event, "A key must be a plain word.")
            key = event.value  # keys are names: `NO:` and `1:` are texts
            self.at += 1
            if key in items:
                raise _wrong(event, f"The key '{key}' stands here twice.")
            self.lines[(*path, key)] = event.start_mark.line + 1
            items[key] = self.value((*path, key))
        self.at += 1
        return items


def _wrong(event: Any, message: str) -> TsmError:
    line = event.start_mark.line + 1
    return TsmError(f"Line {line}: {message}", where=f"line {line}")
