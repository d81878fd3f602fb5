"""Work given to a PZ Server: a table published as a product, and a process submitted.

Names carry a digest of what is asked, and ids are written down as soon as they are known: who asks the same
again finds the product and the process that are there already, and nothing is submitted twice.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context
from pz_tsm.sources import pzserver_products as products
from pz_tsm.sources.pzserver import LARGEST, Refused, Server
from pz_tsm.sources.pzserver_products import DRAFT, FAILED, PROCESSING, PUBLISHED

REDSHIFTS, RESULT = "redshift_catalog", "training_set"
PIPELINE = "training_set_maker"
WAITING = ("Pending", "Queued", "Running")  # what can still end well


@dataclass(frozen=True)
class Offer:
    """What a server's Training Set Maker can be asked for, of one release."""

    server: str
    pipeline: dict[str, Any]
    release: dict[str, Any]
    param: dict[str, Any]  # the pipeline's own defaults
    fluxes: tuple[str, ...]
    dereddening: tuple[str, ...]
    flux: str  # what is used when nothing is asked for
    dust: str

    @property
    def photometry(self) -> tuple[str, ...]:
        """What the release's catalogues come in: mag, flux."""
        said = ("mag", self.release.get("has_mag_hats", True)), ("flux", self.release.get("has_flux_hats"))
        return tuple(kind for kind, there in said if there)

    @property
    def most_neighbours(self) -> bool:
        """Whether several objects a redshift can be asked for."""
        return "n_neighbors" in (self.param.get("crossmatch") or {})


@dataclass
class Remembered:
    """Ids of what was sent, in a file that outlives an interruption."""

    path: Path
    ids: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def at(cls, path: Path) -> Remembered:
        with suppress(OSError, ValueError):
            said = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(said, dict):
                return cls(path, said)
        return cls(path)

    def note(self, **ids: Any) -> None:
        self.ids.update(ids)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_name(f"{self.path.name}.{os.getpid()}.part")
        part.write_text(json.dumps(self.ids), encoding="utf-8")
        part.replace(self.path)


def offered(server: Server, name: str) -> Offer:
    """What the server offers for a release, by its name there (any case) or its title.

    TsmError with the releases that it has, or that it has no Training Set Maker.
    """
    found = server.call("GET", "pipelines/", params={"name": PIPELINE}).get("results", [])
    pipeline = next((one for one in found if one.get("name") == PIPELINE), None)
    if pipeline is None:
        raise TsmError(
            f"The PZ Server at {server.base} has no Training Set Maker.",
            remedy="Match here: run: memory, or run: engine.",
            where="run",
        )
    known = list(products.pages(server, "releases/"))
    release = products.named(known, name)
    if release is None:
        names = ", ".join(str(one.get("name")) for one in known) or "none that you may use"
        raise TsmError(
            f"The PZ Server at {server.base} has no release '{name}'.",
            remedy=f"It has: {names}.",
            where="release",
        )
    config = pipeline.get("system_config") or {}
    param = config.get("param") if isinstance(config, dict) else None
    param = param if isinstance(param, dict) else {}
    fluxes, flux = _choices(release.get("fluxes"), param.get("flux_type"), "auto")
    dust, chosen = _choices(release.get("dereddening"), param.get("dereddening"), "sfd")
    return Offer(server.base, pipeline, release, param, fluxes, dust, flux, chosen)


def _choices(listed: Any, default: Any, otherwise: str) -> tuple[tuple[str, ...], str]:
    """Names that may be chosen, and the one that stands for none: marked so, or first, or the pipeline's."""
    open_ones = [one for one in listed or [] if isinstance(one, dict) and not one.get("disabled")]
    names = tuple(str(one["name"]) for one in open_ones if one.get("name"))
    marked = next((str(one["name"]) for one in open_ones if one.get("selected")), None)
    return names, marked or (names[0] if names else str(default or otherwise))


def publish(
    server: Server,
    name: str,
    path: Path,
    columns: Mapping[str, str],
    description: str,
    remembered: Remembered,
    ctx: Context,
) -> int:
    """A redshift catalogue as a published product of the user; its id.

    ``columns``: role (id, ra, dec, z, ...) -> column. One of that name that is published already is taken;
    a draft of that name, left by an interruption, is removed first. TsmError for a file that is too large.
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise TsmError(
            f"The redshifts take {size / 1e6:.0f} MB; a PZ Server takes {LARGEST / 1e6:.0f} MB in one "
            "upload.",
            remedy="Cut rows before the match, or match here: run: engine.",
            where="run",
        )
    for one in _mine(server, name, REDSHIFTS):
        if one["status"] == PUBLISHED:
            remembered.note(product=one["id"])
            return int(one["id"])
        with suppress(TsmError):
            server.call("DELETE", f"products/{one['id']}/")
    kind = products.named(products.pages(server, "product-types/"), REDSHIFTS)
    if kind is None:
        raise TsmError(f"The PZ Server at {server.base} takes no redshift catalogues.", where="run")
    ctx.step(0.02, "sending the redshifts to the PZ Server")
    fields = {"display_name": name, "product_type": kind["id"], "description": description}
    number = int(products.draft(server, **fields)["id"])
    products.send(server, number, path, path.name, products.MAIN)
    ctx.step(0.05, "the PZ Server reads the redshifts")
    if missing := products.associate(server, number, columns):
        raise TsmError(
            f"The PZ Server did not find the column '{missing[0]}' in the redshifts sent.", where=missing[0]
        )
    products.publish(server, number)
    remembered.note(product=number)
    return number


def _mine(server: Server, name: str, kind: str) -> list[dict[str, Any]]:
    """The user's own products of exactly that name and kind that are not deleted, newest first."""
    wanted = {"display_name": name, "status__in": "0,1,3,9"}
    return [
        one
        for one in products.pages(server, "products/", **wanted)
        if one.get("display_name") == name
        and one.get("product_type_internal_name") == kind
        and one.get("is_owner")
        and one.get("status") in (DRAFT, PUBLISHED, PROCESSING, FAILED)
    ]


def earlier(server: Server, name: str, remembered: Remembered) -> dict[str, Any] | None:
    """The process that was submitted under that name before, at work or successful; None if there is none."""
    known = remembered.ids.get("process")
    if known is not None:
        try:
            process = server.call("GET", f"processes/{known}/")
        except Refused as error:
            if error.status != 404:
                raise
            process = {}
        if process.get("status") in WAITING or _made(server, process):
            return process
    for product in _mine(server, name, RESULT):
        if product["status"] not in (PUBLISHED, PROCESSING):
            continue
        number = product.get("process_id")
        found = [server.call("GET", f"processes/{number}/")] if number else _of(server, product["id"])
        for process in found:
            if process.get("status") in WAITING or _made(server, process):
                remembered.note(process=process["id"], upload=process["upload"])
                return process
    return None


def _made(server: Server, process: Mapping[str, Any]) -> bool:
    """Whether a process has ended well and what it made is still there."""
    if process.get("status") != "Successful" or process.get("upload") is None:
        return False
    try:
        return server.call("GET", f"products/{process['upload']}/").get("status") in (PUBLISHED, PROCESSING)
    except Refused as error:
        if error.status == 404:
            return False
        raise


def _of(server: Server, upload: int) -> list[dict[str, Any]]:
    """Processes that make that product."""
    return [one for one in products.pages(server, "processes/", upload=upload) if one.get("upload") == upload]


def submit(
    server: Server, offer: Offer, name: str, product: int, param: Mapping[str, Any], remembered: Remembered
) -> dict[str, Any]:
    """A process of the Training Set Maker, submitted; its object. What it makes bears ``name``."""
    body = {
        "display_name": name,
        "pipeline": offer.pipeline["id"],
        "release": offer.release["id"],
        "inputs": [product],
        "used_config": {"param": dict(param), "output_format": "parquet"},
        "output_format": "parquet",
        "description": f"Made for a match of pz-tsm with {offer.release.get('display_name')}.",
    }
    process = server.call("POST", "processes/", json=body)
    if not isinstance(process, dict) or process.get("id") is None:
        raise TsmError(f"{server.base} does not answer as a PZ Server.", where=server.base)
    remembered.note(process=process["id"], upload=process.get("upload"))
    return process


def ignored(process: Mapping[str, Any], param: Mapping[str, Any]) -> list[str]:
    """Parameters that were sent and that the server's process does not have, or has otherwise."""
    used = process.get("used_config") or {}
    if isinstance(used, str):
        try:
            used = json.loads(used)
        except ValueError:
            return []
    used = used.get("param") if isinstance(used, dict) else None
    if not isinstance(used, dict):
        return []
    return [name for name in _flat(param) if _flat(used).get(name) != _flat(param)[name]]


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            found |= {f"{key}.{name}": one for name, one in _flat(value).items()}
        else:
            found[key] = value
    return found
