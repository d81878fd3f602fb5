"""Products of a PZ Server as inputs: found by id or internal name, downloaded once, columns told by their
aliases.

Which server: ``PZ_TSM_PZSERVER_URL`` (its API's address), else the engine of this machine. The token is read
at each use (``PZ_TSM_PZSERVER_TOKEN``, else the system's keyring), goes into the Authorization header and
nowhere else.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context
from pz_tsm.sources.waiting import Pauses

ROLES = {  # role -> alias on the server (in any case) and UCD
    "id": ("ID", "meta.id;meta.main"),
    "ra": ("RA", "pos.eq.ra;meta.main"),
    "dec": ("Dec", "pos.eq.dec;meta.main"),
    "z": ("z", "src.redshift"),
    "z_err": ("z_err", "stat.error;src.redshift"),
    "z_flag": ("z_flag", "stat.rank"),
    "survey": ("survey", "meta.curation"),
}
LARGEST = 200_000_000  # bytes of an upload that the service takes
PATIENCE = 1800  # seconds that a server may take to prepare a download
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0  # seconds between two looks at it
URL, TOKEN = "PZ_TSM_PZSERVER_URL", "PZ_TSM_PZSERVER_TOKEN"


def fetch(product: Any, ctx: Context) -> dict[str, Any]:
    """The main file of a product, in the cache: {path, where, location, id, columns, server, product_id}."""
    with Server() as server:
        found = server.product(product)
        number, name = found["id"], found["internal_name"]
        ctx.step(0.02, f"fetching {name}")
        archive = server.prepare(number, name, ctx)
        path = server.download(archive, name, ctx)
        return {
            "path": path,
            "where": name,
            "location": f"pzserver:{name}",
            "id": name,
            "columns": server.associations(number),
            "server": server.base,
            "product_id": number,
        }


class Unreachable(TsmError):
    """The server gave no answer: it may give one later."""


class Refused(TsmError):
    """The server answered with an error; ``status`` is that of HTTP."""

    def __init__(self, message: str, status: int, **more: Any) -> None:
        super().__init__(message, **more)
        self.status = status


class Server:
    """The few calls of the PZ Server's REST API that reading a product takes. ``timeout``: seconds for each
    answer."""

    def __init__(self, timeout: float = 60) -> None:
        import httpx

        self.base, token = _address()
        headers = {"Authorization": f"Token {token}", "Accept": "application/json"}
        self.client = httpx.Client(headers=headers, timeout=timeout, follow_redirects=False)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def call(self, method: str, path: str, **options: Any) -> Any:
        """One answer as JSON; Unreachable, Refused or TsmError, in words, for everything else."""
        import httpx

        try:
            answer = self.client.request(method, urljoin(self.base, path), **options)
        except httpx.HTTPError as error:
            raise Unreachable(
                f"The PZ Server at {self.base} can't be reached: {str(error) or type(error).__name__}.",
                remedy=f"Check the network, and the address in {URL}.",
                where=self.base,
            ) from None
        if answer.status_code == 401:
            raise Refused(
                f"The PZ Server at {self.base} does not accept the token.",
                401,
                remedy=f"Make a new one in its menu and put it into {TOKEN} (never into the recipe).",
                where=self.base,
            )
        if answer.status_code >= 400:
            said = _reason(answer)
            raise Refused(
                f"The PZ Server at {self.base} answered {answer.status_code} to {method} {path}"
                f"{f': {said}' if said else ''}.",
                answer.status_code,
                remedy="If it goes on, tell those who run it.",
                where=self.base,
            )
        try:
            return answer.json() if answer.content else None
        except ValueError:
            raise TsmError(f"{self.base} does not answer as a PZ Server.", remedy=f"Check {URL}.") from None

    def product(self, wanted: Any) -> dict[str, Any]:
        """A product by id (number or digits) or by internal name."""
        key = "id" if re.fullmatch(r"\d+", str(wanted)) else "internal_name"
        if key == "id":  # no filter of the list: an id beyond its first page would not be found there
            try:
                return self.call("GET", f"products/{wanted}/")
            except Refused as error:
                if error.status != 404:
                    raise
        found = self.call("GET", "products/", params={key: str(wanted)}).get("results", [])
        found = [item for item in found if str(item.get(key)) == str(wanted)]
        if not found:
            raise TsmError(
                f"The PZ Server at {self.base} has no product '{wanted}' that you may read.",
                remedy="Give its id, or its internal name such as 12_goods_specz.",
                where=str(wanted),
            )
        return found[0]

    def associations(self, number: int) -> dict[str, str] | None:
        """Role -> column, as the product's owner declared; None if nothing was."""
        rows = self.call("GET", "product-contents/", params={"product": number, "page_size": 1000}).get(
            "results", []
        )
        found: dict[str, str] = {}
        for row in rows:
            role = (row.get("alias") or "").strip().lower()
            if role in ROLES:
                found.setdefault(role, row["column_name"])
        return found or None

    def prepare(
        self, number: int, name: str, ctx: Context, part: str = "download/main-file/"
    ) -> dict[str, Any]:
        """The archive object of the main file (or of all files, ``download/``), once it is ready."""
        path = f"products/{number}/{part}"
        archive = self.call("POST", f"{path}prepare/", headers={"Content-Type": "application/json"})
        pauses = Pauses(FIRST_PAUSE, LONGEST_PAUSE, ctx.cancelled, PATIENCE)
        while archive.get("status") in ("pending", "running"):
            if pauses.over:
                raise TsmError(
                    f"The PZ Server did not prepare '{name}' in {PATIENCE // 60} minutes.", where=name
                )
            ctx.step(0.03, f"the server prepares {name}")
            pauses.wait()
            archive = self.call("GET", f"{path}status/")
        if archive.get("status") != "ready":
            raise TsmError(
                f"The PZ Server can't give '{name}': {archive.get('error_message') or 'preparing failed'}.",
                where=name,
            )
        return archive

    def download(self, archive: dict[str, Any], name: str, ctx: Context) -> Path:
        """The file in the cache; a name ending in .part until it is whole and its checksum is right."""
        import hashlib

        import httpx

        url = urljoin(self.base, archive["download_url"])
        if urlsplit(url).netloc != urlsplit(self.base).netloc:
            url = (
                urljoin(self.base, urlsplit(url).path.lstrip("/").removeprefix("api/"))
                + "?"
                + urlsplit(url).query
            )
        folder = cache() / re.sub(r"\W", "_", urlsplit(self.base).netloc)
        folder.mkdir(parents=True, exist_ok=True)
        version = archive.get("checksum") or archive.get("source_signature") or "new"
        file_name = Path(archive.get("filename") or name).name
        target = folder / f"{name}-{version[:16]}-{file_name}"
        if target.exists():
            return _unpacked(target)
        part = target.with_name(f"{target.name}.{os.getpid()}.part")
        digest, done, size = hashlib.sha256(), 0, archive.get("size") or 0
        try:
            with self.client.stream("GET", url) as answer, part.open("wb") as out:
                if answer.status_code != 200:
                    raise TsmError(
                        f"The PZ Server answered {answer.status_code} to the download of '{name}'.",
                        where=name,
                    )
                for block in answer.iter_bytes(1 << 20):
                    out.write(block)
                    digest.update(block)
                    done += len(block)
                    ctx.step(min(0.09, 0.03 + 0.06 * done / size) if size else 0.05, f"fetching {name}")
        except httpx.HTTPError as error:
            part.unlink(missing_ok=True)
            raise TsmError(
                f"The download of '{name}' broke off: {error}.", remedy="Run again.", where=name
            ) from None
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        wanted = archive.get("checksum")
        if (wanted and digest.hexdigest() != wanted) or (size and done != size):
            part.unlink(missing_ok=True)
            raise TsmError(f"The download of '{name}' is damaged.", remedy="Run again.", where=name)
        part.rename(target)
        return _unpacked(target)


def _reason(answer: Any) -> str:
    """What an error says, in one line: a text, ``detail``, or the first message of each field; no HTML."""
    try:
        said = answer.json()
    except ValueError:
        return ""
    if isinstance(said, dict):
        parts = []
        for key, value in said.items():
            text = value[0] if isinstance(value, list) and value else value
            known = key in ("detail", "error", "message", "non_field_errors")
            parts.append(str(text) if known else f"{key}: {text}")
        said = "; ".join(parts)
    elif isinstance(said, list):
        said = "; ".join(str(one) for one in said)
    return re.sub(r"\s+", " ", str(said)).strip().rstrip(".")[:300]


def _address() -> tuple[str, str]:
    """(API address ending in /, token)."""
    url = os.environ.get(URL)
    if url:
        url = url if url.endswith("/") else url + "/"
        return url, _token(url)
    said = _local_engine()
    if said:
        return f"{said['url'].rstrip('/')}/api/", said["token"]
    raise TsmError(
        "No PZ Server is configured.",
        remedy=f"Set {URL} (such as https://pzserver.linea.org.br/api/) and {TOKEN} (your token).",
    )


def configured() -> bool:
    """Whether a PZ Server is named; else it is the engine of this machine."""
    return bool(os.environ.get(URL))


def _local_engine() -> dict[str, str] | None:
    """What the running engine of this user says of itself (``runtime.json`` in its data folder)."""
    import json

    from platformdirs import user_data_dir

    folder = Path(os.environ.get("PZ_TSM_DATA") or user_data_dir("pz-tsm")).expanduser()
    try:
        said = json.loads((folder / "runtime.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) and said.get("url") and said.get("token") else None


def _token(url: str) -> str:
    from pz_tsm import tokens

    token = os.environ.get(TOKEN) or tokens.read(url)
    if not token:
        raise TsmError(
            f"There is no token for the PZ Server at {url}.", remedy=f"Put it into {TOKEN}.", where=url
        )
    return token.strip()


def cache() -> Path:
    """Folder of what was fetched."""
    given = os.environ.get("PZ_TSM_CACHE")
    if given:
        return Path(given) / "pzserver"
    from platformdirs import user_cache_path

    return user_cache_path("pz-tsm") / "pzserver"


def _unpacked(path: Path) -> Path:
    """A HATS product arrives as a zip: its folder, unpacked with every name checked; else the file itself."""
    import zipfile

    if not zipfile.is_zipfile(path) or path.suffix != ".zip":
        return path
    folder = path.with_suffix("")
    if not folder.exists():
        part = folder.with_name(f"{folder.name}.{os.getpid()}.part")
        with zipfile.ZipFile(path) as archive:
            for item in archive.infolist():
                name = Path(item.filename)
                if (
                    name.is_absolute()
                    or ".." in name.parts
                    or (item.external_attr >> 16) & 0o170000 == 0o120000
                ):
                    raise TsmError(
                        f"The archive of '{path.name}' holds an unsafe name: {item.filename}.",
                        where=path.name,
                    )
            archive.extractall(part)
        part.rename(folder)
    return folder
