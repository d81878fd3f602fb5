"""A process that is started with a file of flag rules: the file goes from server to server."""

import email
import json

import pytest
from tornado.httpclient import HTTPClientError

from pz_tsm.errors import TsmError
from pz_tsm.jupyter import process_form

SECRET = "5ec2e7" * 6 + "abcd"
PROCESSES = "/api/processes/"
BODY = {
    "display_name": 'Mine, "both"',
    "pipeline": 2,
    "inputs": [4, 5],
    "release": None,
    "used_config": {"param": {"combine_type": "concatenate"}},
}


@pytest.fixture
def settings(fake):
    return {"pzserver_url": f"{fake.url}/api", "pzserver_name": "PZ test"}


@pytest.fixture(autouse=True)
def token(monkeypatch):
    monkeypatch.setenv("PZSERVER_TOKEN", SECRET)


async def start(jp_fetch, **change):
    headers = {"Content-Type": "application/json"}
    body = json.dumps(BODY | change)
    return await jp_fetch("tsm", "pz", "processes/", method="POST", body=body, headers=headers)


async def test_the_file_goes_as_a_form_with_all_fields(jp_fetch, fake, jp_root_dir):
    (jp_root_dir / "rules.yaml").write_bytes(b"translation_rules: {}\n")
    fake.says(PROCESSES, {"id": 9}, 201)
    assert (await start(jp_fetch, flags_translation_file={"contents": "rules.yaml"})).code == 201
    method, _, _, headers, sent = fake.asked[-1]
    assert method == "POST" and headers["Authorization"] == f"Token {SECRET}"
    form = email.message_from_bytes(b"Content-Type: " + headers["Content-Type"].encode() + b"\r\n\r\n" + sent)
    parts = [
        (part.get_param("name", header="content-disposition"), part.get_filename(), part.get_payload())
        for part in form.get_payload()
    ]
    assert parts == [
        ("display_name", None, 'Mine, "both"'),
        ("pipeline", None, "2"),
        ("inputs", None, "4"),
        ("inputs", None, "5"),
        ("used_config", None, '{"param": {"combine_type": "concatenate"}}'),
        ("flags_translation_file", "rules.yaml", "translation_rules: {}\n"),
    ]


async def test_without_a_file_the_request_stays_as_it_is(jp_fetch, fake):
    fake.says(PROCESSES, {"id": 9}, 201)
    await start(jp_fetch)
    assert json.loads(fake.asked[-1][4]) == BODY


@pytest.mark.parametrize(
    "flags, code",
    [
        ({"contents": "none.yaml"}, 400),
        ({"contents": 5}, 400),
        ("/etc/passwd", 400),
        ({"contents": "../out.yaml"}, 403),
    ],
)
async def test_a_file_that_is_not_there_or_not_ours_is_refused(jp_fetch, fake, flags, code):
    with pytest.raises(HTTPClientError) as caught:
        await start(jp_fetch, flags_translation_file=flags)
    assert caught.value.code == code and not fake.asked


def test_a_file_that_is_no_rules_by_its_size_is_refused(tmp_path, monkeypatch):
    (tmp_path / "huge.yaml").write_bytes(b"x" * (process_form.LONGEST + 1))
    monkeypatch.setattr(process_form.paths, "to_disk", lambda manager, shown: tmp_path / shown)
    with pytest.raises(TsmError, match="too large"):
        process_form.with_flags(None, {"flags_translation_file": {"contents": "huge.yaml"}})
