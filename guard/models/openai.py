"""Any OpenAI-compatible server as a model: OpenAI, Gemini, vLLM, Ollama, llama.cpp."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from guard.errors import ConfigError
from guard.models.base import Watch
from guard.models.changes import Change
from guard.models.connection import Connection, address, is_loopback
from guard.models.dialect import Dialect, asked_for, request, step_down
from guard.models.ignoring import Witness
from guard.models.reply import Reply, complaint, read_reply, status_error
from guard.models.subsets import OPENAI_HOSTS, OWNERS
from guard.models.thinking import split_thinking
from guard.models.undo import undone
from guard.types import Generation, Json, Message, Sampling, Violation

OPENAI_URL = "https://api.openai.com/v1"

MAX_TIMEOUT = 86_400

log = logging.getLogger(__name__)


def open_server(
    name: str, *, base_url: str | None = None, api_key: str | None = None, timeout: float = 60.0
) -> ServerModel:
    """The model `name` at the server `base_url` (default: `OPENAI_BASE_URL`, then OpenAI).

    The key is `api_key` or `OPENAI_API_KEY`; a server on this machine needs none. `timeout` is in
    seconds for a whole answer. Nothing is imported or sent before the first `write`. Raises
    ConfigError.
    """
    if not name.strip():
        raise ConfigError("the server's model has no name", hint="write openai:NAME")
    url = base_url or os.environ.get("OPENAI_BASE_URL") or OPENAI_URL
    parts = address(url)
    key = api_key or os.environ.get("OPENAI_API_KEY") or None
    if key is None and not is_loopback(parts.hostname or ""):
        raise ConfigError(
            f"the server at {parts.hostname} needs an API key",
            hint="set OPENAI_API_KEY (to any word, if the server asks for none)",
        )
    if key is not None and (not (key.isascii() and key.isprintable()) or key != key.strip()):
        raise ConfigError("the API key has characters that no key has", hint="copy it again")
    if not 0 < timeout <= MAX_TIMEOUT:
        hint = f"it must be above 0 seconds and at most {MAX_TIMEOUT:,}"
        raise ConfigError(f"timeout is {timeout:g}", hint=hint)
    dialect = Dialect()
    if (parts.hostname or "").endswith(OPENAI_HOSTS):
        # OpenAI's newer models refuse max_tokens, which all other servers know.
        dialect = Dialect(tokens="max_completion_tokens", server="openai")
    return ServerModel(name, Connection(url, key=key, timeout=timeout), dialect=dialect)


class ServerModel:
    """A model behind a server. Safe to call from several threads."""

    def __init__(self, name: str, connection: Connection, *, dialect: Dialect) -> None:
        self.name = f"openai:{name}"
        self._model = name
        self._connection = connection
        self._dialect = dialect
        self._asked = dialect.server is not None  # who the server is
        self._witness = Witness(connection.where)
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<ServerModel {self.name} of {self._connection.where}>"

    def write(
        self,
        messages: Sequence[Message],
        *,
        schema: Json | None,
        sampling: Sampling,
        watch: Watch | None = None,
    ) -> Generation:
        """Ask the server once. The schema goes along as `response_format` and in the prompt.

        It is sent as the server takes it (see `changes`), and what that changed is taken back in
        the answer. Servers may ignore it, so the text is only as good as its check. Raises
        ServerError, and MissingExtraError without the extra `openai`.
        """
        start = time.perf_counter()
        if schema is not None:
            self._witness.tell(schema, self.changes(schema))
        reply, dialect = self._ask(messages, schema, sampling)
        thinking, text = split_thinking(reply.text)
        if schema is None:
            text = _cut(text, sampling.stop)
        elif dialect.format == "json_schema":
            text = undone(text, schema, asked_for(schema, dialect))
        if watch is not None:
            watch(text)  # the whole answer at once: there is nothing left to stop
        return Generation(
            text=text,
            finish=reply.finish,
            model=self.name,
            seed=sampling.seed,
            usage=reply.usage,
            seconds=time.perf_counter() - start,
            thinking=reply.thinking or thinking,
        )

    def changes(self, schema: Json) -> tuple[Change, ...]:
        """What is changed in `schema` for this server.

        Asks the server once for its list of models, which says what software it is; again where
        it could not be reached.
        """
        with self._lock:
            owner = None if self._asked else self._connection.owner(self._model)
            if owner is not None:
                self._dialect = replace(self._dialect, server=OWNERS.get(owner))
                self._asked = True
        return asked_for(schema, self._dialect).changes

    def ignored(self, text: str, schema: Json, violations: Sequence[Violation]) -> str | None:
        """That the server took `response_format` and ignored it, where an answer shows it."""
        return self._witness.ignored(text, schema, violations, self._dialect)

    def _ask(
        self, messages: Sequence[Message], schema: Json | None, sampling: Sampling
    ) -> tuple[Reply, Dialect]:
        """Send the request in the dialect that the server takes, found out step by step."""
        where = self._connection.where
        while True:
            dialect = self._dialect
            body = request(self._model, messages, schema=schema, sampling=sampling, dialect=dialect)
            status, raw = self._connection.send(body)
            if status < 300:
                return read_reply(raw, where=where, redact=self._connection.redact), dialect
            said = complaint(raw)
            weaker = step_down(dialect, said, body) if status in (400, 422) else None
            if weaker is None:
                raise status_error(status, raw, where=where, model=self._model)
            log.warning("%s rejects a field (%s); asking without it", where, said)
            self._dialect = weaker


def _cut(text: str, stops: Sequence[str]) -> str:
    """`text` before the first of `stops`, for servers that know none or fewer of them."""
    places = [text.find(stop) for stop in stops if stop]
    found = [place for place in places if place >= 0]
    return text[: min(found)] if found else text
