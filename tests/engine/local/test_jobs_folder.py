"""What a run's folder keeps in memory of its state."""

from pathlib import Path

from pz_tsm.engine.jobs.folder import Folder


def test_a_change_made_while_the_state_is_first_read_is_kept(tmp_path, monkeypatch):
    """Somebody asks how a new run is at the moment in which it starts."""
    folder = Folder.create(tmp_path, "format: tsm-recipe/1\n", out=None)
    read = Path.read_text
    late = iter([lambda: folder.update(state="running", started="2026-01-01T00:00:00.000Z")])

    def slow(path, *args, **settings):
        text = read(path, *args, **settings)
        next(late, lambda: None)()
        return text

    monkeypatch.setattr(Path, "read_text", slow)
    assert folder.job["state"] == "running"
    ended = folder.update(state="done")
    assert ended["started"] == "2026-01-01T00:00:00.000Z" and Folder(folder.path).job == ended
