"""Fifty clients at once, and files of a gigabyte, against one engine in a process of its own."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest
from enginekit import Engine

pytestmark = pytest.mark.full

CLIENTS = 50
USERS = 5
MB = 1_000_000


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    running = Engine(tmp_path_factory.mktemp("crowd") / "data")
    yield running
    running.end()


def work(engine: Engine, token: str, number: int, barrier: threading.Barrier) -> dict[str, int]:
    """What one client does; every answer is what it would be without the others."""
    rows = "".join(f"{i},{150 + i / 1e3},{2 + number / 100},{0.1 * (i % 9)}\n" for i in range(20 + number))
    text = f"id,ra,dec,z\n{rows}".encode()
    headers = {"Authorization": f"Token {token}"}
    with httpx.Client(base_url=f"{engine.url}/api", headers=headers, timeout=120) as http:
        barrier.wait()

        def ask(method: str, path: str, status: int = 200, **more):
            answer = http.request(method, path, **more)
            assert answer.status_code == status, (number, method, path, answer.status_code, answer.text)
            return answer

        kept = {}
        for turn in ("kept", "deleted"):
            name = f"{turn} {number}"
            body = {"display_name": name, "product_type": 1}
            key = ask("POST", "/products/", 201, json=body).json()["id"]
            file = {"file": (f"cat {number}.csv", text)}
            ask("POST", "/product-files/", 201, data={"product": key}, files=file)
            ask("GET", f"/products/{key}/registry/")
            for column in ask("GET", f"/product-contents/?product={key}").json()["results"]:
                alias = {"id": "ID", "ra": "RA", "dec": "Dec", "z": "z"}[column["column_name"]]
                ask("PATCH", f"/product-contents/{column['id']}/", data={"alias": alias})
            ask("PATCH", f"/products/{key}/", data={"status": "1"})
            info = ask("GET", f"/products/{key}/main_file_info/").json()
            assert info["display_name"] == name and info["main_file"]["n_rows"] == 20 + number
            made = ask("POST", f"/products/{key}/download/main-file/prepare/").json()
            assert ask("GET", made["download_url"]).content == text
            if turn == "deleted":
                ask("DELETE", f"/products/{key}/", 204)
            kept[turn] = key
        return kept


def test_fifty_clients_at_once_lose_nothing(engine):
    from pz_tsm.engine.pzserver.users import add_user

    tokens = [add_user(engine.data, f"user{number}") for number in range(USERS)]
    barrier = threading.Barrier(CLIENTS)
    with ThreadPoolExecutor(CLIENTS) as pool:
        jobs = [pool.submit(work, engine, tokens[i % USERS], i, barrier) for i in range(CLIENTS)]
        made = [job.result() for job in jobs]
    assert len({key for one in made for key in one.values()}) == 2 * CLIENTS
    with engine.user("user0") as http:
        page = http.get("/products/?status=1&search=kept&page_size=1000").json()
        assert {p["id"] for p in page["results"]} == {one["kept"] for one in made}
        assert http.get("/product-files/?page_size=1").json()["count"] >= CLIENTS
    said = engine.log.read_text()
    assert "locked" not in said and "Traceback" not in said
    database = sqlite3.connect(engine.data / "engine.sqlite")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    contents = "SELECT count(*) FROM product_contents c JOIN products p ON p.id = c.product_id"
    assert database.execute(f"{contents} WHERE p.status = 1 AND c.alias != ''").fetchone() == (4 * CLIENTS,)
    database.close()


def test_labs_and_a_kernel_that_need_an_engine_at_once_get_one(tmp_path):
    """Five programs call ensure() in the same moment; all are told of the same process."""
    data = tmp_path / "data"
    code = (
        "import sys; from pz_tsm.engine.runtime import ensure; r = ensure(sys.argv[1]); print(r.pid, r.url)"
    )
    command = [sys.executable, "-c", code, str(data)]
    programs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(5)]
    said = {program.communicate(timeout=120)[0] for program in programs}
    assert len(said) == 1 and said != {""}
    number = int(said.pop().split()[0])
    engine = psutil.Process(number)
    engines = [p for p in psutil.process_iter(["cmdline"]) if str(data) in (p.info["cmdline"] or [])]
    assert [p.pid for p in engines if "pz_tsm.engine.serve" in p.info["cmdline"]] == [number]
    engine.terminate()
    engine.wait(30)


def big_csv(path: Path, size: int) -> int:
    """A redshift catalogue of at least ``size`` bytes; its number of rows."""
    row = b"%09d,150.123456789,-28.123456789,0.123456,0.000123,4,a comment of some length here\n"
    block = 50_000
    rows = 0
    with path.open("wb") as out:
        out.write(b"id,ra,dec,z,z_err,z_flag,comment\n")
        while out.tell() < size:
            out.write(b"".join(row % i for i in range(rows, rows + block)))
            rows += block
    return rows


def peak_mb(pid: int) -> float:
    """The most memory that the process has had at once."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def test_a_gigabyte_goes_up_and_down_within_bounded_memory(engine, tmp_path):
    path = tmp_path / "big.csv"
    rows = big_csv(path, 1000 * MB)
    with engine.user("gigi") as http:
        http.get("/products/")
        before = peak_mb(engine.process.pid)
        key = http.post("/products/", json={"display_name": "big", "product_type": 1}).json()["id"]
        with path.open("rb") as file:
            made = http.post("/product-files/", data={"product": key}, files={"file": ("big.csv", file)})
        assert made.status_code == 201 and made.json()["size"] == path.stat().st_size
        assert http.get(f"/products/{key}/registry/").status_code == 200
        assert http.get(f"/products/{key}/main_file_info/").json()["main_file"]["n_rows"] == rows
        ready = http.post(f"/products/{key}/download/main-file/prepare/").json()
        assert ready["checksum"] == made.json()["checksum"]
        half = path.stat().st_size // 2
        with path.open("rb") as ours, http.stream("GET", ready["download_url"]) as answer:
            for chunk in answer.iter_raw(1 << 20):
                assert ours.read(len(chunk)) == chunk
                if ours.tell() > half:
                    break
            resumed = {"Range": f"bytes={ours.tell()}-"}
            with http.stream("GET", ready["download_url"], headers=resumed) as rest:
                assert rest.status_code == 206
                for chunk in rest.iter_raw(1 << 20):
                    assert ours.read(len(chunk)) == chunk
            assert ours.read() == b""
        assert peak_mb(engine.process.pid) - before < 300
        http.delete(f"/products/{key}/")
