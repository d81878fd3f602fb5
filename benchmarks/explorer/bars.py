"""From what the browser found to one line a bar."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any

Found = dict[str, Any]
MB = 1e6


def bar(
    name: str,
    ours: float,
    peer: float | None,
    peer_name: str | None,
    unit: str,
    bar: float,
    means: str,
    ok: bool | None,
    n: int,
    **more: Any,
) -> Found:
    """``ratio``: the peer's value over ours. ``means``: what ``bar`` bounds. ``ok``: None without a peer."""
    return {
        "bench": f"explorer/{name}",
        "ours": _round(ours),
        "peer": _round(peer),
        "peer_name": peer_name,
        "unit": unit,
        "ratio": None if peer is None or not ours else _round(peer / ours),
        "bar": bar,
        "ok": ok,
        "n": n,
        "means": means,
        **{key: _round(value) for key, value in more.items()},
    }


def notebook(found: Found) -> Iterator[Found]:
    def times(way: str, run: str) -> list[float]:
        return [each[run]["time"] / 1000 for each in found[way]]

    def moved(way: str) -> float | None:
        return max(
            (each[run]["websocket"] + each[run]["http"] for each in found[way] for run in ("first", "again")),
            default=None,
        )

    ours, n = median(times("ours", "first")), len(found["ours"])
    quak = median(times("quak", "first")) if found["quak"] else None
    again = {"ours_again": median(times("ours", "again"))}
    if found["quak"]:
        again["peer_again"] = median(times("quak", "again"))
    yield bar(
        *("notebook", ours, quak, "quak 0.3.5", "s", 4, "ratio at least"),
        *(None if quak is None else quak / ours >= 4, n),
        **again,
    )
    peer = moved("quak")
    most = moved("ours")
    yield bar(
        *("notebook-moved", most / MB, None if peer is None else peer / MB, "quak 0.3.5", "MB", 1),
        *("ours at most", most <= MB, n),
    )


def opened(name: str, found: Found) -> Iterator[Found]:
    rows, empty = median(found["rows"]) / 1000, median(found["empty"]) / 1000
    n = len(found["rows"])
    yield bar(
        *(f"rows-{name}", rows, empty, "empty main-area widget", "s", 0.3, "ours minus peer at most"),
        *(rows - empty <= 0.3, n),
        first=found["first"] / 1000,
    )
    bare = median(found["bare"]) / 1000
    for way, own in (("plots", found), ("plots-again", found["again"])):
        plots = median(own["plots"]) / 1000
        yield bar(
            *(f"{way}-{name}", plots, bare, "fetch() of the same columns", "s", 1.5),
            *("ours over peer at most", plots <= 1.5 * bare, n),
            MB=found["bytes"][-1] / MB,
            views=found["views"],
            rows=median(own["rows"]) / 1000,
        )


def brushed(name: str, found: Found, limit: float, duckdb: Found | None = None) -> Iterator[Found]:
    parts = {f"{part}_{share}": each[share] for part, each in found["parts"].items() for share in each}
    peer = duckdb and duckdb["p95"]
    yield bar(
        *(f"brush-{name}", found["p95"], peer, "duckdb-wasm 1.32.0" if peer else None, "ms, p95", limit),
        *("ours at most", found["p95"] <= limit, found["n"]),
        p50=found["p50"],
        max=found["max"],
        at_once=found["at_once"],
        **parts,
    )
    if duckdb:
        ratio = duckdb["p50"] / found["p50"]
        yield bar(
            *(f"brush-{name}-duckdb", found["p50"], duckdb["p50"], "duckdb-wasm 1.32.0", "ms, median", 30),
            *("ratio at least", ratio >= 30, found["n"]),
            peer_n=duckdb["n"],
        )


def scrolled(found: Found) -> Iterator[Found]:
    name = "x".join(map(str, found["size"]))
    wheel, jump = found["wheel"], found["jump"]
    yield bar(
        *(f"wheel-{name}", wheel["moved"], None, None, "frames/s", 30, "ours at least"),
        *(wheel["moved"] >= 30, 1),
        all_frames=wheel["fps"],
        longest_ms=wheel["longest"],
    )
    blank = max(jump["max"], wheel["blank"])
    yield bar(
        *(
            f"blank-{name}",
            blank,
            None,
            None,
            "ms, longest",
            100,
            "ours at most",
            blank <= 100,
            jump["n"] + 1,
        ),
        jump_p50=jump["p50"],
        jump_p95=jump["p95"],
        wheel=wheel["blank"],
    )


def remembered(found: Found, bytes_: int) -> Iterator[Found]:
    """``bytes_``: of the table's columns in Arrow, texts as texts; on the way they are fewer."""
    held = found["all"] - found["empty"]
    yield bar(
        *("memory-3m", held / MB, bytes_ / MB, "bytes of the loaded columns", "MB", 1.3),
        *("ours over peer at most", held <= 1.3 * bytes_, 1),
        share=held / bytes_,
        moved=found["bytes"] / MB,
        opened=(found["opened"] - found["empty"]) / MB,
        opened_columns=found["openedBytes"] / MB,
        after_brush=(found["brushed"] - found["empty"]) / MB,
        after_close=(found["closed"] - found["empty"]) / MB,
    )


def started(found: Found, import_ms: float) -> Iterator[Found]:
    scripts = {name: size for name, size in found["bytes"].items() if name.endswith(".js")}
    size = sum(scripts.values()) / 1000
    yield bar(
        *("start-js", size, None, None, "kB", 25, "ours at most", size <= 25, len(scripts)),
        other=(sum(found["bytes"].values()) / 1000 - size),
    )
    yield bar(
        *("start-import", import_ms, None, None, "ms, median", 50, "ours at most", import_ms <= 50, 9),
    )


def _round(value: Any) -> Any:
    return float(f"{value:.4g}") if isinstance(value, float) else value


def split(found: Found) -> Iterator[Found]:
    """Frames a second in which a moving slider of 3M rows shows other parts; a frame may show none."""
    fps = median(found["fps"])
    yield bar(
        *("split-slider-3m", fps, None, None, "frames/s", 30, "ours at least", fps >= 30, len(found["fps"])),
        longest_ms=found["longest"],
        plan_s=found["planned"] / 1000,
        prepare_s=found["prepared"] / 1000,
    )
