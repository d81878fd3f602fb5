"""docs/reference.md, made from the code: operations, conditions, columns, rule packs, formats, command line.

python scripts/reference.py            write docs/reference.md
python scripts/reference.py --check    write nothing; exit 1 if docs/reference.md is out of date
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import reference_words as words_of

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "reference.md"


def cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def code(value: object) -> str:
    return f"`{value}`".replace("|", "\\|")


# Operations


def kind(schema: dict[str, Any]) -> str:
    """A JSON Schema's type in words."""
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[1]
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return " or ".join(code(one) for one in schema["enum"])
    if schema.get("format") == "condition":
        return "condition"
    name = schema.get("type", "anything")
    if name == "array":
        if "prefixItems" in schema:
            return f"{len(schema['prefixItems'])} numbers"
        return f"list of ({inner})" if " or " in (inner := kind(schema["items"])) else f"list of {inner}"
    if name == "object":
        more = schema.get("additionalProperties")
        return f"name: {kind(more)}" if isinstance(more, dict) else "keys and values"
    words = {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(name, name)
    signs = {"exclusiveMinimum": ">", "minimum": "≥", "exclusiveMaximum": "&lt;", "maximum": "≤"}
    limits = [f"{sign} {schema[key]}" for key, sign in signs.items() if key in schema]
    return " ".join([words, ", ".join(limits)]).strip()


def parameters(schema: dict[str, Any], fields: dict[str, Any]) -> str:
    rows = []
    for name, one in schema.get("properties", {}).items():
        if name in schema.get("required", ()):
            default = "required"
        else:
            field = next(item for key, item in fields.items() if (item.alias or key) == name)
            value = field.get_default(call_default_factory=True)
            value = value.model_dump() if hasattr(value, "model_dump") else value
            default = code(json.dumps(value))
        title, about = one.get("title", "").rstrip("."), one.get("description", "")
        words = f"{title}. {about}" if about else title
        rows.append((code(name), kind(one), default, cell(words)))
    return table(("parameter", "type", "default", "meaning"), rows)


def models(params: Any) -> dict[str, Any]:
    """The pydantic models that a model's fields are made of, by name."""
    from typing import get_args

    from pydantic import BaseModel

    found: dict[str, Any] = {}

    def look(annotation: Any) -> None:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            if annotation.__name__ not in found:
                found[annotation.__name__] = annotation
                for field in annotation.model_fields.values():
                    look(field.annotation)
        for one in get_args(annotation):
            look(one)

    for field in params.model_fields.values():
        look(field.annotation)
    return found


def operations() -> str:
    from pz_tsm import ops

    parts = [words_of.OPERATIONS]
    for name in ops.BUILT_IN:
        operation = ops.get(name)
        schema = operation.params.model_json_schema()
        main = f" A bare value stands for `{operation.main}`." if operation.main else ""
        parts.append(
            f"### {name}\n\n{operation.summary.rstrip('.')}. {words_of.SCOPES[operation.scope]}{main}"
        )
        parts.append(parameters(schema, operation.params.model_fields))
        for title, model in sorted(models(operation.params).items()):
            about = (
                ""
                if "BaseModel" in (model.__doc__ or "")
                else cell(schema["$defs"][title].get("description", ""))
            )
            parts.append(f"**{title}** {about}".strip())
            parts.append(parameters(schema["$defs"][title], model.model_fields))
    from pz_tsm import splits

    parts.append("**Split methods** (`method:` of split)")
    parts.append(
        table(("method", "meaning"), [(code(n), cell(splits.get(n).summary)) for n in splits.BUILT_IN])
    )
    return "\n\n".join(parts)


# The recipe and its conditions


def recipe() -> str:
    from pz_tsm.recipe import model
    from pz_tsm.sources.columns import ROLES as known

    rows = [(code(role), code(column), words_of.ROLES[role]) for role, column in known.items()]
    return "\n\n".join(
        [
            "## The recipe",
            f"A YAML 1.2 document, `NAME.tsm.yaml`, that begins with `format: {model.FORMAT}`.",
            table(
                ("where", "keys"),
                [
                    ("the document", ", ".join(map(code, model.KEYS))),
                    ("an input", ", ".join(map(code, model.INPUT_KEYS))),
                    ("`from:` of an input", ", ".join(map(code, model.SOURCES))),
                ],
            ),
            words_of.COLUMNS_OF_INPUT,
            table(("role", "becomes the column", "meaning"), rows),
            words_of.READING,
        ]
    )


def conditions() -> str:
    from pz_tsm.expr import syntax

    takes = {(1, 1): "1", (1, 2): "1 or 2", (2, 2): "2"}
    functions = [(code(n), takes[count], words_of.FUNCTIONS[n]) for n, count in syntax.FUNCTIONS.items()]
    limits = f"- Limits: {syntax.MAX_DEPTH} levels of parentheses, {syntax.MAX_CHAIN} terms in a row."
    presets = [(code(name), code(text)) for name, text in syntax.PRESETS.items()]
    return "\n\n".join(
        [
            words_of.CONDITIONS + "\n" + limits,
            table(("function", "arguments", "value"), functions),
            "Presets are names for conditions:",
            table(("preset", "stands for"), presets),
        ]
    )


# Columns, formats and the bundle: from a small run


class Run:
    """A small mock run with every format: the columns' types and the bundle's files are read off it."""

    def __init__(self, folder: Path) -> None:
        from pz_tsm import mock
        from pz_tsm.bundle import formats
        from pz_tsm.recipe import Recipe, Step, run

        mock.make(folder / "mock", rows=400, objects=1200)
        base = folder / "mock"
        made = Recipe.read(base / "mock.tsm.yaml")
        writes = [{"format": name} for name in ("parquet", *formats.WRITERS, "public")]
        writes.append({"format": "rail-hdf5", "catalog_tag": "lsst_gaap_1p0"})
        out = folder / "out"
        run(replace(made, write=tuple(writes), text=None), base, out)
        self.files = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
        self.columns = json.loads((out / "schema.json").read_text(encoding="utf-8"))["columns"]
        like_server = (made.steps[0], Step("combine", {"policy": "pz-server"}))
        policy = run(replace(made, steps=like_server, write=(), text=None), base, None).table.schema
        known = {one["name"] for one in self.columns}
        self.policy = [field for field in policy if field.name not in known and field.name != "z_flag"]


def columns(made: Run) -> str:
    from pz_tsm.bundle.columns import KNOWN

    rows: dict[str, tuple[str, ...]] = {}
    for one in made.columns:
        name, ucd, words = one["name"], one.get("ucd", ""), one.get("description", "")
        match = re.fullmatch(r"([ugrizy])_(?:(\w+?)(Flux|FluxErr|Mag|MagErr)|snr)", name)
        if match:
            band, flux, what = match.groups()
            name = f"{{band}}_{{flux}}{what}" if flux else "{band}_snr"
            ucd = re.sub(r"em\.opt\.\w", "em.opt.*", ucd)
            words = re.sub(rf"\b{band} {flux}\b", "{band} {flux}", words) if flux else words
            words = re.sub(r"of [ugrizy]_\w+$", "of the band's flux", words)
        words = re.sub(r" of the release mock$", " of the release", words)
        kind_ = {"double": "float64", "float": "float32"}.get(one["type"], one["type"])
        rows.setdefault(name, (code(name), kind_, one.get("unit", ""), ucd, cell(words)))
    unit, ucd, words = KNOWN["z_flag"]
    flag = (code("z_flag"), "as in the catalogue", unit, ucd, f"{words}; until combine")
    ordered = [row for name, row in rows.items()]
    ordered.insert(list(rows).index("z_flag_orig"), flag)
    added = ", ".join(f"`{field.name}` ({field.type})" for field in made.policy)
    return "\n\n".join(
        [
            words_of.COLUMNS,
            table(("column", "type", "unit", "UCD", "meaning"), ordered),
            f"`policy: pz-server` of combine adds {added}.",
        ]
    )


def rules() -> str:
    from pz_tsm.ops.homogenize import packs

    parts = [words_of.RULES]
    for name in packs.shipped():
        pack = packs.load(name)
        rows = []
        for survey, one in sorted(pack.surveys.items(), key=lambda item: item[0].upper()):
            kinds = dict.fromkeys(k for rule in one.type_rules() for k in (rule.is_, rule.otherwise) if k)
            names = code(survey) + (f" ({', '.join(map(code, one.aliases))})" if one.aliases else "")
            needs = ", ".join(map(code, one.needs))
            rows.append((names, ", ".join(sorted(kinds)), needs, cell(one.reference or "")))
        title = f": {pack.title}" if pack.title else ""
        parts.append(f"### {pack.name} {pack.version}{title}")
        parts.append(table(("survey", "types", "needs also", "reference"), rows))
    return "\n\n".join(parts)


def releases() -> str:
    from pz_tsm import releases as known

    rows = []
    for name in known.names():
        one = known.profile(name)
        fluxes = ", ".join(flux + ("*" if flux in one.default_fluxes else "") for flux in one.fluxes)
        offsets = ", ".join(one.ab_offsets) or ""
        rows.append(
            (code(name), cell(one.title), one.access, " ".join(one.bands), fluxes, one.dust_map, offsets)
        )
    return "\n\n".join(
        [
            words_of.RELEASES,
            table(("name", "title", "access", "bands", "flux families", "dust map", "offsets"), rows),
        ]
    )


def formats(made: Run) -> str:
    from pz_tsm.bundle import PUBLIC, rail
    from pz_tsm.bundle import formats as writers
    from pz_tsm.sources.files import ENDINGS, TITLES

    reads = [
        (TITLES[name].removeprefix("a "), " ".join(map(code, ENDINGS.get(name, ("(a folder)",)))))
        for name in TITLES
    ]
    writes = [(code("parquet"), code("data/training_set.parquet"), "zstd; always written")]
    for name, (file, writer) in writers.WRITERS.items():
        writes.append((code(name), code(f"data/{file}"), cell(writer.__doc__ or "")))
    writes.append((code("rail-hdf5"), code("rail/PART.hdf5"), f"keys: {', '.join(map(code, rail.KEYS[1:]))}"))
    writes.append((code("public"), code(PUBLIC), "the redshifts as before the match, for everyone"))
    layout: dict[str, str] = {}
    for name in made.files:
        general = re.sub(r"^rail/\w+\.hdf5$", "rail/PART.hdf5", name)
        layout[general] = words_of.FILES[
            general
        ]  # a file without a meaning here is a KeyError: describe it above
    layout["inputs/NAME"] = words_of.FILES["inputs/NAME"]  # the mock sky asks no archive
    return "\n\n".join(
        [
            "## File formats",
            "Read (the content decides, not the ending; text may be gzipped):",
            table(("format", "usual endings"), reads),
            "Written, by the entries of `write:`:",
            table(("format", "file", "notes"), writes),
            f"Catalogue tags of RAIL that `catalog_tag` knows: {', '.join(map(code, rail.TAGS))}.",
            "## The bundle",
            table(("file", "holds"), [(code(name), words) for name, words in sorted(layout.items())]),
        ]
    )


# The command line


def command_line() -> str:
    from pz_tsm.cli import parser as all_commands

    rows: list[tuple[str, str]] = []

    def walk(parser: argparse.ArgumentParser, prefix: str) -> None:
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                helps = {one.dest: one.help or "" for one in action._choices_actions}
                for name, sub in action.choices.items():
                    nested = any(isinstance(one, argparse._SubParsersAction) for one in sub._actions)
                    if nested:
                        walk(sub, f"{prefix} {name}")
                        continue
                    rows.append((code(f"{prefix} {name} {usage(sub)}".strip()), cell(helps[name])))
                    rows.extend(options(sub))

    def usage(parser: argparse.ArgumentParser) -> str:
        words = []
        for one in parser._actions:
            if not one.option_strings:
                words.append(f"[{one.metavar}]" if one.nargs == "?" else str(one.metavar))
            elif one.required:
                words.append(f"{one.option_strings[0]} {one.metavar}")
        return " ".join(words)

    def options(parser: argparse.ArgumentParser) -> list[tuple[str, str]]:
        found = []
        for one in parser._actions:
            if one.option_strings and not isinstance(one, argparse._HelpAction):
                value = "" if one.nargs == 0 else f" {one.metavar or one.dest.upper()}"
                words = (one.help or "").replace("%(default)s", str(one.default))
                found.append((f"&emsp;{code(', '.join(one.option_strings) + value)}", cell(words)))
        return found

    walk(all_commands(), "pz-tsm")
    return "\n\n".join(
        [
            "## The command line",
            table(("command", "does"), rows),
            words_of.COMMAND_LINE_END,
        ]
    )


def render() -> str:
    with tempfile.TemporaryDirectory() as folder:
        made = Run(Path(folder))
    sections = [
        words_of.START,
        operations(),
        recipe(),
        conditions(),
        columns(made),
        rules(),
        releases(),
        formats(made),
        command_line(),
    ]
    return "\n\n".join(sections) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only")
    check = parser.parse_args().check
    text = render()
    same = TARGET.exists() and TARGET.read_text(encoding="utf-8") == text
    if check:
        if not same:
            print("docs/reference.md is out of date: run 'make schemas' and commit")
        return 0 if same else 1
    TARGET.write_text(text, encoding="utf-8")
    print("docs/reference.md: " + ("unchanged" if same else "written"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
