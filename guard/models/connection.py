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
from typing import Any
from urllib.parse import SplitResult, urlsplit

from guard.errors import ConfigError, MissingExtraError, ServerError
from guard.types import Json

TRIES = 3
MAX_WAIT = 20.0
"""Seconds that a server's Retry-After is obeyed for; a longer one is an error at once."""
MAX_BODY = 16 * 1024 * 1024
SHORTEST_KEY = 6


class Connection:
    """A server's address and key. `where` is what errors call it. Threads may share it."""

    def __init__(self, url: str, *, key: str | None, timeout: float) -> None:
        parts = address(url)
        # Without the name and password that a URL may carry.
        host = parts.netloc.rpartition("@")[2]
        self.where = f"the server at {parts.scheme}://{host}{parts.path}"
        self._url = url
        self._key = key
        self._timeout = timeout
        self._local = is_loopback(parts.hostname or "")
        self._client: Any = None
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

    def owner(self, model: str) -> str:
        """Who the server says the model is `owned_by`, which names the software of most servers.

        Nothing where the server has no list of models, or does not answer within 5 s.
        """
        client = self._connect().with_options(timeout=min(self._timeout, 5.0))
        import openai

        try:
            with client.models.with_streaming_response.list() as response:
                return _owner(self._read(response, time.monotonic() + 5.0), model)
        except (openai.OpenAIError, ServerError):
            return ""

    def _send_once(self, body: dict[str, Json], *, last: bool) -> tuple[int, bytes, float | None]:
        """Status (0: unreachable, to be tried again), body, and the seconds to wait."""
        completions = self._connect().chat.completions
        import openai

        deadline = time.monotonic() + self._timeout
        backoff = random.uniform(0.2, 0.6)  # noqa: S311 -- spreads load, hides nothing
        try:
            with completions.with_streaming_response.create(**body) as response:
                return response.status_code, self._read(response, deadline), None
        except openai.APIStatusError as error:
            raw = self.redact(error.response.content[:MAX_BODY])
            return error.status_code, raw, _wait(error.response.headers, backoff)
        except openai.APITimeoutError:
            raise self._slow() from None
        except openai.APIConnectionError as error:
            if last:
                raise self._down(error) from None
            return 0, b"", backoff
        except openai.OpenAIError as error:
            raise ServerError(f"{self.where}: {type(error).__name__}") from None

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
            raise self._down(error) from None
        return bytes(body)

    def _connect(self) -> Any:
        """The SDK's client, made on first use."""
        with self._lock:
            if self._client is None:
                self._client = self._open()
            return self._client

    def _open(self) -> Any:
        try:
            import openai
        except ImportError as error:
            raise MissingExtraError("openai", extra="openai", what="a model server") from error
        return openai.OpenAI(
            api_key=self._key or "none",
            base_url=self._url,
            max_retries=0,  # guard retries itself: bounded waits, and none after a timeout
            timeout=openai.Timeout(self._timeout, connect=min(self._timeout, 10.0)),
            # A proxy of the environment would be asked for this machine's own server.
            http_client=openai.DefaultHttpxClient(trust_env=False) if self._local else None,
        )

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


def _wait(headers: Any, backoff: float) -> float | None:
    """Seconds until the next try: Retry-After when given, None when that is too long."""
    try:
        asked = float(headers.get("retry-after", backoff))
    except ValueError:  # a date: rare, and clocks differ
        return backoff
    return max(asked, 0.0) if asked <= MAX_WAIT else None
