"""Stand-ins to test your own code with: no model, no download, the same answer every time.

`ScriptedModel` is a model that reads its answers from a list, `KeywordEncoder` an encoder that
knows words and nothing of their meaning, and `chat_server` a real HTTP server on this machine that
speaks as much of the chat completions API as its script says. None of them is ever a default.
"""

from __future__ import annotations

import itertools
import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from guard.errors import ModelError
from guard.files import sha256
from guard.types import Generation, Json, Message, Sampling, Usage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ChatServer", "HttpAnswer", "KeywordEncoder", "ScriptedModel", "chat_server"]


class ScriptedModel:
    """A model that answers with each of `answers` in turn; `asked` keeps what it was asked.

    An answer may be a text or a whole Generation. When they have run out, `write` raises
    ModelError.
    """

    def __init__(self, answers: Iterable[str | Generation], *, name: str = "scripted") -> None:
        self.name = name
        self.asked: list[tuple[Message, ...]] = []
        self._answers = iter(answers)
        self._lock = threading.Lock()

    def write(
        self,
        messages: Sequence[Message],
        *,
        schema: Json | None,
        sampling: Sampling,
        watch: Callable[[str], bool] | None = None,
    ) -> Generation:
        """The next answer of the script; tokens are counted as words.

        `watch` sees the answer word by word, and a part of it becomes "cancelled" when it says so.
        """
        answer = self._next(messages, sampling)
        shown = _watched(answer.text, watch)
        return answer if shown is None else replace(answer, text=shown, finish="cancelled")

    def _next(self, messages: Sequence[Message], sampling: Sampling) -> Generation:
        with self._lock:
            self.asked.append(tuple(messages))
            answer = next(self._answers, None)
        if answer is None:
            raise ModelError(
                f"{self.name} has no answer for call {len(self.asked)}",
                hint="give the script one answer for each call",
            )
        if isinstance(answer, Generation):
            return answer
        prompt = sum(len(message.content.split()) for message in messages)
        usage = Usage(prompt_tokens=prompt, completion_tokens=len(answer.split()))
        return Generation(text=answer, model=self.name, seed=sampling.seed, usage=usage)


def _watched(text: str, watch: Callable[[str], bool] | None) -> str | None:
    """What was shown of `text` when `watch` stopped it; None when it did not."""
    ends = [found.end() for found in re.finditer(r"\S+\s*", text)] if watch else []
    return next((text[:end] for end in ends if watch and not watch(text[:end])), None)


class KeywordEncoder:
    """An encoder of word counts: texts are as near as the words that they share.

    Each lower-case word falls into one of `dimension` buckets by its hash, the same on every
    machine. Vectors are L2-normalised; a text without words becomes the zero vector.
    """

    def __init__(self, dimension: int = 256) -> None:
        self.dimension = dimension
        self.id = "keyword"
        self.fingerprint = sha256(f"keyword {dimension}")

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text, shape (n, dimension)."""
        import numpy as np

        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in _words(text):
                row[int(sha256(word)[:8], 16) % self.dimension] += 1.0
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        scaled: NDArray[np.float32] = (rows / np.where(lengths == 0, 1, lengths)).astype(np.float32)
        return scaled


def _words(text: str) -> list[str]:
    return "".join(char if char.isalnum() else " " for char in text.lower()).split()


@dataclass(frozen=True, kw_only=True)
class HttpAnswer:
    """An HTTP answer as it is; `delay` seconds pass before it is sent."""

    status: int = 200
    body: str | bytes = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0


@dataclass(frozen=True, kw_only=True)
class ChatServer:
    """A running server: its base URL, and the bodies and headers of the requests so far."""

    url: str
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def chat_server(
    answers: Sequence[str | HttpAnswer], *, owner: str | None = None
) -> Iterator[ChatServer]:
    """Serve `answers` in turn on a free loopback port, the last one again and again.

    A text becomes a chat completion with that text; an HttpAnswer is sent as it is. With an `owner`
    the server also has a list of models, which names it (`vllm`, `llamacpp`, ...).
    """
    script = itertools.chain(answers, itertools.repeat(answers[-1]))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    chat = ChatServer(url=f"http://127.0.0.1:{server.server_address[1]}/v1")
    server.script, server.chat, server.owner = script, chat, owner  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield chat
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: Any
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """The list of models, where the server has one."""
        if self.server.owner is None or not self.path.endswith("/models"):
            self._send(HttpAnswer(status=404, body="{}"))
            return
        model = {"id": "scripted", "object": "model", "created": 0, "owned_by": self.server.owner}
        self._send(HttpAnswer(body=json.dumps({"object": "list", "data": [model]})))

    def do_POST(self) -> None:
        """Note the request and send the next answer."""
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.loads(raw)
        self.server.chat.requests.append(body)
        self.server.chat.headers.append({k.lower(): v for k, v in self.headers.items()})
        answer = next(self.server.script)
        if isinstance(answer, str):
            answer = HttpAnswer(body=_completion(answer, body))
        time.sleep(answer.delay)
        self._send(answer)

    def _send(self, answer: HttpAnswer) -> None:
        data = answer.body.encode() if isinstance(answer.body, str) else answer.body
        headers = {"Content-Type": "application/json", "Content-Length": str(len(data))}
        try:
            self.send_response(answer.status)
            for key, value in {**headers, **answer.headers}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(data)
        except ConnectionError:
            self.close_connection = True  # the caller had no patience, which is its right

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _completion(text: str, request: dict[str, Any]) -> str:
    message = {"role": "assistant", "content": text, "refusal": None}
    prompt = sum(len(str(turn.get("content")).split()) for turn in request.get("messages", []))
    answer = len(text.split())
    return json.dumps(
        {
            "id": "chatcmpl-scripted",
            "object": "chat.completion",
            "created": 0,
            "model": request.get("model", "scripted"),
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {
                "prompt_tokens": prompt,
                "completion_tokens": answer,
                "total_tokens": prompt + answer,
            },
        }
    )
