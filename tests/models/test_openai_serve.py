"""The real thing: a `transformers serve` process on loopback with the real default writer.

It takes `response_format` and ignores it, as some hosted servers do: the schema holds all the same.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import pytest

from guard.errors import OutputError, ServerError
from guard.generate import generate
from guard.models import Model, load_model
from guard.models.embedded import writer_dir
from guard.schema import load_schema
from guard.types import Message, Sampling

pytestmark = pytest.mark.slow
pytest.importorskip("uvicorn")

ASK = (
    Message(role="system", content="You answer in one short sentence."),
    Message(role="user", content="What is the capital of France?"),
)
INVOICE = {
    "type": "object",
    "properties": {
        "invoice_number": {"type": "string", "pattern": "^INV-[0-9]{6}$"},
        "issued": {"type": "string", "format": "date"},
        "total_cents": {"type": "integer", "minimum": 1},
    },
    "required": ["invoice_number", "issued", "total_cents"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The base URL and the model name of a running server."""
    directory = str(writer_dir())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(str(Path(sys.executable).with_name("transformers")), "serve", directory),
        *("--host", "127.0.0.1", "--port", str(port), "--device", "cpu"),
    ]
    log = tmp_path_factory.mktemp("serve") / "log"
    with log.open("wb") as output:
        environ = {**os.environ, "HF_HUB_OFFLINE": "1"}
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environ)
        try:
            _wait_until_healthy(process, f"http://127.0.0.1:{port}/health", log)
            yield f"http://127.0.0.1:{port}/v1", directory
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait_until_healthy(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    opener = build_opener(ProxyHandler({}))
    for _ in range(480):
        if process.poll() is not None:
            pytest.fail(f"transformers serve ended: {log.read_text()[-2000:]}")
        try:
            with opener.open(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.25)
    pytest.fail(f"transformers serve did not start: {log.read_text()[-2000:]}")


@pytest.fixture
def model(served: tuple[str, str]) -> Model:
    """The served model through guard's own door."""
    url, name = served
    return load_model(f"openai:{name}", base_url=url, timeout=120.0)


def test_a_served_model_answers(model: Model) -> None:
    """Free text comes back with its usage, and the token budget holds."""
    got = generate(model, ASK, schema=None, sampling=Sampling(max_tokens=24))
    assert "Paris" in got.text
    assert got.usage.prompt_tokens > 10
    assert 0 < got.usage.completion_tokens <= 24
    assert got.seconds > 0


def test_the_token_budget_of_a_served_model_ends_the_text(model: Model) -> None:
    """A text that is cut off says so."""
    long = (Message(role="user", content="Count from one to one hundred in words."),)
    got = generate(model, long, schema=None, sampling=Sampling(max_tokens=8))
    assert got.finish == "length"


def test_a_server_that_ignores_the_schema_gives_an_error_and_no_value(model: Model) -> None:
    """Text that does not satisfy the schema never leaves as a value."""
    with pytest.raises(OutputError) as caught:
        generate(
            model,
            ASK,
            schema=load_schema(INVOICE),
            sampling=Sampling(max_tokens=48),
            attempts=2,
        )
    assert caught.value.violations
    assert caught.value.text
    assert caught.value.exit_code == 3
    assert "accepted response_format and ignored it" in caught.value.violations[-1].message


def test_an_unknown_model_is_named(served: tuple[str, str]) -> None:
    """Asking for a model that the server does not have says which one."""
    other = load_model("openai:no-such-model", base_url=served[0], timeout=60.0)
    with pytest.raises(ServerError, match="no-such-model"):
        other.write(ASK, schema=None, sampling=Sampling(max_tokens=4))
