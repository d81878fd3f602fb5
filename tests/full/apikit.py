"""Uploads and processes over ``/api`` in which the engine is killed: what tests and ``make soak`` share."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
from killkit import Ground

from tests.processkit import wait_for

# of the engine, without rows
RESERVED = {"__table_preview.json", "config.yml", "process.yml", "process_info"}
ROWS = 30_000
TABLE = b"id,ra,dec,z\n" + b"".join(b"%d,150.%04d,2.1,0.5\n" % (i, i % 10_000) for i in range(ROWS))
ALIASES = {"id": "ID", "ra": "RA", "dec": "Dec", "z": "z"}


def check(data: Path) -> None:
    """A consistent database; every file that has a row is there, whole, and no file is there without one."""
    database = sqlite3.connect(data / "engine.sqlite")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    rows = database.execute(
        "SELECT p.path, f.stored, f.size FROM product_files f JOIN products p ON p.id = f.product_id"
        " WHERE p.status != 2"
    ).fetchall()
    folders = {row[0] for row in database.execute("SELECT path FROM products WHERE status != 2")}
    database.close()
    for path, stored, size in rows:
        assert (data / "products" / path / stored).stat().st_size == size
    found = {str(p.relative_to(data / "products")) for p in (data / "products").glob("*/*/*")}
    known = {f"{path}/{stored}" for path, stored, _ in rows}
    found = {name for name in found if Path(name).name not in RESERVED}
    assert found == known, f"without a row: {found - known}; without a file: {known - found}"
    assert {str(p.relative_to(data / "products")) for p in (data / "products").glob("*/*")} == folders
    assert not list((data / "products").rglob(".part-*"))


class Work:
    """What a user does over ``/api``, step by step, again and again until all of it is done; ``said``: what
    the engine has acknowledged so far."""

    def __init__(self, ground: Ground, name: str) -> None:
        self.ground = ground
        self.name = name
        self.said: dict[str, Any] = {}

    def steps(self) -> None:
        """Go on from ``said``; a step is not done again once it is acknowledged."""
        raise NotImplementedError

    def found(self, path: str) -> list[dict[str, Any]]:
        """Of this name, as the engine lists them."""
        listed = self.ground.ask("GET", f"/api/{path}/?page_size=1000")["results"]
        return [one for one in listed if one["display_name"] == self.name]

    def check(self) -> None:
        """What was acknowledged is there, and nothing twice."""
        raise NotImplementedError

    def disturbed(self, when: float) -> bool:
        """Do it all while the engine is killed so many seconds after the start; False if it ended before."""

        def work() -> None:
            with contextlib.suppress(httpx.TransportError):
                self.steps()

        engine = self.ground.engine().pid
        thread = threading.Thread(target=work)
        until = time.monotonic() + when
        thread.start()
        thread.join(max(0.0, until - time.monotonic()))
        early = thread.is_alive()
        self.ground.kill(engine)
        thread.join()
        self.ground.engine()  # it clears what the other one left
        self.check()
        self.steps()
        self.check()
        return early


class Upload(Work):
    """A redshift catalogue made, uploaded, read, described and published."""

    def steps(self) -> None:
        ask, said = self.ground.ask, self.said
        if "product" not in said:
            made = self.found("products")  # it may be there, though nobody was told
            said["product"] = (made[0] if made else ask("POST", "/api/products/", json=self._new()))["id"]
        key = said["product"]
        if "file" not in said:
            files = ask("GET", f"/api/product-files/?product_id={key}")["results"]
            if not files:
                file = {"file": ("cat.csv", TABLE)}
                ask("POST", "/api/product-files/", data={"product": key}, files=file)
            said["file"] = True
        if "read" not in said:
            ask("GET", f"/api/products/{key}/registry/")
            said["read"] = True
        if "published" not in said:
            for column in ask("GET", f"/api/product-contents/?product={key}")["results"]:
                alias = {"alias": ALIASES[column["column_name"]]}
                ask("PATCH", f"/api/product-contents/{column['id']}/", json=alias)
            ask("PATCH", f"/api/products/{key}/", json={"status": 1})
            said["published"] = True

    def _new(self) -> dict[str, Any]:
        return {"display_name": self.name, "product_type": 1}

    def check(self) -> None:
        check(self.ground.data)
        ask, said = self.ground.ask, self.said
        made = self.found("products")
        assert len(made) <= 1
        if "product" in said:
            assert [one["id"] for one in made] == [said["product"]]
        if "file" in said:
            (file,) = ask("GET", f"/api/product-files/?product_id={said['product']}")["results"]
            assert file["size"] == len(TABLE)
        if "read" in said:
            main = ask("GET", f"/api/products/{said['product']}/main_file_info/")["main_file"]
            assert main["n_rows"] == ROWS
        if "published" in said:
            contents = ask("GET", f"/api/product-contents/?product={said['product']}")["results"]
            assert {one["column_name"]: one["alias"] for one in contents} == ALIASES
            assert made[0]["status"] == 1


class Process(Work):
    """A Training Set Maker over a catalogue of the mock sky; ``rows`` of an undisturbed one."""

    def __init__(self, ground: Ground, name: str, seeded: dict[str, Any], rows: Any = None) -> None:
        super().__init__(ground, name)
        self.rows = rows
        param = {"crossmatch": {"radius_arcsec": 1.0, "n_neighbors": 1}, "random_seed": 7}
        self.body = {
            "display_name": name,
            "pipeline": 1,
            "release": seeded["release"],
            "inputs": [seeded["products"]["MOCK-DEEP"]],
            "used_config": {"param": param},
        }

    def steps(self) -> None:
        ask, said = self.ground.ask, self.said
        if "process" not in said:
            made = self.found("processes")
            said["process"] = (made[0] if made else ask("POST", "/api/processes/", json=self.body))["id"]

        def ended() -> dict[str, Any] | None:
            process = ask("GET", f"/api/processes/{said['process']}/")
            return process if process["status"] not in ("Pending", "Running") else None

        said["ended"] = wait_for(ended, "the process to end")

    def table(self) -> Any:
        """The rows of its result, in pandas, to which two gaps are the same."""
        folder = f"*/{self.said['ended']['upload']}_*"
        (file,) = (self.ground.data / "products").glob(f"{folder}/*.parquet")
        return pq.read_table(file).to_pandas()

    def check(self) -> None:
        said = self.said
        made = self.found("processes")
        assert len(made) <= 1 and len(self.found("products")) == len(made)
        if "process" in said:
            assert [one["id"] for one in made] == [said["process"]]
        if "ended" in said:
            check(self.ground.data)
            assert (made[0]["status"], made[0]["comment"]) == ("Successful", None)
            assert self.rows is None or self.table().equals(self.rows)
            folder = self.ground.data / "processes" / made[0]["path"]
            wait_for(lambda: not any(path.is_dir() for path in folder.iterdir()), "partial work to go", 10)
