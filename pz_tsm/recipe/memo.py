"""What a plan has worked out already: loaded inputs and results of steps, found again by what they come from.

The engine's worker keeps one ``Memo`` for the plans it makes, in its own memory; nothing else has one. An
entry's key says all that its value depends on (the recipe's words, the identity of every file read, the keys
of what went in), so that a changed file or parameter makes another key and nothing has to be taken back.
The software is not part of it: it can't change under a process.

    with using(Memo(600_000_000)):
        plan(text)                      # the second time, only what an edit touched runs
        current().remember(("sky", pipeline.keys["vvds"]), measure)   # anything else that a plan works out
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context, Operation, Params, Result

if TYPE_CHECKING:
    import pyarrow as pa

FILES_AT_MOST = 5_000  # a folder with more files is not looked through: what is read from it is not kept
OVERHEAD = 50_000  # bytes counted for an entry beside its tables

_current: ContextVar[Memo | None] = ContextVar("memo", default=None)


class Memo:
    """Values by key; when their tables take more than ``limit`` bytes, those not used for longest go.

    Memory that several tables share (a step that adds columns) is counted once.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.hits = 0
        self._values: OrderedDict[str, Any] = OrderedDict()
        self._buffers: dict[str, dict[int, int]] = {}

    @property
    def bytes(self) -> int:
        """What the entries take."""
        shared: dict[int, int] = {}
        for buffers in self._buffers.values():
            shared |= buffers
        return sum(shared.values()) + OVERHEAD * len(self._values)

    def get(self, key: str) -> Any | None:
        """What was kept under the key, or None. The caller must not change it."""
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        self.hits += 1
        return self._values[key]

    def put(self, key: str, value: Any, *tables: pa.Table) -> None:
        """Keep a value; ``tables``: the tables in it. One larger than everything allowed is not kept."""
        buffers = {address: size for table in tables for address, size in _buffers(table)}
        if sum(buffers.values()) + OVERHEAD > self.limit:
            return
        self._values[key], self._buffers[key] = value, buffers
        self._values.move_to_end(key)
        while self.bytes > self.limit:
            oldest, _ = self._values.popitem(last=False)
            del self._buffers[oldest]

    def remember(self, parts: Sequence[Any], make: Callable[[], Any]) -> Any:
        """A small JSON-like value made once for ``parts`` (a name, and keys of tables); a copy each time.

        Where one of the parts is None (an input whose content has no key) it is made anew.
        """
        if any(part is None for part in parts):
            return make()
        key = address("value", *parts)
        known = self.get(key)
        if known is None:
            known = (make(),)
            self.put(key, known)
        return copy.deepcopy(known[0])


def current() -> Memo | None:
    """The memo of the plan that is being made, if there is one."""
    return _current.get()


@contextmanager
def using(memo: Memo | None) -> Iterator[Memo | None]:
    """Plans made within take from the memo and add to it."""
    token = _current.set(memo)
    try:
        yield memo
    finally:
        _current.reset(token)


def address(*parts: Any) -> str:
    """One text for all of these values."""
    text = json.dumps(parts, sort_keys=True, default=_plain, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def identity(path: Path) -> list[Any] | None:
    """What tells a file, or a folder with all in it, from another state of itself; None: too many files.

    Size, times (of content and of the entry) and inode: replacing a file by one of the same size and
    time is seen too.
    """
    path = Path(os.path.abspath(path))
    try:
        found = [str(path), *_stat(path)]
        if not path.is_dir():
            return found
        count = 0
        for folder, folders, files in os.walk(path, followlinks=True):
            folders.sort()
            count += len(files)
            if count > FILES_AT_MOST:
                return None
            for name in sorted(files):
                file = os.path.join(folder, name)
                found.append([os.path.relpath(file, path), *_stat(Path(file))])
        return found
    except OSError:
        return [str(path), "absent"]


def of_input(spec: Mapping[str, Any], name: str, ctx: Context) -> str | None:
    """The key of an input as it is now; None where its state can't be told before reading it."""
    from pz_tsm.sources import fetching

    if fetching.kind_of(fetching.source_of(spec, name)) is None:
        return None
    place = fetching.place_of(spec, ctx.base, ctx, name)
    path = Path(place["path"])
    seen = identity(path)
    return None if seen is None else address("load", name, spec, place, seen)


def of_step(
    operation: Operation, params: Params, given: Mapping[str, str | None], ctx: Context
) -> str | None:
    """The key of a step's result; None where an input has none, or the step may read what can't be told."""
    if not operation.run.__module__.startswith("pz_tsm.ops.") or None in given.values():
        return None  # operations of other packages may read anything
    if getattr(params, "run", None) in ("pz-server", "tap"):
        return None  # what a service says may change
    values = params.model_dump(mode="json", by_alias=True)
    seen = [identity(path) for path in _files(operation.name, params, values, ctx.base)]
    if None in seen:
        return None
    return address("step", operation.name, values, list(given.items()), ctx.seed, ctx.planning, seen)


def copied(result: Result) -> Result:
    """The same tables, and a report of its own: planning adds to reports."""
    return Result(result.table, copy.deepcopy(result.report), result.left)


def _files(name: str, params: Params, values: Any, base: Path) -> list[Path]:
    """Files that a step may read: texts among its parameters that could be paths, and those it implies."""
    found = [base / os.path.expanduser(text) for text in _texts(values) if _may_be_path(text)]
    if name == "homogenize":
        from pz_tsm.ops.homogenize.packs import RULES

        found.append(RULES)
    if name == "match":
        from pz_tsm import releases

        with suppress(TsmError):  # the step itself says what is wrong with it
            found.append(releases.resolve(getattr(params, "release", None), base).path)
    return found


def _may_be_path(text: str) -> bool:
    return 0 < len(text) < 1000 and "\n" not in text and "\0" not in text


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _stat(path: Path) -> list[int]:
    seen = path.stat()
    return [seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino]


def _buffers(table: pa.Table) -> Iterator[tuple[int, int]]:
    for column in table.columns:
        for chunk in column.chunks:
            kept = [chunk]
            if hasattr(chunk, "dictionary"):
                kept.append(chunk.dictionary)
            for array in kept:
                yield from ((one.address, one.size) for one in array.buffers() if one is not None)


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    return repr(value)
