"""Which PZ Server: the site's, one that the user chooses, or the engine of this machine."""

import json

import pytest
from tornado.httpclient import HTTPClientError

from pz_tsm import tokens
from pz_tsm.errors import TsmError
from pz_tsm.jupyter import servers
from pz_tsm.jupyter.pzserver import PzServer, Upstream

SECRET = "5ec2e7" * 6 + "abcd"


async def pzserver(jp_fetch):
    return json.loads((await jp_fetch("tsm", "config")).body)["pzserver"]


async def choose(jp_fetch, url):
    answer = await jp_fetch("tsm", "server", method="POST", body=json.dumps({"url": url}))
    return json.loads(answer.body)


async def test_the_engine_is_there_first_and_others_can_be_chosen(jp_fetch, fake, tmp_path, monkeypatch):
    said = await pzserver(jp_fetch)
    assert (said["kind"], said["configured"], said["fixed"]) == ("engine", False, False)
    assert [one["kind"] for one in said["choices"]] == ["real", "development", "engine"]

    said = await choose(jp_fetch, f"{fake.url}/api")
    assert (said["kind"], said["url"], said["token"]) == ("other", f"{fake.url}/api/", "missing")
    assert (tmp_path / "config" / "pz-tsm" / "server").read_text().strip() == f"{fake.url}/api/"
    assert servers.read() == f"{fake.url}/api/"  # the next lab begins there

    # a token of the environment is for no server in particular: not for one that was typed in
    monkeypatch.setenv("PZSERVER_TOKEN", SECRET)
    assert (await pzserver(jp_fetch))["token"] == "missing" and not fake.asked

    fake.says("/api/", {})
    fake.says("/api/logged_user/", {"username": "ana", "is_admin": False})
    await jp_fetch("tsm", "token", method="POST", body=json.dumps({"token": SECRET}))
    said = await pzserver(jp_fetch)
    assert (said["token"], said["user"]) == ("present", "ana") and said["kept"].endswith("token")
    assert (await choose(jp_fetch, ""))["kind"] == "engine"


@pytest.mark.parametrize(
    "url",
    ["http://elsewhere.example/api/", "ftp://a/", "https://user:word@a/api/", "file:///etc", "a", 5, None],
)
async def test_an_address_that_a_token_must_not_go_to_is_refused(jp_fetch, url):
    with pytest.raises(HTTPClientError) as caught:
        await choose(jp_fetch, url)
    assert caught.value.code == 400 and "https" in json.loads(caught.value.response.body)["error"]["remedy"]
    assert servers.read() is None


def test_an_address_is_completed():
    assert servers.clean(" https://pz.example.org ") == "https://pz.example.org/api/"
    assert servers.kind(servers.clean("https://pzserver.linea.org.br/api")) == "real"
    with pytest.raises(TsmError):
        servers.clean("https://pz.example.org/api/?x=1")


def test_the_science_platform_s_token_is_named_by_its_place_only(tmp_path, monkeypatch):
    monkeypatch.delenv("NUBLADO_TOKEN", raising=False)
    monkeypatch.delenv("ACCESS_TOKEN", raising=False)
    assert servers.rsp_token_place() is None
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "token").write_text("gt-secret")
    monkeypatch.setenv("NUBLADO_RUNTIME_MOUNTS_DIR", str(tmp_path))
    assert servers.rsp_token_place() == f"{tmp_path}/secrets/token"


def test_places_in_the_home_are_told_without_it(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NUBLADO_RUNTIME_MOUNTS_DIR", str(tmp_path / "mounts"))
    (tmp_path / "mounts" / "secrets").mkdir(parents=True)
    (tmp_path / "mounts" / "secrets" / "token").write_text("gt-secret")
    assert servers.rsp_token_place() == "~/mounts/secrets/token"
    monkeypatch.delenv("XDG_CONFIG_HOME")
    tokens.store("https://a.example/api/", SECRET)
    server = PzServer("https://a.example/api/", "", None)
    assert server._account()["kept"] == "~/.config/pz-tsm/token"
    monkeypatch.setenv("HOME", str(tmp_path / "elsewhere"))
    assert servers.from_home(str(tmp_path / "a")) == str(tmp_path / "a")
    assert servers.from_home("the system's keyring") == "the system's keyring"


async def test_a_token_goes_to_no_server_that_was_chosen_while_it_was_read(monkeypatch):
    here, there = "https://a.example/api/", "https://b.example/api/"
    server = PzServer("", "", None)
    server._set(here)

    def read(url, environment):
        server._set(there)
        return f"token of {url}"

    monkeypatch.setattr("pz_tsm.tokens.read", read)
    assert await server.upstream() == Upstream(here, f"token of {here}")


class TestFixed:
    @pytest.fixture
    def settings(self, fake):
        return {"pzserver_url": f"{fake.url}/api", "pzserver_name": "PZ test"}

    async def test_what_the_site_has_set_stays(self, jp_fetch):
        with pytest.raises(HTTPClientError) as caught:
            await choose(jp_fetch, "")
        assert "PZ test" in json.loads(caught.value.response.body)["error"]["message"]
