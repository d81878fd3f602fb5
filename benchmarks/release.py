"""A large uniform release: HATS partitions written one at a time, with the usual columns of the mock."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

FOLDER = Path(__file__).resolve().parent.parent / ".cache" / "bench"
DENSITY = 260_000  # objects per square degree, as deep as LSST
ORDER = 5  # of the partitions: 870,000 rows each
CORNER = 6_250  # the first pixel, of ORDER; the others follow in nested order
SMALLEST = 8
VERSION = 1
SKIPPED = ("_flag", "Flag", "extendedness", "psfFlux")  # columns that no default match reads
FIRST_ID = 700_000_000_000_000_000
DRAWN = 1 << 20


def release(objects: int, order: int = ORDER) -> Path:
    """The folder of a release with that many objects; written on first use, some 10 s for a million."""
    folder = FOLDER / f"release-{objects}-{order}-v{VERSION}"
    if not (folder / "collection.properties").is_file():
        _write(folder, objects, order)
    return folder


def pixels(objects: int, order: int = ORDER) -> dict[tuple[int, int], int]:
    """HEALPix pixels (order, number) and rows of each: whole ones, then smaller ones for the rest."""
    left, at, found = objects, CORNER << (2 * (SMALLEST - ORDER)), {}  # at: in pixels of order SMALLEST
    for k in range(order, SMALLEST + 1):
        full = round(DENSITY * 41252.96 / (12 << (2 * k)))
        size = 1 << (2 * (SMALLEST - k))
        while left >= full or (left and k == SMALLEST):
            found[k, at // size] = min(full, left)
            left, at = left - found[k, at // size], at + size
    return found


def positions(objects: int, count: int, order: int = ORDER) -> tuple[np.ndarray, np.ndarray]:
    """``count`` positions (degrees) in the release's area: six of ten at an object, 0.1 arcsec off on each
    axis, four anywhere."""
    import numpy as np

    from pz_tsm.mock.healpix import centre_of

    rng = np.random.default_rng(3)
    parts = list(pixels(objects, order).items())
    rows = np.array([rows for _, rows in parts])
    per = rng.multinomial(count, rows / rows.sum())
    places = []
    for ((k, number), size), wanted in zip(parts, per.tolist(), strict=True):
        known = min(wanted * 6 // 10, size)
        inside = _cells(k, number, size)
        free = (number << (2 * (29 - k))) + rng.integers(0, 1 << (2 * (29 - k)), wanted - known)
        places.append(np.concatenate([rng.choice(inside, known, replace=False), free]))
        places[-1] = np.stack([places[-1], np.arange(wanted) < known])
    cell, known = np.concatenate(places, axis=1)
    ra, dec = centre_of(cell, 29)
    shift = rng.normal(0, 0.1 / 3600, (2, len(ra))) * known
    return (ra + shift[0] / np.cos(np.radians(dec))) % 360, dec + shift[1]


def _cells(order: int, number: int, size: int) -> np.ndarray:
    """Where the objects of a partition stand: cells of order 29, in order."""
    import numpy as np

    rng = np.random.default_rng([order, number])
    depth = 2 * (29 - order)
    return np.sort((number << depth) + rng.integers(0, 1 << depth, size))


def _write(folder: Path, objects: int, order: int) -> None:
    import numpy as np
    import pyarrow as pa

    from pz_tsm.mock.release import ReleaseWriter, schema

    columns = pa.schema([field for field in schema() if not any(word in field.name for word in SKIPPED)])
    plan = pixels(objects, order)
    drawn = np.random.default_rng(4).lognormal(7, 1.5, DRAWN).astype(np.float32)
    new = folder.with_name(f"{folder.name}.new")
    writer = ReleaseWriter(new, dict.fromkeys(plan, []), columns, margins=False)
    for (k, number), size in plan.items():
        writer.write((k, number), _partition(columns, drawn, k, number, size, writer.rows))
    writer.close()
    new.rename(folder)


def _partition(
    columns: pa.Schema, drawn: np.ndarray, order: int, number: int, size: int, before: int
) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    from pz_tsm.mock.healpix import centre_of

    cells = _cells(order, number, size)
    ra, dec = centre_of(cells, 29)
    made = {
        "objectId": FIRST_ID + before + np.arange(size),
        "coord_ra": ra,
        "coord_dec": dec,
        "tract": cells >> (2 * (29 - 6)),
        "patch": (cells >> (2 * (29 - 9))) % 64,
        "ebv": np.resize(drawn, size) * np.float32(1e-5),
        "refExtendedness": np.ones(size, np.float32),
        "detect_isPrimary": np.ones(size, bool),
        "_healpix_29": cells,
    }
    for k, field in enumerate(columns):
        if field.name not in made:  # the same numbers, begun elsewhere: only their amount matters
            made[field.name] = np.resize(np.roll(drawn, 7919 * k), size)
    return pa.table([pa.array(made[field.name], field.type) for field in columns], schema=columns)
