"""Requests that an OpenAPI document allows, or forbids, sent to an engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


def send(
    operation: Any,
    mode: Any,
    examples: int,
    headers: dict[str, str],
    keys: Sequence[str],
    change: Callable[[Any, Callable[[Sequence[Any]], Any]], None] = lambda case, choose: None,
) -> list[tuple[str, int, str]]:
    """Requests of one operation, always the same ones: what was asked, status and start of the answer.

    ``keys``: what stands for ``{key}`` and ``{id}`` in addresses. ``change(case, choose)``: puts values that
    mean something to this engine into a request; ``choose`` gives one of several.
    """
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st
    from hypothesis.errors import Unsatisfiable

    answers = []

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode), st.data())
    def ask(case, data):
        def choose(values: Sequence[Any]) -> Any:
            return data.draw(st.sampled_from(values))

        key = choose(keys)
        for name in ("key", "id"):
            if case.path_parameters and name in case.path_parameters:
                case.path_parameters[name] = key
        change(case, choose)
        answer = case.call(headers=headers, timeout=60)
        name = f"{operation.method} {operation.path} {key} {case.query} {str(case.body)[:200]}"
        answers.append((name, answer.status_code, answer.content[:300].decode(errors="replace")))

    try:
        ask()
    except (schemathesis.errors.SchemathesisError, Unsatisfiable):
        pass  # a request without any parameter can't be wrong
    return answers
