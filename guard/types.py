"""The words of guard: frozen values that every part speaks in. Standard library only.

The line they travel along is

    prompt -> Generation -> value -> Claim -> Evidence -> Verdict -> Edit -> answer -> Report

Values are never changed in place; `dataclasses.replace` makes the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias, get_args

Json: TypeAlias = Any
"""A JSON value: None, bool, int, float, str, list or dict with string keys."""

Label = Literal[
    "supported",
    "contradicted",
    "conflicting",
    "not_in_knowledge",
    "not_checkable",
    "not_checked",
]
Action = Literal["keep", "mark", "remove", "fail"]
Finish = Literal["stop", "closed", "length", "cancelled"]
FailOn = Literal["not_in_knowledge", "conflicting", "contradicted", "never"]
Unit = Literal["words", "sentences", "tokens"]

LABELS: tuple[Label, ...] = get_args(Label)
ACTIONS: tuple[Action, ...] = get_args(Action)
FAIL_ON: tuple[FailOn, ...] = get_args(FailOn)
REPORT_VERSION = "1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Half-open character offsets `[start, end)` into a text that the owner of the span names."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: start {self.start}, end {self.end}")

    def of(self, text: str) -> str:
        """The characters of `text` that the span covers."""
        return text[self.start : self.end]


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One turn of a conversation, as chat templates take it."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldLimits:
    """How long one field of a value may get before a local model has to end it.

    `string` counts the characters of a string or name, `items` those of a list, `digits` those of a
    number; None is no limit. Where a schema itself speaks of longer ones (`maxLength`, `minItems`,
    an `enum`, ...), the longest of them counts instead. What the schema asks for comes first: a
    field that may not end goes on until it may. A string or number ends with the token that
    reaches its limit, and may so be some characters longer.
    """

    string: int | None = 2000
    items: int | None = 200
    digits: int | None = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Sampling:
    """How a model is to write.

    `max_tokens` is the budget of new tokens; `temperature` 0 is greedy; `seed` makes sampling
    repeatable; writing ends before the first of the `stop` strings (free text only). `open_objects`
    lets objects that a schema leaves open take properties that it does not name. `limits` keep one
    field of a value from taking the room of the others.
    """

    max_tokens: int = 512
    temperature: float = 0.0
    seed: int = 0
    stop: tuple[str, ...] = ()
    open_objects: bool = False
    limits: FieldLimits = FieldLimits()


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """Token counts of one generation, summed over its attempts."""

    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Generation:
    """What a model produced.

    `text` is the answer without any `<think>` section, which is kept in `thinking`. `value` is the
    parsed value when a schema was asked for and the text satisfied it, else None. `seconds` is
    wall-clock time over all `attempts`, the number of times that the model was asked. `mended` is
    what was wrong with the value at first, and was put right by writing those parts again.
    `shortened` is how many strings, numbers and lists of the value were ended for the model, since
    they reached a limit (`FieldLimits`) or repeated themselves; those in parts that were written
    again count as well.
    """

    text: str
    value: Json = None
    finish: Finish = "stop"
    model: str
    seed: int = 0
    usage: Usage = Usage()
    seconds: float = 0.0
    attempts: int = 1
    thinking: str | None = None
    mended: tuple[Violation, ...] = ()
    shortened: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Violation:
    """One thing a validator found wrong: where (JSON Pointer), by which keyword, in words."""

    pointer: str
    keyword: str
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A text passed with a call as evidence. `name` is what reports call it."""

    name: str
    text: str
    title: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A piece of a document.

    `document` is its name (for an index, the path relative to the indexed folder); `span` gives
    the offsets of `text` in the document's extracted text; `page` counts from 1 where the format
    has pages; `sha256` is the hash of `text`.
    """

    id: str
    document: str
    title: str
    text: str
    span: Span
    page: int | None = None
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """One checkable statement.

    `text` is the claim worded so that it stands alone (a value's claim names its field, a clause
    has its subject). A prose claim has the `span` of the words it was read from, in the checked
    text; a value claim has the JSON `pointer` of its leaf and the `value` there. A claim read from
    prose inside a value has both, and there `span` and the two below count in the string at
    `pointer`. `not_checkable` is the reason why this is no claim (a question, an opinion, ...), or
    None. `removable` is False where taking the claim out would make a value invalid.

    `sentence` and `body` are set where a claim is less than its sentence: the whole sentence, and
    the words that carry this statement alone (a clause without subject and conjunction, a
    statement without "It is worth noting that"). The spans of a sentence's claims tile it. Where
    `text` has a noun for a pronoun of the source, `pronoun` is that word's place and `noun` what
    stands for it: it takes its place when the sentence it refers to is removed.
    """

    id: str
    text: str
    kind: Literal["prose", "value"]
    span: Span | None = None
    pointer: str | None = None
    value: Json = None
    not_checkable: str | None = None
    removable: bool = True
    sentence: Span | None = None
    body: Span | None = None
    pronoun: Span | None = None
    noun: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """A passage that bears on a claim.

    `quote` is the part of `passage.text` that bears on it most; `score` is the retrieval score in
    [0, 1] (cosine similarity, cut at 0); `how` says which way it came: `search` (the knowledge
    base), `document` (passed with the call) or `given` (the only evidence, as in judging pairs).
    """

    passage: Passage
    quote: Span
    score: float
    how: Literal["search", "document", "given"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What one check says of one claim against one piece of evidence.

    `score` in [0, 1] is how sure the check is of its `label`. `passages` are the ids of the
    passages it looked at together (two when the best two were joined, none when it needed none);
    `quote` is the deciding part of the first of them. `decisive` is set when the check compares
    exact values, so that a smooth score cannot outvote it.
    """

    check: str
    label: Label
    score: float
    reason: str
    passages: tuple[str, ...] = ()
    quote: Span | None = None
    decisive: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The fold of a claim's findings.

    `score` in [0, 1] is the support: how likely the evidence supports the claim. It does not
    depend on the policy; the label does. `reason` is one sentence. `decided_by` is the index in
    `findings` of the one that settled it, or None.
    """

    claim: Claim
    label: Label
    score: float
    reason: str
    findings: tuple[Finding, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    decided_by: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """One change to the answer, as data.

    `span` (into the checked text) or `pointer` (into the value) says where; with both, `span`
    counts in the string at `pointer`. `remove` takes it out; `replace` puts `replacement` there (a
    JSON value for a pointer); `mark` leaves it and notes `replacement` behind it in prose. `cause`
    is a label (`contradicted`, ...) when the policy asked for the edit, or a trimming rule
    (`filler`, `repeated`, ...).
    """

    action: Literal["remove", "replace", "mark"]
    cause: str
    reason: str
    span: Span | None = None
    pointer: str | None = None
    replacement: Json = None
    claim: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Length:
    """How long a text is."""

    characters: int
    words: int
    sentences: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A length to reach by trimming: at most `amount` of `unit`."""

    amount: int
    unit: Unit = "words"


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificate:
    """What trimming did to the truth.

    `kept` and `lost` are ids of the supported claims that survived and that went; a lost one went
    only because it was said elsewhere too or because a length target left no other choice, as its
    edit says. `target_met` is None without a target, and where tokens cannot be counted again.
    """

    before: Length
    after: Length
    kept: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    target: Target | None = None
    target_met: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """What to do with each verdict, and from which score on a verdict counts.

    A claim is `supported` from a support of `threshold` on, and `contradicted` where a check is
    that sure of the opposite (`contradiction`). `risk` is the largest share of `supported` claims
    that may be wrong: with one, `threshold` is what the configured calibration gives for it, put in
    before anything is checked; a report is not fit to another risk afterwards. The other fields
    name the action for a label. `fail_on` is the mildest label that makes a report not clean;
    `not_checked` always does.
    """

    threshold: float = 0.5
    contradiction: float = 0.5
    risk: float | None = None
    supported: Action = "keep"
    contradicted: Action = "remove"
    conflicting: Action = "mark"
    not_in_knowledge: Action = "mark"
    not_checkable: Action = "keep"
    not_checked: Action = "fail"
    fail_on: FailOn = "not_in_knowledge"

    def action(self, label: Label) -> Action:
        """The action that this policy takes on `label`."""
        action: Action = getattr(self, label)
        return action


@dataclass(frozen=True, kw_only=True, slots=True)
class Provenance:
    """What made a report: versions and identities, enough to make it again.

    `knowledge` is the snapshot id of the index, `schema` and `config` are sha256 hashes, `created`
    is UTC in ISO 8601, `seconds` is wall-clock time per stage.
    """

    guard: str
    created: str
    model: str | None = None
    encoder: str | None = None
    entailment: str | None = None
    knowledge: str | None = None
    schema: str | None = None
    config: str | None = None
    seed: int | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A whole run.

    `text` is what was checked (the model's or the user's text; for a JSON value its canonical
    form, see `guard.edits.canonical`), and prose spans point into it. `answer` and `answer_value`
    are what is left after the edits. `source` names what was checked: a file, or `prompt`.
    """

    source: str
    prompt: str | None = None
    text: str
    value: Json = None
    answer: str
    answer_value: Json = None
    generation: Generation | None = None
    violations: tuple[Violation, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    edits: tuple[Edit, ...] = ()
    certificate: Certificate | None = None
    policy: Policy = Policy()
    provenance: Provenance
    version: str = REPORT_VERSION

    def counts(self) -> dict[Label, int]:
        """How many verdicts carry each label, every label present."""
        labels = [verdict.label for verdict in self.verdicts]
        return {label: labels.count(label) for label in LABELS}

    def findings(self) -> tuple[Verdict, ...]:
        """The verdicts at or above the policy's `fail_on`, and all that were not checked."""
        worst = FAIL_ON[FAIL_ON.index(self.policy.fail_on) : -1]
        failing = {*worst, "not_checked"}
        return tuple(verdict for verdict in self.verdicts if verdict.label in failing)

    @property
    def clean(self) -> bool:
        """Whether nothing is left to object to: no findings and no violations."""
        return not self.findings() and not self.violations

    def rethreshold(self, policy: Policy) -> Report:
        """The report that `policy` would have given, from the scores kept in this one.

        Labels, the edits that follow from labels, and the answer are derived again; trimming edits
        stay as they are. Nothing is run again.
        """
        # The rules are functions over these values, so they can only be imported here.
        from guard.edits import derive
        from guard.fold import refold

        verdicts = tuple(refold(verdict, policy) for verdict in self.verdicts)
        return derive(replace(self, verdicts=verdicts, policy=policy))
