"""A table, a file or a bundle as a product of a PZ Server: checked, sent, its columns told, published.

Which server, and where its token comes from: see ``pz_tsm.sources.pzserver``.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.bundle.packing import Packed
from pz_tsm.bundle.sending import beside, plain_name
from pz_tsm.errors import TsmError
from pz_tsm.sources import pzserver_products as products
from pz_tsm.sources.pzserver import LARGEST, ROLES, Server, configured
from pz_tsm.sources.pzserver_products import AUXILIARY, DELETED, DESCRIPTION, MAIN, PUBLISHED

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.table import Table

REQUIRED = {"redshift_catalog": ("ra", "dec", "z"), "object_catalog": ("ra", "dec"), "training_set": ("z",)}
OURS = {  # columns of our own tables, before any that are guessed
    "id": ("tsm_id", "row_id"),
    "ra": ("ra",),
    "dec": ("dec",),
    "z": ("redshift",),
    "z_err": ("redshift_err",),
    "z_flag": ("z_flag_homogenized", "z_flag"),
    "survey": ("survey",),
}


@dataclass(frozen=True)
class Published:
    """A product that is published. ``notes``: what should be known of it."""

    id: int
    name: str
    server: str
    columns: Mapping[str, str]
    notes: tuple[str, ...] = ()

    @property
    def source(self) -> dict[str, Any]:
        """As ``pz_tsm.read`` and a recipe's input take it."""
        return {"from": {"pzserver": self.name}}


@dataclass
class _What:
    """What is sent. ``files``: (path, or a folder to pack; name there; role), the main one first. ``access``:
    of rows that ``table`` does not hold."""

    files: list[tuple[Path | Packed, str, int]]
    name: str
    type: str
    description: str
    table: pa.Table | None
    notes: list[str] = field(default_factory=list)
    access: str | None = None


def publish(
    what: Table | str | Path,
    name: str | None = None,
    *,
    type: str | None = None,
    release: str | None = None,
    description: str | None = None,
    columns: Mapping[str, str] | None = None,
    files: Sequence[str | Path] = (),
    data_rights: bool = False,
    product: int | None = None,
) -> Published:
    """Make a product of a table, of a file, or of the folder of a bundle or of a HATS catalogue.

    A HATS catalogue goes as a zip that is made while it is sent.

    type: internal name of the product type, such as ``redshift_catalog`` or ``training_set``; proposed from
        the columns if left out.
    release: name of the LSST release that the rows belong to.
    description: Markdown; a bundle's README if left out.
    columns: role (id, ra, dec, z, z_err, z_flag, survey) -> column; the rest is guessed.
    files: further files that go with it.
    data_rights: say so when all users of the server may see rows of data-rights holders.
    product: id of a product whose upload broke off; it goes on there.

    Raises TsmError, before anything is sent, for what the server would refuse.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tsm-publish-")))
        sent = _gather(what, name, description, folder)
        if configured():
            _leave_out_large(sent)
        sent.files += [(Path(path), plain_name(Path(path).name), AUXILIARY) for path in files]
        roles = _roles(sent.table, columns or {}) if sent.table is not None else {}
        server = stack.enter_context(Server(timeout=products.PATIENCE))
        of_type = _by_name(server, "product-types", type or sent.type or _kind(sent.table, roles))
        kind = of_type["name"]
        found = _release(server, release)
        remote = configured()
        _check(sent, kind, roles, remote)
        if remote and not data_rights and not (found and found.get("is_public") is False):
            _check_access(sent, server.base)
        fields = {
            "display_name": sent.name,
            "product_type": of_type["id"],
            "release": found["id"] if found and kind != "redshift_catalog" else None,
            "description": sent.description,
        }
        key, internal = _product(server, product, fields)
        try:
            _send(server, key, sent.files)
            if missing := products.associate(server, key, roles):
                sent.notes.append(f"columns that the server did not find: {', '.join(missing)}")
            products.publish(server, key)
        except TsmError as error:
            raise TsmError(
                f"{error.message} The product {key} is left as a draft.",
                remedy=f"{error.remedy or ''} Go on there with publish(..., product={key}).".strip(),
                where=error.where,
            ) from None
        return Published(key, internal, server.base, roles, tuple(sent.notes))


def _gather(what: Any, name: str | None, description: str | None, folder: Path) -> _What:
    from pz_tsm import bundle, sources
    from pz_tsm.recipe.rebased import without_folders
    from pz_tsm.sources.hats import is_hats
    from pz_tsm.table import Table

    if isinstance(what, Table):
        title = name or what.name
        path = folder / f"{plain_name(title)}.parquet"
        _write(what.arrow, path)
        found = _What([(path, path.name, MAIN)], title, "", description or "", what.arrow)
        with suppress(TsmError):  # of a table that no recipe can make
            recipe = folder / bundle.RECIPE
            recipe.write_text(without_folders(what.recipe).to_text(), encoding="utf-8")
            found.files.append((recipe, recipe.name, AUXILIARY))
        return found
    path = Path(what).expanduser()
    if path.is_dir():
        if (path / bundle.TABLE).is_file():
            return _bundle(path, name, description)
        if is_hats(path):
            return _hats(path.resolve(), name, description)
        raise TsmError(
            f"'{path.name}' is neither a bundle (it has no {bundle.TABLE}) nor a HATS catalogue (no "
            "hats.properties or collection.properties).",
            remedy="Name a file, or one of these folders.",
            where=str(path),
        )
    if not path.is_file():
        raise TsmError(f"There is no file '{path}'.", where=str(path))
    plain = plain_name(path.name)
    notes = [f"'{path.name}' is called '{plain}' on the server"] if plain != path.name else []
    try:
        table = sources.read_raw(path)
    except TsmError:
        table = None  # not every product is a table
    return _What([(path, plain, MAIN)], name or path.stem, "", description or "", table, notes)


def _bundle(path: Path, name: str | None, description: str | None) -> _What:
    import pyarrow.parquet as pq

    from pz_tsm import bundle
    from pz_tsm.recipe import Recipe

    table = path / bundle.TABLE
    recipe = Recipe.parse((path / bundle.RECIPE).read_text(encoding="utf-8"), bundle.RECIPE)
    readme = path / "README.md"
    files = [(table, table.name, MAIN)]
    if readme.is_file():
        files.append((readme, readme.name, DESCRIPTION))
        description = description or readme.read_text(encoding="utf-8")
    files += [(one, own, AUXILIARY) for one, own in beside(path)]
    made = {step.op for step in recipe.steps}
    kind = "training_set" if made & {"match", "split"} else "redshift_catalog"
    title = name or str(recipe.info.get("title") or path.resolve().name)
    return _What(files, title, kind, description or "", pq.read_table(table))


def _hats(path: Path, name: str | None, description: str | None) -> _What:
    from pz_tsm import releases
    from pz_tsm.sources.hats import open_catalogue

    top = plain_name(path.name)
    sent = [(Packed(path, top), f"{top}.zip", MAIN)]
    release = releases.resolve({"hats": str(path)})
    return _What(
        sent,
        name or path.name,
        "",
        description or "",
        open_catalogue(path).schema.empty_table(),  # its columns are told; its rows are not read
        access=None if release.assumed else release.profile.access,
    )


def _write(table: pa.Table, path: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(table, path, compression="zstd", version="2.6")


def _roles(table: pa.Table, given: Mapping[str, str]) -> dict[str, str]:
    """Role -> column: what is said, our own names, what the columns tell without doubt."""
    from pz_tsm.sources.columns import guess, no_such_column

    for role, name in given.items():
        if role not in ROLES:
            raise TsmError(f"'columns' has no role '{role}'.", remedy=f"Roles: {', '.join(ROLES)}.")
        if name not in table.column_names:
            raise no_such_column(name, table.column_names, "columns")
    guessed = guess(table.schema)
    found = dict(given)
    for role in ROLES:
        ours = [name for name in OURS[role] if name in table.column_names]
        names = ours[:1] or guessed.get(role, [])
        if role not in found and len(names) == 1 and names[0] not in found.values():
            found[role] = names[0]
    return found


def _kind(table: pa.Table | None, roles: Mapping[str, str]) -> str:
    if table is None or not {"ra", "dec"} & roles.keys() and "z" not in roles:
        return "other"
    if "z" not in roles:
        return "object_catalog"
    return "training_set" if "split" in table.column_names or "ra" not in roles else "redshift_catalog"


def _check(sent: _What, kind: str, roles: Mapping[str, str], remote: bool) -> None:
    """TsmError for what would be refused; what is merely unwise is noted."""
    if not sent.name.strip() or len(sent.name) > 255:
        raise TsmError("A product needs a name of at most 255 characters.", where="name")
    for path, name, _ in sent.files:
        size, where = _size(path), str(_place(path))
        if not size:
            raise TsmError(f"'{_place(path).name}' is empty, or is not there.", where=where)
        if remote and size > LARGEST:
            raise TsmError(
                f"'{_place(path).name}' has {size / 1e6:,.0f} MB; the server takes {LARGEST / 1e6:.0f} MB.",
                remedy="Send fewer columns or rows, or Parquet compressed with zstd.",
                where=where,
            )
        if sum(name == other for _, other, _ in sent.files) > 1:
            raise TsmError(f"Two files would be called '{name}'.", remedy="Rename one.", where=where)
    if kind not in REQUIRED:
        return
    if sent.table is None:
        if not re.search(r"\.(zip|tar|tgz|tar\.(gz|bz2|xz))$", sent.files[0][1]):
            raise TsmError(f"'{sent.files[0][0].name}' can't be read as a table.", where=kind)
        return
    missing = [role for role in REQUIRED[kind] if role not in roles]
    if missing:
        raise TsmError(
            f"A product of type '{kind}' must have the columns {', '.join(REQUIRED[kind])}; it is not clear "
            f"which is {', '.join(missing)}.",
            remedy=f"Say it: columns={{'{missing[0]}': NAME}}, or another type.",
            where=", ".join(missing),
        )
    _note_values(sent, roles)


def _note_values(sent: _What, roles: Mapping[str, str]) -> None:
    from pz_tsm import summary
    from pz_tsm.sources.tables import value_roles, without_sentinels

    table = summary.simple(sent.table)
    odd = [name for name in table.column_names if not re.fullmatch(r"[A-Za-z_][\w.]*", name)]
    if odd:
        sent.notes.append(f"column names with blanks or special characters: {', '.join(odd[:6])}")
    known = value_roles(table.schema) | {name: role for role, name in roles.items()}
    for item in table.schema:
        values = summary.one_chunk(table.column(item.name))
        found = without_sentinels(item, values, known)[1]
        if found:
            said = ", ".join(f"{one['count']:,} times {one['value']}" for one in found)
            sent.notes.append(f"'{item.name}' holds numbers that stand for no value: {said}")


def _size(what: Path | Packed) -> int:
    """Bytes that are sent; 0 of a file that is not there."""
    if isinstance(what, Packed):
        return what.size
    return what.stat().st_size if what.is_file() else 0


def _place(what: Path | Packed) -> Path:
    return what.path if isinstance(what, Packed) else what


def _leave_out_large(sent: _What) -> None:
    """Files that only go with the main one, and that the server would refuse, are not sent."""
    large = [one for one in sent.files if one[2] == AUXILIARY and _size(one[0]) > LARGEST]
    for path, name, _ in large:
        sent.notes.append(f"'{name}' is not sent: {_size(path) / 1e6:,.0f} MB")
    sent.files = [one for one in sent.files if one not in large]


def _check_access(sent: _What, server: str) -> None:
    from pz_tsm import summary

    access = sent.access or (summary.access(sent.table.schema) if sent.table is not None else "public")
    if access != "public":
        raise TsmError(
            f"The rows are for holders of Rubin data rights; all users of {server} would see them.",
            remedy="Give the release= that they come from, or data_rights=True if all its users hold them.",
            where=access,
        )


def _by_name(server: Server, what: str, name: str) -> Mapping[str, Any]:
    listed = list(products.pages(server, f"{what}/"))
    found = products.named(listed, name)
    if found is None:
        raise TsmError(
            f"The server has no '{name}' among its {what}.",
            remedy=f"It has: {', '.join(one['name'] for one in listed) or 'none'}.",
            where=name,
        )
    return found


def _release(server: Server, name: str | None) -> Mapping[str, Any] | None:
    return None if name is None else _by_name(server, "releases", name)


def _product(server: Server, key: int | None, fields: dict[str, Any]) -> tuple[int, str]:
    """Id and internal name of a new draft, or of the one to go on with."""
    if key is None:
        made = products.draft(server, **fields)
        return made["id"], made["internal_name"]
    known = server.product(key)
    if known["status"] in (PUBLISHED, DELETED) or known["product_type"] != fields["product_type"]:
        raise TsmError(
            f"Product {key} is {str(known['product_status']).lower()}, of type "
            f"'{known['product_type_internal_name']}': the upload can't go on there.",
            remedy="Leave product= out to make another one.",
            where=str(key),
        )
    server.call("PATCH", f"products/{key}/", json=fields)
    return known["id"], known["internal_name"]


def _send(server: Server, key: int, files: Sequence[tuple[Path | Packed, str, int]]) -> None:
    """Send what is not there yet; a main file that is another one is taken away first."""
    listed = products.pages(server, "product-files/", product_id=key)
    there = {(one["role"], one["name"], one["size"]): one["id"] for one in listed if one["product"] == key}
    wanted = {(role, name, _size(path)): path for path, name, role in files}
    for (role, _, _), number in {known: there[known] for known in there if known not in wanted}.items():
        if role == MAIN:
            server.call("DELETE", f"product-files/{number}/")
    for (role, name, size), path in wanted.items():
        if (role, name, size) in there:
            continue
        products.send(server, key, path, name, role)
