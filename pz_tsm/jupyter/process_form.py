"""Starting a process with a file of flag rules: the file goes from server to server, not through the
browser."""

from __future__ import annotations

import json
from typing import Any

from pz_tsm.errors import TsmError
from pz_tsm.jupyter import paths

FLAGS = "flags_translation_file"
LONGEST = 2 * 2**20  # bytes; the real one has 20 kB


def with_flags(contents_manager: Any, body: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """Body and headers of ``POST processes/``: JSON as it came, or a multipart form where
    ``flags_translation_file`` is ``{"contents": path in the file browser}``.

    TsmError where that file can't be sent; ``paths.Forbidden`` where it lies outside of what may be read.
    """
    import httpx

    flags = body.pop(FLAGS, None)
    if flags is None:
        return json.dumps(body).encode(), {"Content-Type": "application/json"}
    shown = flags.get("contents") if isinstance(flags, dict) else None
    if not isinstance(shown, str):
        raise TsmError("Say which file of flag rules: 'contents', its path in the file browser.", where=FLAGS)
    path = paths.to_disk(contents_manager, shown)
    if not path.is_file():
        raise TsmError(
            f"There is no file '{shown}'.", remedy="Choose the file of flag rules again.", where=FLAGS
        )
    if path.stat().st_size > LONGEST:
        raise TsmError(f"'{shown}' is too large for a file of flag rules.", where=FLAGS)
    fields = {
        key: [wire(item) for item in (value if isinstance(value, list) else [value])]
        for key, value in body.items()
        if value is not None
    }
    file = (path.name, path.read_bytes(), "application/yaml")
    form = httpx.Request("POST", "http://form", data=fields, files={FLAGS: file})
    return form.read(), {"Content-Type": form.headers["Content-Type"]}


def wire(value: Any) -> str:
    """A field of a form: text and numbers as they are, all else as JSON."""
    return str(value) if isinstance(value, str | int) else json.dumps(value)
