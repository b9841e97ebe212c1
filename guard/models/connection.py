"""The way to an OpenAI-compatible server: one request in, one status and body out.

The official SDK (extra `openai`) sends; guard itself waits, tries again and reads, so that a slow,
busy, endless or unreachable server is an error that says so, and never a key in a message.
"""

from __future__ import annotations

import ipaddress
import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import SplitResult, urlsplit

from guard.errors import ConfigError, MissingExtraError, ServerError
from guard.models.wire import Answered, Target, Wire
from guard.types import Json

TRIES = 3
MAX_WAIT = 20.0
"""Seconds that a server's Retry-After is obeyed for; a longer one is an error at once."""
MAX_BODY = 16 * 1024 * 1024
SHORTEST_KEY = 6
MAX_HOST = 100
OWNER_WAIT = 5.0
"""Seconds for the list of a server's models."""


class Connection:
    """A server's address and key. `where` is what errors call it. Threads may share it."""

    def __init__(self, url: str, *, key: str | None, timeout: float) -> None:
        parts = address(url)
        # Without the name and password that a URL may carry.
        host = parts.netloc.rpartition("@")[2]
        self.where = f"the server at {parts.scheme}://{host}{parts.path}"
        self._key = key
        self._timeout = timeout
        # A proxy of the environment would be asked for this machine's own server.
        is_remote = not is_loopback(parts.hostname or "")
        self._target = Target(url=url, key=key or "none", timeout=timeout, trust_env=is_remote)
        self._free: list[Wire] = []
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<Connection to {self.where}>"

    def send(self, body: dict[str, Json]) -> tuple[int, bytes]:
        """The status and body of the answer, a busy or unreachable server being asked again.

        Raises ServerError when there is no answer, and MissingExtraError without the SDK.
        """
        for last in (*[False] * (TRIES - 1), True):
            status, raw, wait = self._send_once(body, last=last)
            busy = status == 0 or status in (408, 409, 429) or status >= 500
            if not busy or last or wait is None or b"insufficient_quota" in raw:
                break
            time.sleep(wait)
        return status, raw

    def owner(self, model: str) -> str | None:
        """Who the server says the model is `owned_by`, which names the software of most servers.

        "" where the server has no list of models, or does not answer within 5 s; None where it
        cannot be reached, and may be later.
        """
        seconds = min(self._timeout, OWNER_WAIT)
        deadline = time.monotonic() + seconds
        with self._wire() as wire, wire.within(seconds):
            import openai

            client = wire.client.with_options(timeout=seconds)
            try:
                with client.models.with_streaming_response.list() as response:
                    return _owner(self._read(response, deadline), model)
            except openai.APITimeoutError:
                return ""
            except openai.APIConnectionError:
                return "" if time.monotonic() > deadline else None
            except (openai.OpenAIError, Answered, ServerError):
                return ""

    def _send_once(self, body: dict[str, Json], *, last: bool) -> tuple[int, bytes, float | None]:
        """Status (0: unreachable, to be tried again), body, and the seconds to wait."""
        deadline = time.monotonic() + self._timeout
        with self._wire() as wire, wire.within(self._timeout):
            import openai

            completions = wire.client.chat.completions
            try:
                with completions.with_streaming_response.create(**body) as response:
                    return response.status_code, self._read(response, deadline), None
            except openai.APITimeoutError:
                raise self._slow() from None
            except Answered as answer:
                return self._refused(answer, is_late=time.monotonic() > deadline)
            except openai.APIConnectionError as error:
                if time.monotonic() > deadline:
                    raise self._slow() from None
                if last:
                    raise self._down(error) from None
                return 0, b"", _backoff()
            except openai.OpenAIError as error:
                raise ServerError(f"{self.where}: {type(error).__name__}") from None

    def _refused(self, answer: Answered, *, is_late: bool) -> tuple[int, bytes, float | None]:
        """The answer of a server that is none. Raises ServerError for one of another host."""
        if answer.elsewhere is not None:
            to = self.redact(answer.elsewhere[:MAX_HOST].encode()).decode()
            raise ServerError(
                f"{self.where} redirects to {to}, where nothing is sent",
                hint="make that the base URL, if it is meant",
            )
        wait = None if is_late else _wait(answer.headers, _backoff())
        return answer.status, self.redact(answer.body), wait

    def _read(self, response: Any, deadline: float) -> bytes:
        """The body, within the deadline and the size limit."""
        import httpx2

        body = bytearray()
        try:
            for piece in response.iter_bytes():
                body += piece
                if time.monotonic() > deadline:
                    raise self._slow()
                if len(body) > MAX_BODY:
                    raise ServerError(f"{self.where} answered more than {MAX_BODY:,} bytes")
        except httpx2.TimeoutException:
            raise self._slow() from None
        except httpx2.HTTPError as error:
            raise self._slow() if time.monotonic() > deadline else self._down(error) from None
        if time.monotonic() > deadline:  # a body without a length ends where it was cut
            raise self._slow()
        return bytes(body)

    @contextmanager
    def _wire(self) -> Iterator[Wire]:
        """A wire that nobody else uses meanwhile: a free one, or a new one."""
        with self._lock:
            wire = self._free.pop() if self._free else None
        wire = wire or self._open()
        try:
            yield wire
        finally:
            if wire.was_cut:
                wire.client.close()
            else:
                with self._lock:
                    self._free.append(wire)

    def _open(self) -> Wire:
        try:
            return Wire(self._target)
        except ImportError as error:
            raise MissingExtraError("openai", extra="openai", what="a model server") from error

    def redact(self, raw: bytes) -> bytes:
        """`raw` as it may be shown: without the key. Shorter words than a key has stay."""
        secret = (self._key or "").encode()
        return raw.replace(secret, b"***") if len(secret) >= SHORTEST_KEY else raw

    def _slow(self) -> ServerError:
        return ServerError(
            f"{self.where} did not answer within {self._timeout:g} s",
            hint="raise the timeout, or ask for fewer tokens",
            retryable=True,
        )

    def _down(self, error: Exception) -> ServerError:
        cause = error.__cause__ or error
        return ServerError(
            f"{self.where} cannot be reached: {self.redact(str(cause).encode()).decode()}",
            hint="start the server, or check the base URL",
            retryable=True,
        )


def _owner(raw: bytes, model: str) -> str:
    """`owned_by` of a model in a list of models, or of the first one there."""
    try:
        models = [entry for entry in json.loads(raw)["data"] if isinstance(entry, dict)]
    except (ValueError, RecursionError, KeyError, TypeError):
        return ""
    named = [entry for entry in models if entry.get("id") == model]
    return str((named or models or [{}])[0].get("owned_by", ""))


def address(url: str) -> SplitResult:
    """The parts of a base URL. Raises ConfigError when it is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port, (parts.hostname or "").encode("idna")
    except ValueError:
        parts = urlsplit("")
    plain = url.isprintable() and " " not in url and not parts.query and not parts.fragment
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain:
        raise ConfigError(
            "the base URL is not a plain http(s) address",
            hint="for example http://localhost:8000/v1",
        )
    return parts


def is_loopback(host: str) -> bool:
    """Whether a host name is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _backoff() -> float:
    return random.uniform(0.2, 0.6)  # noqa: S311 -- spreads load, hides nothing


def _wait(headers: Any, backoff: float) -> float | None:
    """Seconds until the next try: Retry-After when given, None when that is too long."""
    try:
        asked = float(headers.get("retry-after", backoff))
    except ValueError:  # a date: rare, and clocks differ
        return backoff
    return max(asked, 0.0) if asked <= MAX_WAIT else None
