"""What a recipe says. Parsing checks its shape, with line numbers; whether it can run, the plan says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pz_tsm.errors import TsmError
from pz_tsm.recipe.canonical import canonical_json, document
from pz_tsm.recipe.yaml_core import Lines, load_yaml

FORMAT = "tsm-recipe/1"
PLACES = ("auto", "memory", "engine")  # that give the same rows
TEXT_KEYS = ("name", "title", "description", "version", "license")
KEYS = ("format", *TEXT_KEYS, "seed", "creators", "inputs", "steps", "write")
INPUT_KEYS = ("from", "id", "survey", "columns", "convert", "access", "steps")
SOURCES = ("file", "pzserver", "vizier", "tap", "sdss", "url")
ARCHIVES = ("vizier", "tap", "sdss", "url")
SOURCE_KEYS = {"file": ("file", "group")}  # of the others: their own name alone
ENDINGS = (".tsm.yaml", ".tsm.yml", ".yaml", ".yml")


@dataclass(frozen=True)
class Step:
    """One step: an operation's name and what the recipe gives it. ``line``: where it stands, if in a text."""

    op: str
    params: Any = None
    line: int | None = None

    @property
    def value(self) -> Any:
        return self.op if self.params is None else {self.op: self.params}


@dataclass(frozen=True)
class Input:
    """One input: where it comes from, how it is read, and steps of its own."""

    name: str
    spec: dict[str, Any]  # as in the recipe, without the steps
    steps: tuple[Step, ...] = ()
    line: int | None = None

    @property
    def value(self) -> dict[str, Any]:
        return {**self.spec, **({"steps": [step.value for step in self.steps]} if self.steps else {})}


@dataclass(frozen=True)
class Recipe:
    """A recipe: ``name``, ``seed``, ``inputs`` by name, ``steps``, ``write``; ``info``: title and such."""

    name: str = "recipe"
    seed: int = 0
    inputs: dict[str, Input] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    write: tuple[dict[str, Any], ...] = ()
    info: dict[str, Any] = field(default_factory=dict)
    text: str | None = None  # as it was written, comments and all
    path: Path | None = field(default=None, compare=False, repr=False)  # of the file that it was read from

    @classmethod
    def parse(cls, text: str, name: str | None = None) -> Recipe:
        """A recipe from its text; TsmError names the line and what was expected.

        ``name``: what it is called if it doesn't say (usually its file's name).
        """
        value, lines = load_yaml(text)
        return _Reader(lines).recipe(value, text, name)

    @classmethod
    def read(cls, path: str | Path) -> Recipe:
        """A recipe from a file."""
        path = Path(path)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise TsmError(
                f"There is no recipe '{path}'.", remedy="Check the path.", where=str(path)
            ) from None
        except UnicodeDecodeError:
            raise TsmError(
                f"'{path}' is no text.", remedy="Name a recipe, NAME.tsm.yaml.", where=str(path)
            ) from None
        except OSError as error:
            raise TsmError(
                f"'{path}' can't be read: {error.strerror}.",
                remedy="Name a recipe, NAME.tsm.yaml, that you may read.",
                where=str(path),
            ) from None
        name = path.name
        for ending in ENDINGS:
            name = name.removesuffix(ending)
        return replace(cls.parse(text, name), path=path)

    def save(self, path: str | Path, *, base: str | Path | None = None, overwrite: bool = False) -> Path:
        """Write it as a file, by custom NAME.tsm.yaml, that runs from where it stands; returns the path.

        ``base``: where its relative paths start, if not at the folder of the file that it was read from, or
        the working folder. In another folder they are rewritten. TsmError if there is another file already.
        """
        from pz_tsm.recipe.saving import save

        return save(self, Path(path), base, overwrite)

    def edit(self, **options: Any) -> Any:
        """Edit it below a notebook cell: see ``pz_tsm.edit``."""
        import pz_tsm

        return pz_tsm.edit(self, **options)

    def to_python(self, start: str | Path | None = None) -> str:
        """The library's functions that do what it says, for a notebook in the folder ``start``."""
        from pz_tsm.recipe.code import code

        base = self.path.parent if self.path is not None else Path()
        return code(self, base=base, start=start if start is not None else base).python

    def to_dict(self) -> dict[str, Any]:
        """The recipe as plain values, in the order in which it is written."""
        value: dict[str, Any] = {"format": FORMAT, "name": self.name, **self.info, "seed": self.seed}
        value["inputs"] = {name: item.value for name, item in self.inputs.items()}
        value["steps"] = [step.value for step in self.steps]
        if self.write:
            value["write"] = [dict(item) for item in self.write]
        return value

    def to_text(self) -> str:
        """The recipe as text: as it was written if it was, else in one canonical layout."""
        return self.text if self.text is not None else document(self.to_dict())

    @property
    def id(self) -> str:
        """sha256 of the canonical JSON: the same for any layout, comments or order of keys, and wherever on
        the user's own machines the steps run."""
        return hashlib.sha256(canonical_json(_anywhere(self.to_dict())).encode()).hexdigest()


def _anywhere(recipe: dict[str, Any]) -> dict[str, Any]:
    """The recipe without the places where its steps run, as far as they give the same rows."""

    def step(one: Any) -> Any:
        if not isinstance(one, dict) or len(one) != 1:
            return one
        ((op, params),) = one.items()
        if not isinstance(params, dict) or params.get("run") not in PLACES:
            return one
        return {op: {key: value for key, value in params.items() if key != "run"}}

    found = {**recipe, "steps": [step(one) for one in recipe.get("steps") or []]}
    if isinstance(recipe.get("inputs"), dict):
        found["inputs"] = {
            name: {**spec, "steps": [step(one) for one in spec["steps"]]}
            if isinstance(spec, dict) and isinstance(spec.get("steps"), list)
            else spec
            for name, spec in recipe["inputs"].items()
        }
    return found


class _Reader:
    """Checks values against the format."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines

    def recipe(self, value: Any, text: str | None, name: str | None) -> Recipe:
        if not isinstance(value, dict):
            raise TsmError(
                "This is no recipe: a recipe is a set of keys, first of all 'format'.",
                remedy=f"Begin with the line: format: {FORMAT}",
            )
        said = value.get("format")
        if said != FORMAT:
            if said is None:
                raise TsmError(
                    "The recipe does not say its format.", remedy=f"Begin with the line: format: {FORMAT}"
                )
            raise self.wrong(
                ("format",),
                f"'format' is {said!r}; this version reads '{FORMAT}'.",
                "A newer recipe needs a newer pz-tsm.",
            )
        self.known(value, KEYS, (), "recipe")
        info: dict[str, Any] = {}
        for key in TEXT_KEYS:
            if key in value:
                info[key] = self.text(value[key], (key,), key)
        if "creators" in value:
            info["creators"] = self.list(value["creators"], ("creators",), "creators")
        seed = value.get("seed", 0)
        if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
            raise self.wrong(("seed",), f"'seed' must be a whole number from 0 to 4294967295, not {seed!r}.")
        inputs = value.get("inputs")
        if not isinstance(inputs, dict) or not inputs:
            raise self.wrong(
                ("inputs",),
                "The recipe has no inputs.",
                "Write at least one: inputs: {vvds: {from: {file: vvds.parquet}}}",
            )
        return Recipe(
            name=info.pop("name", None) or name or "recipe",
            seed=seed,
            inputs={key: self.input(key, item) for key, item in inputs.items()},
            steps=self.steps(value.get("steps"), ("steps",)),
            write=tuple(
                self.writer(item, ("write", i))
                for i, item in enumerate(self.list(value.get("write"), ("write",), "write"))
            ),
            info=info,
            text=text,
        )

    def input(self, name: str, value: Any) -> Input:
        path = ("inputs", name)
        if isinstance(value, str):
            value = {"from": {"file": value}}
        if not isinstance(value, dict):
            raise self.wrong(
                path, f"Input '{name}' must say where it comes from.", "Write from: {file: PATH}."
            )
        self.known(value, INPUT_KEYS, path, f"input '{name}'")
        spec = {key: item for key, item in value.items() if key != "steps" and item is not None}
        spec["from"] = self.source(name, value.get("from"))
        for key in ("survey", "id", "access"):
            if key in spec:
                spec[key] = self.text(spec[key], (*path, key), key)
        if spec.get("access") not in (None, "public", "rubin-data-rights"):
            raise self.wrong(
                (*path, "access"), f"'access' is {spec['access']!r}.", "It is public or rubin-data-rights."
            )
        if "columns" in spec:
            if not isinstance(spec["columns"], dict):
                raise self.wrong(
                    (*path, "columns"),
                    f"Input '{name}': 'columns' must map roles to names.",
                    "For example columns: {id: NUM, ra: RA, dec: DEC, z: Z}.",
                )
            from pz_tsm.sources.columns import read_mapping

            try:
                read_mapping(spec["columns"], name)
            except TsmError as error:
                raise self.wrong((*path, "columns", error.where), error.message, error.remedy) from None
        if "convert" in spec:
            from pz_tsm.sources.convert import read as read_convert

            try:
                read_convert(spec["convert"], name)
            except TsmError as error:
                raise self.wrong((*path, "convert", error.where), error.message, error.remedy) from None
        return Input(name, spec, self.steps(value.get("steps"), (*path, "steps")), self.lines.get(path))

    def source(self, name: str, value: Any) -> dict[str, Any]:
        path = ("inputs", name, "from")
        if isinstance(value, str):
            value = {"file": value}
        if not isinstance(value, dict) or not value:
            raise self.wrong(
                path, f"Input '{name}' does not say where it comes from.", "Write from: {file: PATH}."
            )
        kinds = [kind for kind in SOURCES if kind in value]
        if len(kinds) != 1:
            unknown = next((key for key in value if key not in SOURCES), None)
            if unknown and not kinds:
                self.known(value, SOURCES, path, f"'from' of input '{name}'")
            raise self.wrong(
                path,
                f"Input '{name}': 'from' must name one source.",
                f"Sources: {', '.join(SOURCES)}.",
            )
        self.known(value, SOURCE_KEYS.get(kinds[0], (kinds[0],)), path, f"'from' of input '{name}'")
        if kinds[0] == "file" and not (isinstance(value["file"], str) and value["file"].strip()):
            raise self.wrong((*path, "file"), f"Input '{name}': 'file' must be a path.")
        if kinds[0] in ARCHIVES:
            from pz_tsm.sources.archives import wanted

            try:
                wanted.read(kinds[0], value[kinds[0]])
            except TsmError as error:
                message = f"Input '{name}': {error.message}"
                raise self.wrong((*path, kinds[0], error.where), message, error.remedy) from None
        return dict(value)

    def steps(self, value: Any, path: tuple[Any, ...]) -> tuple[Step, ...]:
        steps = []
        for i, item in enumerate(self.list(value, path, "steps")):
            here = (*path, i)
            if isinstance(item, str):
                steps.append(Step(item, None, self.lines.get(here)))
            elif isinstance(item, dict) and len(item) == 1:
                ((op, params),) = item.items()
                steps.append(Step(op, params, self.lines.get(here)))
            elif isinstance(item, dict) and item:
                raise self.wrong(
                    here,
                    f"A step is one operation, but here stand {len(item)}: {', '.join(map(str, item))}.",
                    "Begin each step with '- ', and indent its parameters further than its name.",
                )
            else:
                raise self.wrong(here, f"A step is an operation and its parameters, not {item!r}.")
        return tuple(steps)

    def writer(self, item: Any, path: tuple[Any, ...]) -> dict[str, Any]:
        if isinstance(item, str):
            return {"format": item}
        if not isinstance(item, dict) or not isinstance(item.get("format"), str):
            raise self.wrong(
                path, "An entry of 'write' must name a format.", "For example - {format: parquet}."
            )
        return dict(item)

    def known(self, value: dict[Any, Any], keys: tuple[str, ...], path: tuple[Any, ...], what: str) -> None:
        for key in value:
            if key not in keys:
                from pz_tsm.sources.columns import nearest

                near = nearest(str(key), keys)
                remedy = f"Did you mean '{near[0]}'?" if near else f"Known keys: {', '.join(keys)}."
                raise self.wrong(
                    (*path, key), f"The {what} has no key '{key}'.".replace("The '", "'"), remedy
                )

    def text(self, value: Any, path: tuple[Any, ...], key: str) -> str:
        if not isinstance(value, str) or not value.strip():
            remedy = (
                f'Write it in quotes: {key}: "{value}"'
                if value is not None and not isinstance(value, dict)
                else None
            )
            raise self.wrong(path, f"'{key}' must be a text, not {value!r}.", remedy)
        return value

    def list(self, value: Any, path: tuple[Any, ...], key: str) -> list[Any]:
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.wrong(
                path,
                f"'{key}' must be a list.",
                f"Write each entry of '{key}' on a line that begins with '- '.",
            )
        return value

    def wrong(self, path: tuple[Any, ...], message: str, remedy: str | None = None) -> TsmError:
        line = self.lines.get(path)
        parent = path
        while line is None and parent:
            parent = parent[:-1]
            line = self.lines.get(parent)
        if line is None:
            return TsmError(message, remedy=remedy)
        return TsmError(f"Line {line}: {message}", remedy=remedy, where=f"line {line}")
