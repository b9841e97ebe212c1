"""One wire to a server: a client of the official SDK that is held to a time, a size and a host.

By itself it waits for as long as something comes, if only a header a minute, reads an error of any
length, and takes a prompt along a redirect to any other host.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MAX_ERROR = 64 * 1024
"""Bytes that are read of the body of an error."""
PLAIN = ("", "identity")


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where a wire leads. `trust_env`: by the proxy that the environment names."""

    url: str
    key: str
    timeout: float
    trust_env: bool


class Answered(Exception):  # noqa: N818  (an answer, never seen by callers)
    """The server answered with an error, or sends on to another host, which `elsewhere` is."""

    def __init__(self, response: Any, body: bytes, *, elsewhere: str | None) -> None:
        super().__init__(f"HTTP {response.status_code}")
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self.body = body
        self.elsewhere = elsewhere


class Wire:
    """For one request at a time, so that it is known which connection is to be cut."""

    def __init__(self, target: Target) -> None:
        import openai

        self.was_cut = False
        self._socket: Any = None
        hooks: dict[str, list[Callable[..., None]]]
        hooks = {"request": [self._traced], "response": [_look]}
        self.client = openai.OpenAI(
            api_key=target.key,
            base_url=target.url,
            max_retries=0,  # guard retries itself: bounded waits, and none after a timeout
            timeout=openai.Timeout(target.timeout, connect=min(target.timeout, 10.0)),
            # Nothing is packed, so that what comes is as large as it looks.
            default_headers={"Accept-Encoding": "identity"},
            http_client=openai.DefaultHttpxClient(trust_env=target.trust_env, event_hooks=hooks),
        )

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Cut the connection when it takes longer; what it carried then ends in an error."""
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()

    def _traced(self, request: Any) -> None:
        request.extensions["trace"] = self._keep_socket

    def _keep_socket(self, event: str, info: Mapping[str, Any]) -> None:
        """Note the socket of a connection as it is made, and its encrypted one."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")
            if self.was_cut:
                self._cut()

    def _cut(self) -> None:
        self.was_cut = True
        if self._socket is not None:
            with contextlib.suppress(OSError):  # it is closed already
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _look(response: Any) -> None:
    """Raise Answered for an error, and for a redirect to where nobody meant to ask."""
    elsewhere = _elsewhere(response)
    if elsewhere is not None:
        raise Answered(response, b"", elsewhere=elsewhere)
    if not response.is_success and not response.has_redirect_location:
        raise Answered(response, _beginning(response), elsewhere=None)


def _elsewhere(response: Any) -> str | None:
    """The other host that a redirect leads to; the same one by an encrypted way is no other."""
    if not response.has_redirect_location:
        return None
    import httpx2

    here = response.request.url
    try:
        there = here.join(response.headers["location"])
    except httpx2.InvalidURL:
        return "an address that is none"
    same = (there.host, there.port) == (here.host, here.port)
    if same and there.scheme in (here.scheme, "https"):
        return None
    return f"{there.scheme}://{there.netloc.decode()}"


def _beginning(response: Any) -> bytes:
    """As much as is read of an error, however it ends; nothing where it comes packed."""
    import httpx2

    body = bytearray()
    with contextlib.suppress(httpx2.HTTPError):
        for piece in response.iter_raw():
            body += piece
            if len(body) >= MAX_ERROR:
                break
    response.close()
    plain = response.headers.get("content-encoding", "").strip().lower() in PLAIN
    return bytes(body[:MAX_ERROR]) if plain else b""
