"""Downloads: archives prepared in the background, signed addresses that live 15 minutes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import threading
import time
import uuid
import zipfile
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.engine.pzserver import products
from pz_tsm.engine.pzserver.db import Database, now
from pz_tsm.engine.pzserver.errors import ApiError, forbidden
from pz_tsm.engine.pzserver.metadata import product_yaml
from pz_tsm.engine.pzserver.registry import sha256

if TYPE_CHECKING:
    from pz_tsm.engine.state import EngineState

TOKEN_SECONDS = 900
KEPT = timedelta(hours=72)
WAIT_SECONDS = 10.0
PRODUCT, MAIN = "product", "main-file"
PACKED = (".zip", ".gz", ".bz2", ".xz", ".parquet", ".pq", ".png", ".jpg")


def sign(secret: bytes, archive_id: int, product_id: int, user_id: int) -> str:
    claims = {"a": archive_id, "p": product_id, "u": user_id, "t": int(time.time()) + TOKEN_SECONDS}
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=")
    return f"{payload.decode()}.{hmac.new(secret, payload, hashlib.sha256).hexdigest()}"


def check_token(secret: bytes, token: str | None, product_id: int) -> int:
    """The archive id that a download token names; ApiError 403 says what is wrong with the token."""
    if not token:
        raise forbidden("Missing download token.")
    payload, _, signature = token.partition(".")
    right = hmac.new(secret, payload.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right.encode(), signature.encode()):
        raise forbidden("Invalid download token.")
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, binascii.Error):
        raise forbidden("Invalid download token.") from None
    if claims["p"] != product_id:
        raise forbidden("Invalid download token.")
    if claims["t"] < time.time():
        raise forbidden("Download token has expired.")
    return int(claims["a"])


def files_below(folder: Path) -> list[Path]:
    """Every finished file below, in order; uploads under way are left out."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(
        p for p in found if not any(part.startswith(".part-") for part in p.relative_to(folder).parts)
    )


def signature(folder: Path, paths: list[Path], extra: str) -> str:
    """A digest that changes when any of the files does (path, size, time) or the metadata."""
    digest = hashlib.sha256(extra.encode())
    for path in paths:
        info = path.stat()
        digest.update(f"{path.relative_to(folder)}\0{info.st_size}\0{info.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def forget_archives(state: EngineState, product_id: int) -> None:
    """Drop the archives of a product that is deleted."""
    for row in state.db.all("SELECT * FROM archives WHERE product_id = ?", product_id):
        _remove(state, row)


def _remove(state: EngineState, row: Any) -> None:
    state.db.run("DELETE FROM archives WHERE id = ?", row["id"])
    if row["path"] and Path(row["path"]).is_relative_to(state.cache):
        Path(row["path"]).unlink(missing_ok=True)


class Archiver:
    """Makes download archives, two at a time, in ``cache/downloads``."""

    def __init__(self, state: EngineState) -> None:
        self.state = state
        self.folder = state.cache / "downloads"
        self.wait = WAIT_SECONDS  # how long "prepare" waits for an archive
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="tsm-archive")
        self._futures: dict[int, Future[None]] = {}
        self._lock = threading.Lock()

    @property
    def db(self) -> Database:
        return self.state.db

    def busy(self) -> bool:
        return any(not future.done() for future in self._futures.values())

    def recover(self) -> None:
        """Drop what was being made when the engine ended, and what is too old."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for part in self.folder.glob(".part-*"):
            part.unlink(missing_ok=True)
        for row in self.db.all("SELECT * FROM archives WHERE status != 'ready' OR expires_at < ?", now()):
            _remove(self.state, row)
        kept = {row[0] for row in self.db.all("SELECT path FROM archives")}
        for path in self.folder.glob("*.zip"):
            if str(path) not in kept:
                path.unlink(missing_ok=True)

    def shutdown(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def source(self, row: Any, kind: str) -> tuple[str, Path]:
        """Signature and path of what a download of this kind would hold now. ApiError 404 if that is
        nothing."""
        folder = products.folder(self.state, row)
        if row["status"] == products.DELETED:
            raise ApiError(404, {"error": "The product was deleted."})
        if kind == PRODUCT:
            return signature(
                folder, files_below(folder), f"{kind}\0{row['updated_at']}\0{row['status']}"
            ), folder
        main = products.main_file(self.db, row["id"])
        if main is None:
            raise ApiError(404, {"error": "ProductFile matching query does not exist."})
        path = folder / main["stored"]
        if not path.exists():
            raise ApiError(404, {"error": "Download archive file not found."})
        return signature(folder, files_below(path) if path.is_dir() else [path], kind), path

    def current(self, row: Any, kind: str) -> Any:
        """The archive of what the product holds now, or None."""
        digest, _ = self.source(row, kind)
        return self._find(row["id"], kind, digest)

    def _find(self, product_id: int, kind: str, digest: str) -> Any:
        found = self.db.one(
            "SELECT * FROM archives WHERE product_id = ? AND kind = ? AND source_signature = ?"
            " ORDER BY id DESC",
            product_id, kind, digest,
        )  # fmt: skip
        if found is None or (found["expires_at"] is not None and found["expires_at"] < now()):
            return None
        if found["status"] == "ready" and not Path(found["path"]).exists():
            return None
        return found

    def prepare(self, row: Any, kind: str, wait: float | None = None) -> Any:
        """The archive's row, made anew if need be; waits up to ``wait`` (else the usual) seconds for it to
        be ready."""
        digest, path = self.source(row, kind)
        with self._lock:
            archive = self._find(row["id"], kind, digest)
            if archive is not None and archive["status"] == "failed":
                archive = None
            if archive is None:
                archive = self._start(row, kind, digest, path)
            future = self._futures.get(archive["id"])
        if future is not None:
            try:
                future.result(self.wait if wait is None else wait)
            except TimeoutError:
                pass
        return self.db.one("SELECT * FROM archives WHERE id = ?", archive["id"])

    def _start(self, row: Any, kind: str, digest: str, path: Path) -> Any:
        values: dict[str, Any] = {"product_id": row["id"], "kind": kind, "source_signature": digest}
        values |= {"created_at": now(), "updated_at": now(), "status": "pending"}
        if kind == MAIN and path.is_file():
            known = self.db.one(
                "SELECT checksum FROM product_files WHERE product_id = ? AND stored = ? AND size = ?",
                row["id"], path.name, path.stat().st_size,
            )  # fmt: skip
            done = self._finished(path, known["checksum"] if known else None)
            ready = {"filename": path.name, "path": str(path), **done}
            key = self.db.insert("archives", {**values, **ready})
        else:
            name = path.name if kind == MAIN else row["internal_name"]
            key = self.db.insert(
                "archives", {**values, "task_id": str(uuid.uuid4()), "filename": f"{name}.zip"}
            )
            self._futures[key] = self._pool.submit(self._make, key, row, kind, path)
        return self.db.one("SELECT * FROM archives WHERE id = ?", key)

    def _finished(self, path: Path, checksum: str | None = None) -> dict[str, Any]:
        expires = (datetime.now(UTC) + KEPT).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return {
            "status": "ready",
            "size": path.stat().st_size,
            "checksum": checksum or sha256(path),
            "expires_at": expires,
        }

    def _make(self, key: int, row: Any, kind: str, source: Path) -> None:
        """In a thread: write the zip aside, then rename it into place."""
        part = self.folder / f".part-{key}.zip"
        try:
            self.db.update("archives", key, {"status": "running", "updated_at": now()})
            self.folder.mkdir(parents=True, exist_ok=True)
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                if kind == PRODUCT:
                    archive.writestr("product_metadata.yaml", product_yaml(self.state, row))
                for path in files_below(source):
                    packed = path.suffix.lower() in PACKED
                    how = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
                    archive.write(path, str(path.relative_to(source)), compress_type=how)
            shown = f"{source.name}.zip" if kind == MAIN else f"{row['internal_name']}_{uuid.uuid4().hex}.zip"
            target = self.folder / f"{key}.zip"
            os.replace(part, target)
            ready = {"filename": shown, "path": str(target), **self._finished(target), "updated_at": now()}
            self.db.update("archives", key, ready)
        except Exception as error:  # whatever it is, the client must get to know
            part.unlink(missing_ok=True)
            text = str(error) or type(error).__name__
            self.db.update("archives", key, {"status": "failed", "error": text, "updated_at": now()})
        finally:
            self._futures.pop(key, None)

    def to_json(self, archive: Any, user_id: int, base: str) -> dict[str, Any]:
        keys = (
            "id",
            "task_id",
            "status",
            "filename",
            "size",
            "checksum",
            "source_signature",
            "created_at",
            "updated_at",
        )
        body = {key: archive[key] for key in keys}
        if archive["status"] == "ready":
            token = sign(self.state.secret, archive["id"], archive["product_id"], user_id)
            path = "download/" if archive["kind"] == PRODUCT else "download/main-file/"
            body["download_url"] = f"{base}/api/products/{archive['product_id']}/{path}file/?token={token}"
            body["expired_time"] = archive["expires_at"]
        elif archive["status"] == "failed":
            body["error_message"] = archive["error"]
        return body

    def file(self, product_id: int, kind: str, token: str | None) -> tuple[Path, str]:
        """Path and name of the bytes that a token gives access to."""
        key = check_token(self.state.secret, token, product_id)
        archive = self.db.one("SELECT * FROM archives WHERE id = ? AND kind = ?", key, kind)
        if archive is None or archive["status"] != "ready":
            raise ApiError(404, {"error": "Download archive not found."})
        path = Path(archive["path"])
        if not path.is_file():
            raise ApiError(404, {"error": "Download archive file not found."})
        return path, archive["filename"]
