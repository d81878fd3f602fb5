"""What an engine clears at its start of one that was killed: what has no row, and nothing else."""

from __future__ import annotations

import contextlib
from pathlib import Path

import httpx
import pytest
from pzkit import attach, draft, new, published


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_files_without_a_row_are_removed_at_the_start(data, start_engine):
    from pz_tsm.engine.pzserver.db import now
    from pz_tsm.engine.pzserver.users import add_user

    headers = {"Authorization": f"Token {add_user(data, 'ana')}"}
    with contextlib.ExitStack() as stack:
        url, state = start_engine(data, stack)
        http = stack.enter_context(httpx.Client(base_url=f"{url}/api", headers=headers))
        kept = published(http, name="kept")["id"]
        attach(http, kept, b"notes", "notes.txt", role=2)
        registered = draft(http, name="draft")["id"]
        deleted = published(http, name="deleted")["id"]
        http.delete(f"/products/{deleted}/")
        failed, done = new(http, name="failed", kind=7)["id"], new(http, name="done", kind=7)["id"]
        made = http.post(f"/products/{kept}/download/prepare/").json()
        paths = {row["id"]: row["path"] for row in state.db.all("SELECT id, path FROM products")}
        for key, status in ((failed, "Failed"), (done, "Successful")):
            config = {"param": {"flags_translation_file": f"{paths[key]}/my_flags.yaml"}}
            row = {"pipeline_id": 2, "pipeline_version": "1", "user_id": 2, "upload_id": key}
            row |= {"used_config": config, "display_name": "job", "created_at": now(), "status": status}
            row |= {"ended_at": now()}
            state.db.insert("processes", {**row, "path": f"combine_redshift_dedup/{key:08d}"})
    places = {key: data / "products" / path for key, path in paths.items()}
    before = {p for key in (kept, registered) for p in places[key].iterdir()}
    stale = [places[kept] / "left.csv", places[registered] / "left_hats" / "properties"]
    stale += [places[deleted] / "cat.csv", data / "products" / "other" / "77_nobody" / "a.csv"]
    stale += [places[failed] / "crd.parquet", data / "processes" / "training_set_maker" / "00000077" / "log"]
    stale += [data / "processes" / "combine_redshift_dedup" / f"{done:08d}" / "kept" / "part-0"]
    stale += [data / "cache" / "downloads" / "77.zip", places[kept] / ".part-1"]
    stays = [places[failed] / "my_flags.yaml", places[done] / "config.yml", places[done] / "crd.parquet"]
    for path in stale + stays:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    with contextlib.ExitStack() as stack:
        url, _ = start_engine(data, stack)
        http = stack.enter_context(httpx.Client(base_url=f"{url}/api", headers=headers))
        assert [path for path in stale if path.exists()] == []
        assert [path for path in stays if not path.exists()] == []
        assert {p for key in (kept, registered) for p in places[key].iterdir()} == before
        again = http.post(f"/products/{kept}/download/prepare/").json()
        assert again["checksum"] == made["checksum"], "what was ready is still there"
