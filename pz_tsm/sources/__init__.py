"""Where catalogues come from: files of any usual format, and products of a PZ Server.

load({"from": {"file": "vvds.parquet"}, "survey": "VVDS"}, base)   a catalogue with our names, checked
read_raw(path)                                                     any table as it stands
read_table(path)                                                   a file as the explorer shows it
sniff(path)                                                        the format, told by the content
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "load": "loading",
    "Loaded": "loading",
    "read_raw": "files",
    "read_table": "tables",
    "sniff": "files",
    "file_sha256": "files",
    "guess": "columns",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        module = import_module(f"pz_tsm.sources.{_HOMES[name]}")
        value = globals()[name] = getattr(module, name)
        return value
    raise AttributeError(f"module 'pz_tsm.sources' has no attribute {name!r}")
