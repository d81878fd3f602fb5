"""Every recorded answer of the real server, asked of an engine in the same state: same status, content type,
keys and JSON types, but for the differences that docs/engine-differences.md lists."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pzkit import CSV
from replaykit import RECORDED, Replay, csv_of, hats_zip, parquet, records, send, table, zip_of

from pz_tsm.engine.pzserver.contents import UCDS

DOCS = Path(__file__).resolve().parents[3] / "docs" / "engine-differences.md"
ALIASES = {"ra": "RA", "dec": "Dec", "z": "z", "id": "ID"}
CAT = table(25).rename_columns(["specObjID", "RAJ2000", "DEJ2000", "zspec"])
CAT = CAT.append_column("zerr", pa.array([1e-4] * 25)).append_column("qf", pa.array([3] * 25))
FLAGS = """
tiebreaking_priority: [z_flag_homogenized, instrument_type_homogenized]
delta_z_threshold: 0.001
crossmatch_radius_arcsec: 0.5
crossmatch_n_neighbors: 10
instrument_type_priority: {s: 3, g: 2, p: 1}
save_expr_columns: false
expr_column_schema: {some_column: float}
translation_rules:
  EXAMPLE_SURVEY:
    z_flag_translation: {1: 1, 4: 4}
    instrument_type_translation: {default: s}
"""
FILES = {
    "my cat.csv": csv_of(CAT),
    "README.txt": b"notes",
    "a.csv": CSV.encode(),
    "a.txt": b"x",
    "a.parquet": parquet(40),
    "one.zip": zip_of(inner_csv=csv_of(table(3))),
    "multi.zip": zip_of(a_csv=CSV.encode(), b_csv=CSV.encode()),
    "x.pkl": b"\x80\x04N.\n",
    "v.pkl": b"\x80\x04N.\n",
    "specz_collection.zip": hats_zip(),
    "my_flags.yaml": FLAGS.encode(),
}  # fmt: skip
USERS = {
    "bob": ("022", "023", "036", "045", "057", "060", "061", "076", "077", "207", "229", "411"),
    "carla": ("013", "127", "505", "510"),
    "nobody": ("002", "003", "004", "005", "007"),
}
WRONG = {"003": "Token " + "0" * 40, "004": "Token", "005": "Bearer zzz"}


class StillRunner:
    """Takes processes and never runs them: the scene says what becomes of them."""

    def __init__(self, state: Any) -> None:
        self.state = state

    def submit(self, key: int) -> None:
        pass

    def progress(self, key: int) -> None:
        return None

    def position(self, key: int) -> None:
        return None

    def room(self, user: str) -> None:
        pass

    def busy(self) -> bool:
        return False

    def stop(self, key: int) -> None:
        self.state.db.update("processes", key, {"status": "Stopping"})


class StillPool:
    """Takes archives and never makes them."""

    def submit(self, *work: Any) -> Future:
        return Future()


class Scene:
    """The engine with the users, releases and products that the recording had, step by step."""

    def __init__(self, url: str, state: Any, tokens: dict[str, str]) -> None:
        self.url, self.state, self.db = url, state, state.db
        self.clients = {
            name: httpx.Client(base_url=url, headers={"Authorization": f"Token {token}"}, timeout=60)
            for name, token in tokens.items()
        }
        self.clients["nobody"] = httpx.Client(base_url=url, timeout=60)
        self.tokens: dict[str, str] = {}

    def close(self) -> None:
        for client in self.clients.values():
            client.close()

    def next(self, **ids: int) -> None:
        """The next row of a table gets this id, as in the recording."""
        for name, key in ids.items():
            self.db.run("DELETE FROM sqlite_sequence WHERE name = ?", name)
            self.db.run("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", name, key - 1)

    def ask(self, method: str, path: str, user: str = "ana", **more: Any) -> Any:
        answer = self.clients[user].request(method, f"/api/{path}", **more)
        assert answer.status_code < 300, (path, answer.text)
        return answer.json() if answer.content else None

    def product(self, key: int, name: str, kind: int = 1, **more: Any) -> None:
        self.next(products=key)
        self.ask("POST", "products/", json={"display_name": name, "product_type": kind, **more})

    def file(self, product: int, key: int, name: str, content: bytes, role: int = 0) -> None:
        self.next(product_files=key)
        body = {"product": product, "role": role}
        self.ask("POST", "product-files/", data=body, files={"file": (name, content)})

    def publish(self, key: int, names: dict[str, str] | None = None) -> None:
        columns = self.ask("GET", f"product-contents/?product={key}")["results"]
        for column in columns:
            alias = (names or ALIASES).get(column["column_name"])
            if alias:
                body = {"alias": alias, "ucd": UCDS[alias]}
                self.ask("PATCH", f"product-contents/{column['id']}/", data=body)
        self.ask("PATCH", f"products/{key}/", data={"status": "1"})

    def whole(self, key: int, file: int, name: str, content: bytes, title: str, kind: int = 1) -> None:
        self.product(key, title, kind)
        self.file(key, file, name, content)
        self.ask("GET", f"products/{key}/registry/")

    def parquet_b(self) -> None:
        self.whole(6, 4, "b.parquet", parquet(30), "Parquet B")
        self.publish(6)
        self.whole(7, 5, "t.txt", CSV.encode(), "Txt ws")
        self.product(8, "Zip one csv")
        self.next(product_files=6)

    def before_hats(self) -> None:
        self.whole(11, 9, "x.csv", CSV.encode(), "Garbage csv")
        self.product(12, "HATS zip")
        self.next(product_files=10)

    def before_files(self) -> None:
        self.whole(14, 12, "train.csv", csv_of(table(5)), "Train", 2)
        self.publish(14)
        self.next(products=15)

    def start(self, key: int) -> None:
        from pz_tsm.engine.pzserver.db import now

        self.db.update("processes", key, {"status": "Running", "started_at": now()})

    def fail(self, key: int) -> None:
        from pz_tsm.engine.pzserver import processes

        processes.finish(self.state, key, "Failed", "No overlap.")

    def stopped(self) -> None:
        from pz_tsm.engine.pzserver import processes

        processes.finish(self.state, 2, "Stopped")

    def succeed(self) -> None:
        """Process 1 ends well, with a HATS folder as its result."""
        from pz_tsm.engine.pzserver import processes

        row = processes.find(self.state, 1)
        work = processes.folder(self.state, row) / "work-1"
        leaf = work / "tsm.hats" / "dataset" / "Norder=0" / "Dir=0" / "Npix=4.parquet"
        leaf.parent.mkdir(parents=True)
        (work / "tsm.hats" / "hats.properties").write_text("dataproduct_type=object\nhats_nrows=12\n")
        names = ["id_specz", "ra_specz", "dec_specz", "z"]
        found = table(12).rename_columns(names).select(["ra_specz", "dec_specz", "z", "id_specz"])
        more = {"ra": found["ra_specz"], "dec": found["dec_specz"], "id": found["id_specz"]}
        more |= {"_dist_arcsec": pa.array([0.0] * 12), "is_training_set": pa.array([1] * 12)}
        for name, column in more.items():
            found = found.append_column(name, column)
        pq.write_table(found, leaf)
        (processes.folder(self.state, row) / "pipeline.log").write_text("done\n")
        assoc = {"ra": "ra_specz", "dec": "dec_specz", "z": "z", "id": "id_specz"}
        (work / "config.yml").write_text("{}\n")
        processes.complete(self.state, 1, work, {"main": "tsm.hats", "columns_assoc": assoc, "rows": 12})

    def still(self) -> None:
        self.state.archiver.wait = 0.0
        self.pool, self.state.archiver._pool = self.state.archiver._pool, StillPool()
        self.db.run("DELETE FROM archives")

    def archive(self, **values: Any) -> None:
        key = self.db.scalar("SELECT max(id) FROM archives WHERE product_id = 5 AND kind = 'product'")
        self.db.update("archives", key, values)

    def moving(self) -> None:
        self.state.archiver._pool = self.pool
        self.state.archiver.wait = 10.0

    def two_mains(self) -> None:
        self.product(35, "two mains", 7)
        self.file(35, 18, "a.csv", CSV.encode())
        self.file(35, 19, "b.csv", CSV.encode())

    def before(self) -> dict[str, Callable[[], Any]]:
        """What happened between the recorded requests."""
        return {
            "031": lambda: self.next(products=4),
            "038": lambda: self.next(product_files=1),
            "041": lambda: self.next(product_contents=1),
            "046": lambda: self.columns_of_4(),
            "101": lambda: (self.product(5, "Parquet A"), self.next(product_files=3)),
            "104": lambda: self.publish(5),
            "105": self.parquet_b,
            "109": lambda: (self.product(9, "Zip multi"), self.next(product_files=7)),
            "111": lambda: (self.product(10, "Pickle specz"), self.next(product_files=8)),
            "113": self.before_hats,
            "116": lambda: self.publish(12),
            "120": lambda: (self.product(13, "Validation", 3, release=1), self.next(product_files=11)),
            "123": lambda: self.ask("PATCH", "products/13/", data={"status": 1}),
            "126": self.before_files,
            "127": lambda: self.next(products=16),
            "129": lambda: self.product(17, "nofile", 7),
            "134": lambda: self.next(product_contents=36),
            "201": lambda: self.next(products=18, processes=1),
            "208": lambda: self.start(1),
            "209": lambda: self.next(products=19, processes=2),
            "211": self.stopped,
            "213": lambda: self.next(products=20, processes=3),
            "214": lambda: self.fail(3),
            "225": lambda: self.next(products=26, processes=9),
            "226": lambda: self.next(products=27, processes=10),
            "301": lambda: (self.next(product_files=17), self.succeed()),
            "401": self.still,
            "404": lambda: self.archive(status="running"),
            "405": lambda: self.archive(status="failed", error="no space"),
            "408": lambda: (self.moving(), self.hide_preview(6)),
            "502": lambda: self.ask("PATCH", "products/4/", "carla", json={"official_product": True}),
            "523": lambda: self.next(products=32),
            "529": self.two_mains,
            "530": lambda: self.next(product_files=20),
        }

    def columns_of_4(self) -> None:
        for key, alias in ((3, "Dec"), (4, "z")):
            self.ask("PATCH", f"product-contents/{key}/", data={"alias": alias, "ucd": UCDS[alias]})

    def hide_preview(self, key: int) -> None:
        path = self.db.scalar("SELECT path FROM products WHERE id = ?", key)
        (self.state.products / path / "__table_preview.json").unlink()

    def replay(self, number: str, record: dict[str, Any]) -> httpx.Response:
        user = next((name for name, numbers in USERS.items() if number in numbers), "ana")
        headers = {"Authorization": WRONG[number]} if number in WRONG else {}
        path = record["path"]
        if "token=ey" in path:
            path = self.tokens["main" if "main-file" in path else "product"]
        if number == "067":
            headers["Range"] = "bytes=10-"
        if number == "540":
            headers["Accept"] = "text/html"
        answer = send(self.clients[user], record, path, FILES, **headers)
        if number in ("064", "071"):
            url = answer.json()["download_url"]
            self.tokens["product" if number == "064" else "main"] = url.removeprefix(self.url)
        return answer


@pytest.fixture(scope="module")
def found(tmp_path_factory, start_engine) -> dict[str, list[str]]:
    """Record number -> differences, of all records."""
    if not RECORDED.is_dir():
        pytest.skip("../shared is not here")
    from pz_tsm.engine.pzserver.fixtures import add_release
    from pz_tsm.engine.pzserver.users import add_user, database

    data = tmp_path_factory.mktemp("recorded")
    names = {"ana": "Ana", "bob": "Bob", "carla": "Carla"}
    tokens = {
        user: add_user(data, user, admin=user == "carla", groups=["Admin"] if user == "carla" else (),
                       first_name=name, last_name="Example")
        for user, name in names.items()
    }  # fmt: skip
    db = database(data)
    hats = data / "hats"
    hats.mkdir()
    both = {
        "fluxes": [{"name": "auto", "display_name": "Auto", "selected": True},
                   {"name": "cmodel", "display_name": "cModel", "disabled": True}],
        "dereddening": [{"name": "sfd", "display_name": "SFD", "selected": True},
                        {"name": "csfd", "display_name": "CSFD", "disabled": True}],
    }  # fmt: skip
    add_release(db, "dr2", "Small Dataset", hats, description="Small", indexing_column="id", **both)
    add_release(db, "dp1", "LSST DP1", hats, description="DP1", access_groups=["data rights"], **both)
    db.close()
    recorded = records()
    replay = Replay(recorded)
    differences = {}
    with contextlib.ExitStack() as stack:
        url, state = start_engine(data, stack)
        stack.callback(setattr, state, "runner", state.runner)
        state.runner = StillRunner(state)
        scene = Scene(url, state, tokens)
        stack.callback(scene.close)
        before = scene.before()
        for number, record in recorded.items():
            before.get(number, lambda: None)()
            differences[number] = replay.differences(number, scene.replay(number, record))
    return differences


def listed() -> tuple[set[str], dict[str, list[str]]]:
    """Keys that the docs say we add, and the differences that they list by record."""
    text = DOCS.read_text(encoding="utf-8")
    added = set(re.findall(r"^\| `\+ ([\w.\[\]]+)` \|", text, re.M))
    by_number: dict[str, list[str]] = {}
    for numbers, what in re.findall(r"^\| ([\d, ]+) \| `([^|]+)` \|", text, re.M):
        for number in numbers.replace(" ", "").split(","):
            by_number.setdefault(number, []).append(what)
    return added, by_number


def is_added(difference: str, added: set[str]) -> str | None:
    """The listed additive key that explains a difference."""
    key = difference.removeprefix("+ ").removeprefix("results[].")
    return key if difference.startswith("+ ") and key in added else None


def test_answers_differ_from_the_recorded_ones_only_as_listed(found):
    added, by_number = listed()
    wrong = {}
    for number, differences in found.items():
        kept = [d for d in differences if not is_added(d, added)]
        if sorted(kept) != sorted(by_number.get(number, [])):
            wrong[number] = {"found": kept, "listed": by_number.get(number, [])}
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


def test_every_listed_additional_key_is_there(found):
    added, by_number = listed()
    used = {is_added(d, added) for differences in found.values() for d in differences}
    assert added == used - {None}
    assert set(by_number) <= set(found), "records that are not there"
