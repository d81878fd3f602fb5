"""What recipes may be made of on this machine: operations, presets, rules, releases, surveys."""

from __future__ import annotations

import logging
from typing import Any

log = logging.getLogger("pz_tsm.engine")


def describe() -> dict[str, Any]:
    """``IOperations``. A part that can't be had (a broken package) is left out and logged."""
    return {
        "ops": [op for name in _names() if (op := _operation(name)) is not None],
        "presets": _try(_presets, {}),
        "split_methods": _try(_split_methods, []),
        "rule_packs": _try(_rule_packs, []),
        "releases": _try(_releases, []),
        "surveys": _try(_surveys, []),
    }


def schema(name: str) -> dict[str, Any]:
    """JSON Schema of an operation's parameters."""
    from pz_tsm import ops

    return ops.get(name).params.model_json_schema()


def _names() -> tuple[str, ...]:
    from pz_tsm import ops

    return ops.names()


def _operation(name: str) -> dict[str, Any] | None:
    from pz_tsm import ops

    try:
        op = ops.get(name)
        return {
            "name": op.name,
            "title": op.title,
            "summary": op.summary,
            "scope": op.scope,
            "main": op.main,
            "schema": op.params.model_json_schema(),
        }
    except Exception as error:  # another package's operation must not take the rest down
        log.warning("operation %s is left out: %s", name, error)
        return None


def _try(make, otherwise):
    try:
        return make()
    except Exception as error:
        log.warning("%s: %s", make.__name__, error)
        return otherwise


def _presets() -> dict[str, str]:
    from pz_tsm import expr

    return dict(expr.PRESETS)


def _split_methods() -> list[dict[str, Any]]:
    from pz_tsm import splits

    found = []
    for name in splits.names():
        try:
            method = splits.get(name)
            found.append(
                {
                    "name": name,
                    "title": method.title,
                    "summary": method.summary,
                    "own_parts": method.own_parts is not None,
                    "by_key": method.by_key,
                    "schema": method.options.model_json_schema(),
                }
            )
        except Exception as error:  # another package's method must not take the rest down
            log.warning("split method %s is left out: %s", name, error)
    return found


def _rule_packs() -> list[str]:
    from pz_tsm.ops.homogenize import packs

    return list(packs.shipped())


def _surveys() -> list[str]:
    from pz_tsm.ops.homogenize import packs

    return sorted(packs.known([packs.load(name) for name in packs.shipped()]))


def _releases() -> list[dict[str, Any]]:
    from pz_tsm import releases

    places = releases.locations()
    found = []
    for name in sorted({*releases.names(), *places}):
        place = places.get(name)
        profile = releases.resolve(name).profile if place else releases.profile(name)
        path = place["hats"] if place else None
        found.append({"name": name, "title": profile.title, "path": path, "fluxes": list(profile.fluxes)})
    return found
