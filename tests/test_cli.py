"""The command line: what is printed where, and with which exit status."""

from __future__ import annotations

import json

import pytest

from pz_tsm.cli import main


@pytest.fixture(scope="module")
def bundle(small_sky, tmp_path_factory):
    out = tmp_path_factory.mktemp("cli") / "set"
    assert main(["run", str(small_sky / "mock.tsm.yaml"), "-o", str(out)]) == 0
    return out


def test_mock_plan_and_run_as_a_newcomer_would(tmp_path, capsys):
    sky = tmp_path / "sky"
    assert main(["mock", str(sky), "--rows", "800", "--objects", "2000"]) == 0
    assert "pz-tsm run" in capsys.readouterr().out
    assert main(["plan", str(sky / "mock.tsm.yaml")]) == 0
    out = capsys.readouterr().out
    assert "homogenize" in out and "It would run." in out
    assert main(["run", str(sky / "mock.tsm.yaml"), "-o", str(tmp_path / "out")]) == 0
    said = capsys.readouterr()
    assert "combine" in said.out and "rows in" in said.out, "the accounting is on stdout"
    assert "load deep" in said.err and "load deep" in said.out
    assert main(["verify", str(tmp_path / "out")]) == 0


def test_json_is_for_programs(small_sky, tmp_path, capsys):
    assert main(["run", str(small_sky / "mock.tsm.yaml"), "-o", str(tmp_path / "out"), "--json"]) == 0
    said = capsys.readouterr()
    events = [json.loads(line) for line in said.err.splitlines() if line.startswith("{")]
    assert events[-1]["event"] == "done" and events[-1]["bundle"] == str(tmp_path / "out")
    answer = json.loads(said.out)
    assert answer["rows"] == events[-1]["counts"]["rows"]
    for report in answer["accounting"]:
        inside = report["rows_in"] + sum(report["added"].values())
        assert inside == report["rows_out"] + sum(report["dropped"].values())


def test_an_existing_folder_is_not_touched(small_sky, bundle, capsys):
    before = sorted(path.name for path in bundle.rglob("*"))
    assert main(["run", str(small_sky / "mock.tsm.yaml"), "-o", str(bundle)]) == 1
    said = capsys.readouterr().err
    assert "not empty" in said and "--overwrite" in said
    assert sorted(path.name for path in bundle.rglob("*")) == before


def test_overwrite_replaces_a_bundle_and_nothing_else(small_sky, tmp_path, capsys):
    recipe = str(small_sky / "mock.tsm.yaml")
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.tex").write_text("x")
    assert main(["run", recipe, "-o", str(tmp_path / "thesis"), "--overwrite"]) == 1
    assert (tmp_path / "thesis" / "chapter1.tex").read_text() == "x"
    assert main(["run", recipe, "-o", str(tmp_path / "set")]) == 0
    (tmp_path / "set" / "stray").write_text("x")
    assert main(["run", recipe, "-o", str(tmp_path / "set"), "--overwrite"]) == 0
    assert not (tmp_path / "set" / "stray").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["set", "thesis"]


def test_a_plan_that_fails_says_what_to_do(tmp_path, capsys):
    (tmp_path / "r.tsm.yaml").write_text("format: tsm-recipe/1\ninputs: {a: {from: {file: nowhere.fits}}}\n")
    assert main(["plan", str(tmp_path / "r.tsm.yaml")]) == 1
    said = capsys.readouterr().out
    assert "error: Input 'a'" in said and "nowhere.fits" in said and "It would fail: 1 error." in said
    assert main(["plan", str(tmp_path / "r.tsm.yaml"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False
    assert main(["run", str(tmp_path / "r.tsm.yaml"), "-o", str(tmp_path / "out")]) == 1
    said = capsys.readouterr()
    assert "nowhere.fits" in said.err and "Traceback" not in said.err
    assert not (tmp_path / "out").exists()


def test_trouble_is_told_in_two_lines(tmp_path, capsys):
    assert main(["plan", str(tmp_path / "none.tsm.yaml")]) == 1
    assert "There is no recipe" in capsys.readouterr().err
    (tmp_path / "bad.tsm.yaml").write_text("format: tsm-recipe/1\nimputs: {}\n")
    assert main(["run", str(tmp_path / "bad.tsm.yaml"), "-o", str(tmp_path / "o")]) == 1
    said = capsys.readouterr().err
    assert "Line 2" in said and "Did you mean 'inputs'?" in said and "Traceback" not in said


def test_verify_tells_a_changed_file(bundle, tmp_path, capsys):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(bundle, copy)
    assert main(["verify", str(copy)]) == 0
    (copy / "README.md").write_text("changed")
    capsys.readouterr()
    assert main(["verify", str(copy)]) == 1
    assert "README.md" in capsys.readouterr().out


def test_diff_of_a_bundle_with_itself_is_nothing(bundle, capsys):
    assert main(["diff", str(bundle), str(bundle)]) == 0


def test_two_compilations_are_compared_object_by_object(small_sky, tmp_path, capsys):
    first, second = small_sky / "mock_deep.parquet", small_sky / "mock_wide.fits"
    out = tmp_path / "objects.parquet"
    assert main(["compare", str(first), str(second), "--json", "-o", str(out)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert sum(said["counts"].values()) == said["objects"] > 0
    assert said["counts"]["added"] and said["counts"]["lost"]
    assert main(["compare", str(first), str(first)]) == 0
    text = capsys.readouterr().out
    assert "no change" in text and "mock_deep" in text
    assert main(["compare", str(first), str(second), "-o", str(out)]) == 1
    assert "exists already" in capsys.readouterr().err


def test_operations_and_rules_are_listed(capsys):
    assert main(["ops"]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in ("homogenize", "combine", "match", "split"))
    assert main(["ops", "combine"]) == 0
    assert "radius_arcsec" in capsys.readouterr().out
    assert main(["ops", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[1]["schema"]["properties"]
    assert main(["rules"]) == 0
    assert "pz-server" in capsys.readouterr().out
    assert main(["ops", "nothing"]) == 1


PACK = """\
format: tsm-rules/1
name: mine
version: "3"
surveys:
  DEEPFIELD:
    flag:
      - {when: z_flag >= 3, is: 4, meaning: certain}
      - {when: z_flag < 3, is: 1, meaning: a guess}
    examples:
      - {z_flag: 3, is: 4}
      - {z_flag: 2, is: 1}
"""


def test_rule_packs_are_listed_with_how_far_they_are_checked(capsys):
    assert main(["rules", "list"]) == 0
    said = capsys.readouterr().out
    line = next(line for line in said.splitlines() if line.startswith("pz-server "))
    assert line.split()[2:] == ["38", "checked"]
    assert "VVDS" in said
    for arguments in (["rules", "--json", "list"], ["rules", "list", "--json"], ["rules", "--json"]):
        assert main(arguments) == 0
        found = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
        assert "VVDS" in found["pz-server"]["surveys"] and found["pz-server"]["proposed"] == []


def test_a_rule_pack_of_ones_own_is_checked(tmp_path, capsys):
    file = tmp_path / "mine.yaml"
    file.write_text(PACK)
    assert main(["rules", "check", str(file)]) == 0
    assert "mine 3, 1 survey" in capsys.readouterr().out
    file.write_text(PACK.replace("{z_flag: 2, is: 1}", "{z_flag: 2, is: 2}"))
    assert main(["rules", "check", str(file)]) == 1
    said = capsys.readouterr().out
    assert "DEEPFIELD: example 2 (z_flag = 2) should have is 2, but gets 1." in said and "1 problem." in said
    assert main(["rules", "check", str(file), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is False and len(answer["problems"]) == 1


def test_a_rule_pack_that_cannot_be_read_says_where(tmp_path, capsys):
    file = tmp_path / "mine.yaml"
    file.write_text(PACK.replace("is: 4, meaning", "is: 9, meaning"))
    assert main(["rules", "check", str(file)]) == 1
    said = capsys.readouterr()
    assert "line 7" in said.err and "DEEPFIELD" in said.err and said.out == ""
    assert main(["rules", "check", str(tmp_path / "none.yaml")]) == 1
    assert "no rule pack" in capsys.readouterr().err


def test_no_command_shows_the_help(capsys):
    assert main([]) == 2
    assert "mock" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0 and capsys.readouterr().out.startswith("pz-tsm ")


def test_a_users_token_stands_alone_on_the_last_line(tmp_path, capsys):
    assert main(["engine", "add-user", "ana", "--data", str(tmp_path)]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert len(last) == 40 and int(last, 16) >= 0


def test_a_bundle_is_replayed_by_its_lock(small_sky, bundle, tmp_path, capsys):
    recipe = str(bundle / "recipe.tsm.yaml")
    assert main(["run", recipe, "-o", str(tmp_path / "no")]) == 1
    said = capsys.readouterr().err
    assert "Not replayable" in said and "--base" in said
    out = tmp_path / "again"
    assert main(["run", recipe, "--base", str(small_sky), "-o", str(out)]) == 0
    assert "the rows are those that the lock names" in capsys.readouterr().err
    for name in ("data/training_set.parquet", "data/measurements.parquet", "recipe.tsm.lock"):
        assert (out / name).read_bytes() == (bundle / name).read_bytes(), name


def test_a_replay_says_what_is_not_as_it_was(small_sky, bundle, tmp_path, capsys):
    changed = tmp_path / "other"
    changed.mkdir()
    text = (bundle / "recipe.tsm.yaml").read_text().replace("0.75", "0.5")
    (changed / "recipe.tsm.yaml").write_text(text)
    lock = (bundle / "recipe.tsm.lock").read_text()
    (changed / "recipe.tsm.lock").write_text(lock)
    args = ["run", str(changed / "recipe.tsm.yaml"), "--base", str(small_sky), "-o", str(tmp_path / "out")]
    assert main(args) == 0
    said = capsys.readouterr().err
    assert "Not as in the lock: the recipe is another one." in said and "digest differs" in said
