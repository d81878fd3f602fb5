"""Write contract/vectors/ids.json and split.json with the reference implementations of PyPI (xxhash, mmh3).

Nothing here uses pz_tsm: the vectors are what both languages are checked against.
"""

from __future__ import annotations

import json
import random
import struct
from pathlib import Path

import mmh3
import xxhash

VECTORS = Path(__file__).resolve().parent.parent / "contract" / "vectors"


def signed(value: int) -> int:
    return value - 2**64 if value >= 2**63 else value


def row_id(catalogue: str, *key: str) -> str:
    return str(signed(xxhash.xxh64("\x1f".join((catalogue, *key)).encode(), seed=0).intdigest()))


def ids() -> dict:
    keys = [
        ("014_vimos", "GDS_J033200.35-274315.6"),
        ("016_vvds", "20100001"),
        ("016_vvds", "0"),
        ("016_vvds", "-1"),
        ("J/A+A/609/A84", "VIPERS 101127417"),
        ("sha256:0123456789abcdef", "9007199254740993"),
        ("004_3dhst", "GOODS-S", "12345"),
        ("004_3dhst", "GOODS-N", "12345"),
        ("004_3dhst", "", "12345"),
        ("a", ""),
        ("", "a"),
        ("écrits", "α Cen"),
        ("x", "a" * 100),
    ]
    return {
        "notes": "row_id = xxh64 (seed 0) of the UTF-8 bytes of catalogue id and key texts, "
        "joined by 0x1f, as signed int64.",
        "cases": [{"catalogue": one[0], "key": list(one[1:]), "row_id": row_id(*one)} for one in keys],
    }


def part_of(u: float, parts: dict[str, float]) -> str:
    total = 0.0
    for name, share in parts.items():
        total += share
        if u < total:
            return name
    return list(parts)[-1]


def of_tables(draw: random.Random) -> list[dict]:
    """Small tables with the part of every row: keys that several rows share, and parts of every kind."""
    made = []
    for method, parts in (
        ("random", {"train": 0.7, "validation": 0.15, "test": 0.15}),
        ("random", {"train": 0.7, "validation": 0.2, "test": 0.1}),
        ("random", {"all": 1.0}),
        ("random", {"none": 0.0, "half": 0.5, "rest": 0.5}),
        ("kfold", {f"fold_{number + 1}": 1 / 3 for number in range(3)}),
        ("kfold", {f"fold_{number + 1}": 1 / 7 for number in range(7)}),
    ):
        seed = draw.randrange(2**32)
        known = [draw.randrange(-(2**63), 2**63) for _ in range(30)]
        keys = [draw.choice(known) for _ in range(12)] + known
        rows = [part_of(mmh3.hash(struct.pack("<q", key), seed, signed=False) / 2**32, parts) for key in keys]
        made.append(
            {
                "method": method,
                "seed": seed,
                "parts": parts,
                "keys": [str(key) for key in keys],
                "split": rows,
                "counts": {name: rows.count(name) for name in parts},
                "objects": {
                    name: len({k for k, r in zip(keys, rows, strict=True) if r == name}) for name in parts
                },
            }
        )
    return made


def split() -> dict:
    draw = random.Random(20261123)
    keys = [0, 1, -1, 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63), 1234567890123456789]
    keys += [draw.randrange(-(2**63), 2**63) for _ in range(60)]
    parts = {"train": 0.7, "validation": 0.15, "test": 0.15}
    cases = []
    for place, key in enumerate(keys):
        for seed in (0, 1, 20261123, 2**32 - 1) if place < 9 else (draw.randrange(2**32),):
            value = mmh3.hash(struct.pack("<q", key), seed, signed=False)
            u = value / 2**32
            cases.append({"key": str(key), "seed": seed, "murmur3": value, "u": u, "part": part_of(u, parts)})
    return {
        "notes": "murmur3_x86_32 of the key as 8 little-endian bytes; u = murmur3 / 2**32; "
        "the part is the first whose cumulative proportion exceeds u.",
        "parts": parts,
        "tables": of_tables(draw),
        "cases": cases,
    }


def write(name: str, content: dict) -> None:
    lists = [key for key in ("tables", "cases") if key in content]
    head = {key: value for key, value in content.items() if key not in lists}
    text = json.dumps(head, indent=2, ensure_ascii=False)[:-2]
    for key in lists:
        lines = ",\n".join("    " + json.dumps(case, ensure_ascii=False) for case in content[key])
        text += f',\n  "{key}": [\n{lines}\n  ]'
    text += "\n}\n"
    (VECTORS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write("ids.json", ids())
    write("split.json", split())
