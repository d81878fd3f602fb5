"""A file of the web. What came of it is kept, and the rest asked for when the connection broke; the file
itself is the snapshot."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context
from pz_tsm.sources import files
from pz_tsm.sources.archives import base, web
from pz_tsm.sources.archives.base import Archive, Count, Piece

if TYPE_CHECKING:
    import pyarrow as pa
    import requests

LFS = b"version https://git-lfs"


@dataclass
class Url(Archive):
    """One file, or one member of a ZIP archive."""

    def __post_init__(self) -> None:
        parts = urlsplit(str(self.wanted.address))
        self.address = str(self.wanted.address)
        self.title = str(parts.hostname)
        self.session = web.session(f"{parts.scheme}://{parts.netloc}")

    def size(self, ctx: Context) -> Count:
        return Count(None, self._length(ctx), False)

    def _length(self, ctx: Context) -> int | None:
        def ask() -> str | None:
            answer = self.session.head(self.address, allow_redirects=True)
            answer.close()
            if answer.status_code in (405, 501):
                return None
            answer.raise_for_status()
            return answer.headers.get("Content-Length")

        said = web.tried(ask, ctx, self.title, self.address)
        return int(said) if said and said.isdigit() else None

    def whole(self, place: Path, ctx: Context) -> Path:
        """The file as ``place/file``, with its ending; fetched on from where it broke off."""
        place.mkdir(parents=True, exist_ok=True)
        part, mark = place / "file.part", place / "file.json"

        def ask() -> None:
            said = _read(mark)
            have = part.stat().st_size if part.exists() and said.get("etag") else 0
            headers = {"Accept-Encoding": "identity"}
            if have:
                headers |= {"Range": f"bytes={have}-", "If-Range": said["etag"]}
            answer = self.session.get(self.address, headers=headers)
            if answer.status_code == 416:  # what is kept is not a beginning of what is there
                part.unlink(missing_ok=True)
                raise web.Broken("it has another file now")
            answer.raise_for_status()
            append = answer.status_code == 206
            have = have if append else 0
            mark.write_text(json.dumps({"etag": _tag(answer)}), encoding="utf-8")
            size = int(answer.headers.get("Content-Length") or 0) + have

            def tell(done: int) -> None:
                of = f" of {size / 1e6:,.0f}" if size else ""
                share = (have + done) / size if size else 0.5
                ctx.step(0.02 + 0.07 * min(share, 1), f"{self.title}: {(have + done) / 1e6:,.0f}{of} MB")

            web.save(answer, part, ctx, tell, append=append)

        web.tried(ask, ctx, self.title, self.address)
        mark.unlink(missing_ok=True)
        self._check(part)
        path = place / f"file{_ending(self.address)}"
        part.replace(path)
        return path if self.wanted.member is None else self._member(path)

    def _check(self, part: Path) -> None:
        with part.open("rb") as file:
            head = file.read(200)
        if head.startswith(LFS):
            part.unlink()
            raise TsmError(
                f"'{self.address}' is a pointer to a file of Git LFS, not the file.",
                remedy="Give the address from which the file itself is downloaded.",
                where="address",
            )
        if self.wanted.sha256 is not None and (found := files.file_sha256(part)) != self.wanted.sha256:
            part.unlink()
            raise TsmError(
                f"The file at '{self.address}' is not the one that the recipe names: its sha256 is {found}.",
                remedy="Check the address; or put this sha256 into the recipe, if the new file is meant.",
                where="sha256",
            )

    def _member(self, path: Path) -> Path:
        """A member of the archive, unpacked beside it; no name in it is used as a path."""
        name = str(self.wanted.member)
        if not zipfile.is_zipfile(path):
            raise TsmError(
                f"'{self.address}' is no ZIP archive: it has no member '{name}'.",
                remedy="Leave out 'member'.",
                where="member",
            )
        with zipfile.ZipFile(path) as archive:
            names = [item.filename for item in archive.infolist() if not item.is_dir()]
            if name not in names:
                raise TsmError(
                    f"The archive at '{self.address}' has no member '{name}'.",
                    remedy=f"It has: {', '.join(names[:12])}{', ...' if len(names) > 12 else ''}.",
                    where="member",
                )
            target = path.with_name(f"member{_ending(name)}")
            part = path.with_name("member.part")
            with archive.open(name) as source, part.open("wb") as out:
                while block := source.read(web.BLOCK):
                    out.write(block)
            part.replace(target)
        return target

    def columns(self, ctx: Context) -> list[dict[str, str]]:
        return base.described(self._looked(ctx))

    def preview(self, rows: int, path: Path, ctx: Context) -> pa.Table:
        return self._looked(ctx).slice(0, rows)

    def head(self, rows: int, ctx: Context) -> tuple[pa.Table, int | None] | None:
        from pz_tsm.sources.archives import heads

        if self.wanted.member is not None:
            return None

        def ask() -> bytes:
            headers = {"Accept-Encoding": "identity", "Range": f"bytes=0-{heads.BYTES - 1}"}
            answer = self.session.get(self.address, headers=headers)
            if answer.status_code == 416:  # it is empty
                return b""
            answer.raise_for_status()
            start = bytearray()
            try:
                for block in answer.iter_content(min(web.BLOCK, heads.BYTES)):
                    start += block
                    if len(start) >= heads.BYTES:  # of a server that gives no parts
                        break
            finally:
                answer.close()
            return bytes(start[: heads.BYTES])

        return heads.table(web.tried(ask, ctx, self.title, self.address), rows)

    def _looked(self, ctx: Context) -> pa.Table:
        """The table; of a large file that has not been fetched yet its first rows."""
        from pz_tsm.sources import archives
        from pz_tsm.sources.archives import snapshots

        kept = snapshots.find(self.wanted)
        if kept is None:
            size = self._length(ctx)
            if size is None or size > archives.PLANNED_BYTES:
                head = self.head(archives.LOOK, ctx)
                if head is not None:
                    return head[0]
                said = f"{size / 1e6:,.0f} MB" if size else "a size that is not told"
                raise TsmError(
                    f"'{self.address}' has {said}: it is fetched by a run only.",
                    remedy="Run the recipe, or download the file.",
                    where=self.address,
                )
            kept = snapshots.make(self, ctx)
        return files.read_raw(kept["path"])

    def count(self, ctx: Context) -> int | None:
        return None

    def pieces(self, ctx: Context) -> list[Piece]:
        raise NotImplementedError("a file is fetched whole")

    def fetch(self, piece: Piece, path: Path, ctx: Context) -> Any:
        raise NotImplementedError("a file is fetched whole")

    def query(self) -> str:
        return f"GET {self.address}" + (f" member {self.wanted.member}" if self.wanted.member else "")


def _tag(answer: requests.Response) -> str | None:
    """What tells this state of the file from another; None for what may change under the same name."""
    tag = answer.headers.get("ETag")
    return tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified")


def _read(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _ending(name: str) -> str:
    """The ending of a name in an address, such as ``.fits.gz``; the content decides what it is read as."""
    last = PurePosixPath(unquote(urlsplit(name).path)).name
    found = re.search(r"(\.[A-Za-z0-9]{1,8}){1,2}$", last)
    return found[0].lower() if found else ".bin"
