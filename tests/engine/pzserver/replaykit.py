"""Recorded request and answer pairs of the real server: sent to an engine, and what differs, in words."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

RECORDED = Path(__file__).resolve().parents[4] / "shared" / "contract" / "recorded"
INTEGERS = {"integer", "number"}


def records() -> dict[str, dict[str, Any]]:
    """The recorded pairs by their number, in their order."""
    return {p.name[:3]: json.loads(p.read_text()) for p in sorted(RECORDED.glob("[0-9]*.json"))}


def kind(value: Any) -> str:
    """The JSON type of a value; whole numbers apart."""
    if value is None:
        return "null"
    for types, name in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string")):
        if isinstance(value, types):
            return name
    return "array" if isinstance(value, list) else "object"


def shape(value: Any, path: str = "") -> dict[str, set[str]]:
    """Path -> JSON types found there. Items of a list share the path ``...[]``."""
    found: dict[str, set[str]] = {path: {kind(value)}}
    if isinstance(value, dict):
        parts = [(f"{path}.{key}".lstrip("."), item) for key, item in value.items()]
    else:
        parts = [(f"{path}[]", item) for item in value] if isinstance(value, list) else []
    for name, item in parts:
        for key, types in shape(item, name).items():
            found.setdefault(key, set()).update(types)
    return found


def object_path(path: str) -> str:
    """A path without what only says where the object stands: in a list, as a provenance input."""
    return re.sub(r"^(results\[\]|product)\.|provenance_inputs\[\]\.", "", path)


@dataclass
class Replay:
    """``types``: all JSON types that the real server was ever seen to send at a path of an object."""

    recorded: dict[str, dict[str, Any]]
    types: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for record in self.recorded.values():
            if isinstance(record["response_body"], dict) and record["status"] < 400:
                for path, types in shape(record["response_body"]).items():
                    self.types.setdefault(object_path(path), set()).update(types)

    def differences(self, number: str, answer: httpx.Response) -> list[str]:
        """What our answer has otherwise than the recorded one; empty if nothing."""
        record = self.recorded[number]
        real_type = (record["response_content_type"] or "").split(";")[0]
        our_type = answer.headers.get("content-type", "").split(";")[0]
        if record["status"] != answer.status_code:
            return [f"status {record['status']} → {answer.status_code}"]
        if real_type != our_type:
            return [f"content type {real_type or 'none'} → {our_type or 'none'}"]
        if real_type != "application/json" or record["method"] == "HEAD":
            return []
        real, ours = record["response_body"], answer.json()
        if record["status"] >= 400:
            return [] if real == ours else ["text of the error"]
        return self.compare(shape(real), shape(ours))

    def compare(self, real: dict[str, set[str]], ours: dict[str, set[str]]) -> list[str]:
        found = [f"- {path}" for path in real if path not in ours and parent(path) in ours]
        found += [f"+ {path}" for path in ours if path not in real and parent(path) in real]
        for path in real:
            seen = self.types.get(object_path(path), set()) | real[path]
            if "number" in seen:
                seen = seen | INTEGERS
            wrong = ours.get(path, set()) - seen
            if wrong:
                found.append(f"{path}: {'/'.join(sorted(real[path]))} → {'/'.join(sorted(wrong))}")
        return found


def parent(path: str) -> str:
    if path.endswith("[]"):
        return path[:-2]
    return path.rpartition(".")[0]


def table(rows: int) -> pa.Table:
    """A redshift catalogue with the columns of the recorded one."""
    numbers = range(rows)
    columns = {"id": [1000 + i for i in numbers], "ra": [150 + i / 100 for i in numbers]}
    columns |= {"dec": [2 + i / 200 for i in numbers], "z": [0.1 + i / 50 for i in numbers]}
    return pa.table(columns)


def parquet(rows: int) -> bytes:
    out = io.BytesIO()
    pq.write_table(table(rows), out)
    return out.getvalue()


def hats_zip() -> bytes:
    """A HATS catalogue of one partition in a zip, as users send it."""
    out = io.BytesIO()
    said = "dataproduct_type=object\nobs_collection=specz\nhats_nrows=80\nhats_col_ra=ra\nhats_col_dec=dec\n"
    ordered = table(80).select(["ra", "dec", "z", "id"])
    part = io.BytesIO()
    pq.write_table(ordered, part)
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("specz_collection/hats.properties", said)
        archive.writestr("specz_collection/partition_info.csv", "Norder,Npix\n0,4\n")
        archive.writestr("specz_collection/dataset/Norder=0/Dir=0/Npix=4.parquet", part.getvalue())
    return out.getvalue()


def csv_of(found: pa.Table) -> bytes:
    out = io.BytesIO()
    pc.write_csv(found, out)
    return out.getvalue()


def zip_of(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_csv", ".csv"), content)
    return out.getvalue()


def send(client: httpx.Client, record: dict[str, Any], path: str, files: dict[str, bytes], **headers: str):
    """The recorded request; contents of files, which were not recorded, come from ``files`` by name."""
    body = record["request_body"]
    more: dict[str, Any] = {}
    if isinstance(body, dict) and "_form" in body:
        more = {"content": body["_form"].encode()}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    elif isinstance(body, dict) and "_multipart" in body:
        parts = []
        for part in body["_multipart"]:
            if "filename" in part:
                content = files[part["filename"]] if part["bytes"] else b""
                parts.append((part["name"], (part["filename"], content)))
            else:
                parts.append((part["name"], (None, part["value"].encode())))
        more = {"files": parts}
    elif isinstance(body, str):
        more = {"content": b"{bad}"}
        headers["Content-Type"] = "application/json"
    elif body is not None:
        more = {"json": body}
    elif record["method"] in ("POST", "GET", "OPTIONS"):
        headers["Content-Type"] = "application/json"  # as the official client does, with an empty body
    return client.request(record["method"], path, headers=headers, **more)
