"""Drafts, forced tokens, batches and watching change the speed of writing, never the text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from guard.errors import GuardError, InputError
from guard.models import Model, decoding, writing
from guard.models.base import Request
from guard.models.drafts import CHANCES, LONGEST_DRAFT, Drafts
from guard.models.local import LocalModel
from guard.models.lookup import Lookup
from guard.models.reading import Reader, open_reader
from guard.types import Generation, Message, Sampling

NOTE = (
    "Delivery note DN-20417. On 14 March 2024 Harbour Street Bakery in Leith received twelve sacks"
    " of rye flour and four tins of malt extract from Fenwick & Daughters Mill. Carrier: Northline."
)
CONTACT = "Ms Adaeze Okonkwo-Bell, Chief Metrologist, a.okonkwo-bell@lab.example, room 4.17."
DELIVERY: dict[str, Any] = {
    "type": "object",
    "properties": {
        "note_number": {"type": "string", "maxLength": 20},
        "customer": {"type": "string", "maxLength": 40},
        "supplier": {"type": "string", "maxLength": 40},
        "goods": {"type": "array", "items": {"type": "string", "maxLength": 30}, "maxItems": 2},
    },
    "required": ["note_number", "customer", "supplier", "goods"],
    "additionalProperties": False,
}
PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 40}, "email": {"type": "string"}},
    "required": ["name", "email"],
    "additionalProperties": False,
}
TASKS = [(NOTE, DELIVERY), (CONTACT, PERSON), (NOTE, {"type": "string", "maxLength": 60})]


def ask(text: str) -> tuple[Message, ...]:
    return (
        Message(role="system", content="Copy the fields from the text, word for word, as JSON."),
        Message(role="user", content=text),
    )


@contextmanager
def without_drafts() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Drafts, "propose", lambda *_, **__: [])
        yield


@contextmanager
def passes_of(model: LocalModel) -> Iterator[list[tuple[int, ...]]]:
    """The shapes of what the model reads."""
    shapes: list[tuple[int, ...]] = []
    hook = model._model.register_forward_pre_hook(
        lambda _, __, given: shapes.append(tuple(given["input_ids"].shape)), with_kwargs=True
    )
    try:
        yield shapes
    finally:
        hook.remove()


@pytest.mark.parametrize(("text", "schema"), TASKS)
@pytest.mark.parametrize(
    "sampling", [Sampling(max_tokens=70), Sampling(max_tokens=70, seed=3, temperature=0.8)]
)
def test_drafts_change_nothing(
    writer: Model, text: str, schema: dict[str, Any], sampling: Sampling
) -> None:
    """The text is the same with drafts and without, greedy and drawn."""
    drafted = writer.write(ask(text), schema=schema, sampling=sampling)
    with without_drafts():
        plain = writer.write(ask(text), schema=schema, sampling=sampling)
    assert drafted.text == plain.text
    assert (drafted.finish, drafted.usage) == (plain.finish, plain.usage)


@pytest.mark.parametrize("temperature", [0.0, 0.9])
def test_forced_tokens_change_nothing(phi_4: LocalModel, temperature: float) -> None:
    """Were the model asked where the grammar leaves no choice, it would say the same."""
    sampling = Sampling(max_tokens=90, temperature=temperature, seed=5)
    taken = phi_4.write(ask(NOTE), schema=DELIVERY, sampling=sampling)
    with pytest.MonkeyPatch.context() as patch, without_drafts():
        patch.setattr("guard.models.steering.Steering.forced", lambda _: [])
        asked = phi_4.write(ask(NOTE), schema=DELIVERY, sampling=sampling)
    assert taken.text == asked.text


def test_drafts_save_passes(writer: Model) -> None:
    """What stands in the prompt is confirmed several tokens at a time."""
    assert isinstance(writer, LocalModel)
    sampling = Sampling(max_tokens=70)
    with passes_of(writer) as drafted:
        written = writer.write(ask(NOTE), schema=DELIVERY, sampling=sampling)
    with passes_of(writer) as plain, without_drafts():
        writer.write(ask(NOTE), schema=DELIVERY, sampling=sampling)
    assert len(drafted) < 0.7 * len(plain)
    assert "Fenwick & Daughters Mill" in written.text


def test_what_was_seen_before_is_found_behind_a_blank() -> None:
    """A word at the start of a string is the word in the prompt; the longest match comes first."""
    plain = [0, 1, 2, 3, 1]  # 4 is 1 with a blank before it
    lookup = Lookup(plain, [4, 2, 3, 0, 2, 0])
    assert list(lookup.followers([1])) == [(2, 1)]
    assert list(lookup.followers([1, 2])) == [(3, 2), (0, 1)]


def test_guesses_that_fail_are_given_up_and_tried_again(phi_4: LocalModel) -> None:
    """A kind of guess that is always wrong is not proposed for a while, and then it is."""
    drafts = Drafts(phi_4._guessing, [50, 51, 52, 53, 54, 55] * 3)
    written: list[int] = []
    proposed = []
    for _ in range(150):
        draft = drafts.propose(written, None, unread=1, room=99, share=8.0)
        proposed.append(bool(draft))
        if draft:
            drafts.learn(0, wrong=True)
    assert proposed[0]
    quiet = proposed.index(False)
    assert quiet < 20
    assert any(proposed[quiet:])
    assert sum(proposed) < 75
    assert all(chance <= CHANCES[kind] for kind, chance in drafts._chances.items())


def requests(model: LocalModel) -> list[Request]:
    free = Request(messages=ask(CONTACT), sampling=Sampling(max_tokens=25, stop=("Chief",)))
    values = [
        Request(messages=ask(text), schema=schema, sampling=Sampling(max_tokens=60 + 5 * place))
        for place, (text, schema) in enumerate(TASKS)
    ]
    drawn = Request(
        messages=ask(NOTE),
        schema=DELIVERY,
        sampling=Sampling(max_tokens=60, temperature=0.7, seed=11),
    )
    long = Request(messages=ask("word " * 3 * model.window), sampling=Sampling(max_tokens=9))
    small = Request(messages=ask(NOTE), schema=DELIVERY, sampling=Sampling(max_tokens=4))
    return [values[0], long, values[1], free, small, drawn, values[2]]


def outcome(model: Model, request: Request) -> Generation | GuardError:
    try:
        return model.write(request.messages, schema=request.schema, sampling=request.sampling)
    except GuardError as error:
        return error


def test_a_batch_writes_what_each_writes_alone(writer: Model) -> None:
    """Prompts, schemas, samplings and lengths differ; two of the requests are errors."""
    assert isinstance(writer, LocalModel)
    asked = requests(writer)
    together = writer.write_many(asked)
    for request, found in zip(asked, together, strict=True):
        alone = outcome(writer, request)
        if isinstance(alone, Generation):
            assert isinstance(found, Generation)
            assert (found.text, found.finish, found.usage, found.seed) == (
                alone.text,
                alone.finish,
                alone.usage,
                alone.seed,
            )
        else:
            assert (type(found), str(found)) == (type(alone), str(alone))
    assert [type(found) for found in together].count(InputError) == 2


def test_a_batch_is_read_in_the_same_passes(phi_4: LocalModel) -> None:
    """Texts share passes, and leave them when they are finished."""
    short = Request(messages=ask("a"), schema={"enum": [1, 2]}, sampling=Sampling(max_tokens=9))
    long = Request(messages=ask("b"), schema=DELIVERY, sampling=Sampling(max_tokens=80))
    counts = []
    for batch in ([short], [long], [short, long, long]):
        with passes_of(phi_4) as shapes:
            found = phi_4.write_many(batch)
        counts.append(len(shapes))
        assert all(isinstance(each, Generation) for each in found)
    # Drafts are of other lengths in a longer pass; one after another would take twice as many.
    assert counts[0] < counts[2] < 1.5 * counts[1]


def test_a_long_prompt_is_read_in_parts(phi_4: LocalModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """No pass is much longer than it may be, and the texts stay the same."""
    asked = [
        Request(messages=ask(text), schema=schema, sampling=Sampling(max_tokens=40))
        for text, schema in [(NOTE * 3, DELIVERY), ("a", {"enum": [1, 2]}), (CONTACT * 2, PERSON)]
    ]
    whole = phi_4.write_many(asked)
    monkeypatch.setattr(decoding, "CHUNK", 64)
    with passes_of(phi_4) as shapes:
        in_parts = phi_4.write_many(asked)
    assert max(tokens for _, tokens in shapes) <= 64 + LONGEST_DRAFT
    assert [each.text for each in whole if isinstance(each, Generation)] == [
        each.text for each in in_parts if isinstance(each, Generation)
    ]


def test_what_prompts_begin_with_alike_is_read_once(phi_4: LocalModel) -> None:
    """The second text takes over what the first one has read of it."""
    long = NOTE * 4
    asked = [
        Request(messages=ask(long + end), schema=DELIVERY, sampling=Sampling(max_tokens=50))
        for end in ("Who?", "When was that?")
    ]
    read, found = [], []
    for batches in ([[asked[0]], [asked[1]]], [asked]):
        with passes_of(phi_4) as shapes:
            found.append([text for batch in batches for text in phi_4.write_many(batch)])
        read.append(sum(tokens for _, tokens in shapes))
    common = len(phi_4._tokenizer(long).input_ids)
    assert read[1] < read[0] - 0.9 * common
    assert texts(found[0]) == texts(found[1])


def test_texts_that_wait_for_one_that_ends_go_on(phi_4: LocalModel) -> None:
    """Where the text that reads for others is given up first, they read for themselves."""
    request = Request(messages=ask(NOTE), schema=DELIVERY, sampling=Sampling(max_tokens=50))
    (alone,) = phi_4.write_many([request])
    calls: list[str] = []

    def watch(text: str) -> bool:
        calls.append(text)
        return len(calls) > 1

    first, *others = phi_4.write_many([request] * 3, watch=watch)
    assert isinstance(first, Generation)
    assert first.finish == "cancelled"
    assert texts(others) == texts([alone]) * 2


def texts(found: list[Generation | GuardError]) -> list[str]:
    return [each.text for each in done(found)]


def test_no_request_is_no_work(phi_4: LocalModel) -> None:
    """An empty batch gives an empty list."""
    assert phi_4.write_many([]) == []


@contextmanager
def readers() -> Iterator[list[int]]:
    """How many texts each reader has."""
    sizes: list[int] = []

    def opened(model: Any, texts: int) -> Any:
        sizes.append(texts)
        return open_reader(model, texts)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "open_reader", opened)
        yield sizes


def test_what_is_taken_on_together_is_bounded(
    phi_4: LocalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More requests than are kept in mind at once are written in several batches."""
    monkeypatch.setattr(writing, "AT_ONCE", 3)
    request = Request(messages=ask("a"), schema={"enum": [1, 2]}, sampling=Sampling(max_tokens=9))
    with readers() as sizes:
        found = phi_4.write_many([request] * 4)
    assert sizes == [3, 1]
    assert len(texts(found)) == 4
    assert set(texts(found)) <= {"1", "2"}


@pytest.mark.parametrize("temperature", [0.0, 0.9])
def test_a_text_begins_as_soon_as_another_has_ended(
    phi_4: LocalModel, monkeypatch: pytest.MonkeyPatch, temperature: float
) -> None:
    """Three at a time, whatever their lengths; each writes what it writes alone."""
    sizes = [60, 5, 5, 5, 60, 5, 5]
    asked = [
        Request(
            messages=ask(f"{at}. {NOTE}"),
            schema={"type": "string", "minLength": size, "maxLength": size},
            sampling=Sampling(max_tokens=90, temperature=temperature, seed=at),
        )
        for at, size in enumerate(sizes)
    ]
    monkeypatch.setattr(decoding, "AT_A_TIME", 3)
    with without_drafts(), turns_of() as together:
        found = phi_4.write_many(asked)
    with without_drafts(), turns_of() as apart:
        alone = [text for each in asked for text in phi_4.write_many([each])]
    assert texts(found) == texts(alone)
    assert [len(json.loads(text)) for text in texts(found)] == sizes
    assert max(together) == 3
    assert len(together) < len(apart) / 2


def test_texts_that_wait_hear_that_nobody_wants_them(
    phi_4: LocalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text that was cancelled before it began is not read."""
    monkeypatch.setattr(decoding, "AT_A_TIME", 2)
    asked = [
        Request(messages=ask(f"{at}. {NOTE}"), schema=None, sampling=Sampling(max_tokens=40))
        for at in range(5)
    ]
    with turns_of() as widths:
        found = phi_4.write_many(asked, watch=lambda _: len(widths) < 3)
    assert [each.finish for each in done(found)] == ["cancelled"] * 5
    assert len(widths) == 3


@contextmanager
def turns_of() -> Iterator[list[int]]:
    """How many texts each pass reads."""
    widths: list[int] = []
    read = Reader.read

    def counted(self: Reader, turns: Any) -> Any:
        widths.append(len(turns))
        return read(self, turns)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Reader, "read", counted)
        yield widths


def done(found: list[Generation | GuardError]) -> list[Generation]:
    return [each for each in found if isinstance(each, Generation)]


def test_texts_too_long_for_others_are_written_alone(
    phi_4: LocalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a model would measure the positions of its neighbours anew; in the order asked."""
    asked = [
        Request(messages=ask(text), schema={"const": text[:1]}, sampling=Sampling(max_tokens=9))
        for text in ("a", NOTE * 3, "c")
    ]
    (written,) = phi_4.write_many(asked[:1])
    assert isinstance(written, Generation)
    monkeypatch.setattr(writing, "steady", lambda _: written.usage.prompt_tokens + 20)
    with readers() as sizes:
        found = phi_4.write_many(asked)
    assert sizes == [1, 2]
    assert texts(found) == ['"a"', '"D"', '"c"']
