"""What the readers share: numpy columns of any byte order to Arrow, and field metadata."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

PADDING = "\0 \t\n\v\f\r"


def to_arrow(
    values: np.ndarray, invalid: np.ndarray | None = None, *, nan_is_null: bool = False
) -> pa.Array | None:
    """One numpy column as Arrow, native byte order; None for what is no plain column (arrays of objects).

    ``invalid``: True where there is no value. Bytes become text, without padding.
    """
    import numpy as np
    import pyarrow as pa

    kind = values.dtype.kind
    if values.ndim == 2 and kind in "iufb":
        return pa.FixedSizeListArray.from_arrays(pa.array(native(values).ravel()), values.shape[1])
    if values.ndim != 1:
        return None
    if kind == "S":
        return text_array(values, invalid)
    if kind == "U":
        return pa.array(np.char.rstrip(values).tolist(), pa.string(), mask=invalid)
    if kind == "O":
        texts = [v.decode("utf-8", "replace") if isinstance(v, bytes) else v for v in values.tolist()]
        if all(v is None or isinstance(v, str) for v in texts):
            return pa.array(texts, pa.string(), mask=invalid)
        return None
    if kind not in "iufb":
        return None
    values = native(values)
    if nan_is_null and kind == "f":
        nan = np.isnan(values)
        if nan.any():
            invalid = nan if invalid is None else nan | invalid
    if kind == "f" and values.dtype.itemsize > 8:
        values = values.astype(np.float64)
    return pa.array(values, mask=invalid)


def native(values: np.ndarray) -> np.ndarray:
    """The same values, contiguous and in this machine's byte order."""
    import numpy as np

    return np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("="))


def text_array(values: np.ndarray, invalid: np.ndarray | None = None) -> pa.Array:
    """Fixed-width bytes as text: UTF-8, or Latin-1 where it isn't; padding removed."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    values = np.ascontiguousarray(values)
    width = values.dtype.itemsize
    if not len(values) or not width:
        return pa.array(values, mask=invalid).cast(pa.string())
    try:
        whole = pa.Array.from_buffers(pa.binary(width), len(values), [None, pa.py_buffer(values)])
        texts = pc.ascii_rtrim(whole.cast(pa.string()), characters=PADDING)
    except pa.ArrowInvalid:
        return pa.array(np.char.decode(np.char.rstrip(values), "latin-1").tolist(), pa.string(), mask=invalid)
    if invalid is not None:
        texts = pc.if_else(pa.array(invalid), pa.scalar(None, pa.string()), texts)
    return texts


def field(name: str, array: Any, **said: Any) -> pa.Field:
    """An Arrow field with the metadata that is known (unit, ucd, description)."""
    import pyarrow as pa

    metadata = {
        key: str(value).strip()
        for key, value in said.items()
        if value not in (None, "") and str(value).strip()
    }
    return pa.field(name, array.type, metadata=metadata or None)


def known_access(said: dict[str, str | None] | None) -> dict[str, str] | None:
    """The table metadata that a file of ours states; words that are not ours say nothing."""
    return said if said and said["tsm:access"] in ("public", "rubin-data-rights") else None


def only(names: Sequence[str], wanted: Sequence[str] | None, where: str) -> list[str]:
    """The wanted ones of a file's columns, in the file's order; TsmError for one that isn't there."""
    if wanted is None:
        return list(names)
    missing = [name for name in wanted if name not in names]
    if missing:
        from pz_tsm.sources.columns import no_such_column

        raise no_such_column(missing[0], names, where)
    return [name for name in names if name in set(wanted)]


def no_table(where: str, what: str, remedy: str) -> TsmError:
    return TsmError(f"'{where}' holds no table: {what}.", remedy=remedy, where=where)
