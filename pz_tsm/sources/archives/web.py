"""Requests to archives: patient, never endless, re-based for tests, tried again; answers go to a file.

``astroquery`` and ``pyvo`` make the requests; the ``requests`` session that is put under them comes from
here.
"""

from __future__ import annotations

import email.utils
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from pz_tsm.errors import Cancelled, TsmError
from pz_tsm.ops.base import Context
from pz_tsm.sources.waiting import BLINK, Pauses

if TYPE_CHECKING:
    import requests

WAITS = (10.0, 300.0)  # seconds to connect, and between two bytes of an answer
TRIES = 5
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds between two tries
BLOCK = 1 << 20
AGAIN = (408, 425, 429, 500, 502, 503, 504)  # status of HTTP after which another try may do
HERE = ("127.0.0.1", "localhost", "::1")

T = TypeVar("T")


class Broken(Exception):
    """An answer that is not whole, or of a service in trouble: worth another try."""


class Unreachable(TsmError):
    """No answer, after all tries."""


def based(usual: str, variable: str) -> str:
    """The address of a service: that which a variable names, else the usual one."""
    return (os.environ.get(variable, "").strip() or usual).rstrip("/")


def session(
    home: str, *, secret: str | None = None, rebase: Mapping[str, str] | None = None
) -> requests.Session:
    """A session for one service. ``secret`` goes, as a bearer token, to the scheme and host of ``home`` only;
    ``rebase``: beginning of an address -> what stands for it. Answers are streamed."""
    try:
        import requests
    except ImportError:
        raise TsmError(
            "Archives need the package requests, which is not installed.",
            remedy='Install it: pip install "pz-tsm[public]".',
            where="requests",
        ) from None

    there = urlsplit(home)

    class Bearer(requests.auth.AuthBase):
        def __call__(self, request: Any) -> Any:
            to = urlsplit(request.url)
            if secret and (to.scheme, to.netloc) == (there.scheme, there.netloc):
                request.headers["Authorization"] = f"Bearer {secret}"
            return request

    class Session(requests.Session):
        def request(self, method: str, url: str, *args: Any, **more: Any) -> Any:
            for usual, given in (rebase or {}).items():
                if url.startswith(usual):
                    url = given + url[len(usual) :]
                    break
            more["stream"] = True
            return super().request(method, url, *args, **more)

        def send(self, request: Any, **more: Any) -> Any:
            more["timeout"] = WAITS
            return super().send(request, **more)

    made = Session()
    made.auth = Bearer()
    if there.hostname in HERE:
        made.trust_env = False  # no proxy
    return made


def tried(work: Callable[[], T], ctx: Context, service: str, doing: str) -> T:
    """What ``work`` gives, tried again with growing pauses while the network or the service is in trouble.

    Unreachable after the last try; TsmError for an answer that another try can't mend; Cancelled on a stop.
    """
    import requests

    pauses = Pauses(FIRST_PAUSE, LONGEST_PAUSE, ctx.cancelled)
    for number in range(1, TRIES + 1):
        if ctx.cancelled():
            raise Cancelled()
        try:
            return _stoppable(work, ctx)
        except requests.HTTPError as error:
            status = error.response.status_code
            if status not in AGAIN:
                raise refused(service, status, _first_words(error.response)) from None
            said, wait = f"it answered {status}", _retry_after(error.response)
        except (requests.RequestException, Broken) as error:
            said, wait = _plain(error), 0.0
        if number == TRIES:
            break
        ctx.step(0.02, f"{doing}: {said}; trying again ({number + 1} of {TRIES})")
        pauses.next = max(pauses.next, min(wait, LONGEST_PAUSE))
        pauses.wait()
    raise Unreachable(
        f"{service} gave no usable answer after {TRIES} tries: {said}.",
        remedy="Check the network, or run again later: what has come already is kept.",
        where=service,
    )


def _stoppable(work: Callable[[], T], ctx: Context) -> T:
    """What ``work`` gives; a stop is heard while it waits for the service. It is left alone then, and ends by
    itself when its answer comes or its time is over."""
    made: list[T] = []
    failed: list[BaseException] = []

    def do() -> None:
        try:
            made.append(work())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=do, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(BLINK)
        if ctx.cancelled():
            raise Cancelled()
    if failed:
        raise failed[0]
    return made[0]


def refused(service: str, status: int, said: str) -> TsmError:
    """The error for an answer that means no."""
    if status in (401, 403):
        return TsmError(
            f"{service} does not let you in (it answered {status}).",
            remedy="Check your token or rights at the service.",
            where=service,
        )
    return TsmError(
        f"{service} answered {status}{f': {said}' if said else ''}.",
        remedy="Check the name of the table, or the address." if status == 404 else None,
        where=service,
    )


def progress(ctx: Context, service: str) -> Callable[[int], None]:
    """Tells how much of an answer has come."""

    def tell(done: int) -> None:
        ctx.step(0.03, f"{service}: {done / 1e6:,.0f} MB")

    return tell


def save(
    answer: requests.Response,
    path: Path,
    ctx: Context,
    told: Callable[[int], None] = lambda done: None,
    *,
    append: bool = False,
) -> int:
    """The body of an answer into a file; the number of bytes. Broken if fewer came than were announced."""
    import requests
    import urllib3

    answer.raise_for_status()
    announced = answer.headers.get("Content-Length")
    encoded = answer.headers.get("Content-Encoding")
    done = 0
    try:
        with path.open("ab" if append else "wb") as out:
            for block in answer.iter_content(BLOCK):
                if ctx.cancelled():
                    raise Cancelled()
                out.write(block)
                done += len(block)
                told(done)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        if isinstance(error, OSError) and not isinstance(error, requests.RequestException | ConnectionError):
            raise  # of our own disk
        raise Broken(f"the answer broke off after {done:,} bytes") from None
    finally:
        answer.close()
    if announced and announced.isdigit() and not encoded and done != int(announced):
        raise Broken(f"the answer broke off after {done:,} of {int(announced):,} bytes")
    return done


def _retry_after(answer: requests.Response) -> float:
    """Seconds that the service asks us to wait (RFC 9110, section 10.2.3)."""
    said = answer.headers.get("Retry-After", "")
    if said.isdigit():
        return float(said)
    try:
        return max(email.utils.parsedate_to_datetime(said).timestamp() - time.time(), 0.0)
    except (ValueError, TypeError):
        return 0.0


def _first_words(answer: requests.Response) -> str:
    import re

    try:
        text = next(answer.iter_content(2000), b"").decode("utf-8", "replace")
    except Exception:  # the words are only for the message
        return ""
    plain = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", text, flags=re.S | re.I)
    return re.sub(r"\s+", " ", plain).strip().rstrip(".")[:200]


def _plain(error: Exception) -> str:
    import requests

    if isinstance(error, Broken):
        return str(error)
    if isinstance(error, requests.Timeout):
        return "it did not answer in time"
    if isinstance(error, requests.ConnectionError):
        return "it can't be reached"
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")[:200]
