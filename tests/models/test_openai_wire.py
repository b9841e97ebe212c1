"""Servers that drip, break off, redirect and never end, over raw sockets on loopback."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from guard.errors import ServerError
from guard.models.openai import open_server
from guard.testing import HttpAnswer, chat_server
from guard.types import Message, Sampling

ASK = (Message(role="user", content="What boils at 100 degrees?"),)
Handler = Callable[[socket.socket], None]
ANSWER = b'{"choices": [{"message": {"content": "half of it"}}]}'


@contextlib.contextmanager
def serving(handler: Handler, *, port: int = 0) -> Iterator[str]:
    """The base URL of a server that lets `handler` answer each connection after its request."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
        listener.listen()
        thread = threading.Thread(target=_serve, args=(listener, handler))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(listener: socket.socket, handler: Handler) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(65536)
                handler(connection)
                connection.shutdown(socket.SHUT_WR)


def dripping(start: bytes, piece: bytes) -> Handler:
    """Send `start`, and `piece` every twentieth of a second for three seconds."""

    def handle(connection: socket.socket) -> None:
        connection.sendall(start)
        for _ in range(60):
            connection.sendall(piece)
            time.sleep(0.05)

    return handle


def saying(answer: bytes) -> Handler:
    """Send `answer` and hang up."""
    return lambda connection: connection.sendall(answer)


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-Wait: a\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"a"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9000\r\n\r\n"
            b"\x1f\x8b\x08\x08\0\0\0\0\0\x03",  # a file name without an end
            b"a",
        ),
        (b"HTTP/1.1 200 OK\r\n\r\n" + ANSWER, b" "),
    ],
    ids=["headers", "100 Continue", "chunk", "gzip", "no length"],
)
def test_whatever_a_server_drips_is_cut_off_after_the_timeout(start: bytes, piece: bytes) -> None:
    """The timeout is for the whole answer, its headers and what never becomes text included."""
    with serving(dripping(start, piece)) as url:
        begun = time.monotonic()
        with pytest.raises(ServerError, match=r"did not answer within 0\.4 s"):
            open_server("tiny", base_url=url, timeout=0.4).write(
                ASK, schema=None, sampling=Sampling()
            )
        assert time.monotonic() - begun < 2


def test_an_error_that_drips_is_cut_off_after_the_timeout() -> None:
    """An error without an end is an error of its status, and is not asked for again."""
    start = b"HTTP/1.1 500 Oops\r\nContent-Length: 9000\r\n\r\nout of order"
    with serving(dripping(start, b" ")) as url:
        begun = time.monotonic()
        with pytest.raises(ServerError, match="HTTP 500: out of order"):
            open_server("tiny", base_url=url, timeout=0.4).write(
                ASK, schema=None, sampling=Sampling()
            )
        assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 No\r\nContent-Length: 9000\r\n\r\nnot so",
        b"HTTP/1.1 400 No\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    ],
    ids=["half", "not gzip"],
)
def test_an_error_that_breaks_off_is_an_error_of_its_status(answer: bytes) -> None:
    """A connection that is closed within an error, or an unreadable one, is a ServerError."""
    with serving(saying(answer)) as url, pytest.raises(ServerError, match="HTTP 400"):
        open_server("tiny", base_url=url).write(ASK, schema=None, sampling=Sampling())


def test_a_huge_error_is_not_read_to_its_end() -> None:
    """The rest of a long error is not even fetched, and a packed one is not unpacked."""
    sent: list[int] = []

    def handle(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 400 No\r\nContent-Length: 400000000\r\n\r\n")
        for _ in range(400):
            connection.sendall(b"x" * 1_000_000)
            sent.append(1)

    with serving(handle) as url, pytest.raises(ServerError, match="HTTP 400: xxx"):
        open_server("tiny", base_url=url).write(ASK, schema=None, sampling=Sampling())
    assert len(sent) < 40


def test_a_gzip_bomb_is_not_unpacked() -> None:
    """A small body that would unpack to more than an answer may have is an error."""
    bomb = gzip.compress(b" " * 40_000_000)
    packed = {"Content-Encoding": "gzip"}
    with (
        chat_server([HttpAnswer(body=bomb, headers=packed)]) as server,
        pytest.raises(ServerError, match="more than 16,777,216"),
    ):
        open_server("tiny", base_url=server.url).write(ASK, schema=None, sampling=Sampling())
    assert server.headers[0]["accept-encoding"] == "identity"


def test_a_redirect_to_another_host_is_not_followed() -> None:
    """The prompt goes to the server that was named, and to no other without a word."""
    with chat_server(["Water."]) as other:
        away = HttpAnswer(status=307, headers={"Location": f"{other.url}/chat/completions"})
        with chat_server([away]) as server:
            model = open_server("tiny", base_url=server.url)
            with pytest.raises(ServerError, match=r"redirects to http://127\.0\.0\.1") as caught:
                model.write(ASK, schema=None, sampling=Sampling())
    assert other.requests == []
    assert "base URL" in str(caught.value)


def test_a_redirect_within_the_server_is_followed() -> None:
    """A server may have moved a path of its own."""
    moved = HttpAnswer(status=307, headers={"Location": "/v2/chat/completions"})
    with chat_server([moved, "Water."]) as server:
        got = open_server("tiny", base_url=server.url).write(ASK, schema=None, sampling=Sampling())
    assert got.text == "Water."


@pytest.mark.parametrize("location", ["/v1/again", "http://[::1/", "ftp://files/"])
def test_a_redirect_that_leads_nowhere_is_an_error(location: str) -> None:
    """A circle, an address that is none, and another protocol come to a ServerError."""
    away = HttpAnswer(status=307, headers={"Location": location})
    with chat_server([away]) as server, pytest.raises(ServerError, match="redirect"):
        open_server("tiny", base_url=server.url).write(ASK, schema=None, sampling=Sampling())


def test_an_answer_that_is_no_success_is_no_answer() -> None:
    """A completion under a status that is neither success nor error is not taken for one."""
    odd = HttpAnswer(status=304, body="")
    with chat_server([odd]) as server, pytest.raises(ServerError, match="HTTP 304"):
        open_server("tiny", base_url=server.url).write(ASK, schema=None, sampling=Sampling())


def test_a_line_that_was_cut_is_not_used_again() -> None:
    """After a timeout the next question has a connection of its own."""
    answers = [HttpAnswer(delay=1.0, body=ANSWER), HttpAnswer(body=ANSWER)]
    with chat_server(answers) as server:
        model = open_server("tiny", base_url=server.url, timeout=0.3)
        with pytest.raises(ServerError, match="did not answer"):
            model.write(ASK, schema=None, sampling=Sampling())
        got = model.write(ASK, schema=None, sampling=Sampling())
    assert got.text == "half of it"


def test_a_server_that_was_down_is_asked_again_who_it_is() -> None:
    """It may be up by the next call, and is not taken for another software until then."""
    body = b'{"object": "list", "data": [{"id": "tiny", "object": "model", "owned_by": "vllm"}]}'
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"

    def handle(connection: socket.socket) -> None:
        connection.sendall(head % len(body) + body)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    model = open_server("tiny", base_url=f"http://127.0.0.1:{port}/v1")
    schema = {"type": "integer", "multipleOf": 5}
    assert model.changes(schema) == ()
    with serving(handle, port=port):
        assert [change.keyword for change in model.changes(schema)] == ["multipleOf"]
    assert [change.keyword for change in model.changes(schema)] == ["multipleOf"]
