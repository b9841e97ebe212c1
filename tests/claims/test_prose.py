from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guard.claims import blocks, claims_from_text
from guard.claims.checkable import (
    EMPTY,
    FILLER,
    GREETING,
    INSTRUCTION,
    OFFER,
    OPINION,
    QUESTION,
    UNKNOWING,
    why_not,
)
from guard.edits import apply_text, policy_edits
from guard.types import Label, Policy, Verdict

REASONS = [
    (QUESTION, "What is a pump?|Isn't Paris the capital of Italy?|Shall I go on?"),
    (
        OPINION,
        "I think Paris is lovely.|In my opinion it is the best.|Paris is the most beautiful city "
        "in the world.|I prefer the red one.|It looks great.|The design is very elegant.",
    ),
    (GREETING, "Hello!|Hi there, Sam.|Good morning!|Thank you.|You're welcome!|Best regards"),
    (
        INSTRUCTION,
        "Restart the router.|Press and hold the reset button.|Press the button for 10 seconds.|"
        "Please unplug it.|First, open the settings.|To reset it, hold the button.|"
        "If it blinks, contact support.|You should restart the router.|Make sure that it is off.|"
        "Step 2: Turn the valve.|Never open the case.|Don't touch it.",
    ),
    (
        UNKNOWING,
        "I don't know.|I do not know the answer.|I'm not sure.|I'm sorry, I can't help with that.|"
        "I cannot answer this question.|I don't have access to that data.|Unknown.|"
        "No information is available.|I have no information about this.|I apologize for that.|"
        "Unfortunately, I don't know when it was built.",
    ),
    (
        FILLER,
        "Sure!|Certainly.|Of course!|Great question!|Here is the answer:|"
        "Here are the steps you asked for:|As an AI language model, I have no feelings.|"
        "The steps are as follows:|In summary:",
    ),
    (
        OFFER,
        "Let me know if you have any questions.|I hope this helps!|Feel free to ask.|"
        "If you need more details, just let me know.|I'd be happy to help.|Have a great day!|"
        "Please don't hesitate to ask.|I can explain more.",
    ),
    (EMPTY, "😀|***|---|See https://example.org/a.|[1]: https://example.org"),
    (
        None,
        "Paris is the capital of France.|I think that Paris is the capital of Italy.|"
        "Water boils at 100 °C.|Check valves prevent backflow.|There are three valves:|42|Paris|"
        "The best temperature is 35 °C.|Use is limited to adults.|Hi-fi systems use 230 V.|"
        "I can confirm that Rome is in France.|I don't think that Rome is in France.|"
        "Greetings were sent in 1972 by Arecibo.|Everest is the highest mountain.|"
        "Paris is beautiful and is the capital of Italy.|It is not known who built it.|"
        "Good Friday falls in spring.|Turn signals are orange.|Set theory was founded by Cantor.|"
        "Sure enough, the pump weighs 5 kg.|Here is where Napoleon died in 1821.",
    ),
]
WHY = [(reason, text) for reason, texts in REASONS for text in texts.split("|")]


@pytest.mark.parametrize(("reason", "text"), WHY)
def test_what_is_no_claim_says_why(reason: str | None, text: str) -> None:
    """Each kind of non-claim is recognised, and no statement of fact is taken for one."""
    assert why_not(text) == reason


WORDED = [
    ("The pump has 3 valves and weighs 5 kg.", "The pump has 3 valves.|The pump weighs 5 kg."),
    ("The pump has 3 valves, and it weighs 5 kg.", "The pump has 3 valves.|The pump weighs 5 kg."),
    ("The pump has 3 valves; the fan has 2 blades.",
     "The pump has 3 valves.|The fan has 2 blades."),
    ("Rome is old, but Brasília was built in 1960.", "Rome is old.|Brasília was built in 1960."),
    ("Marie Curie was born in Warsaw and died in 1934.",
     "Marie Curie was born in Warsaw.|Marie Curie died in 1934."),
    ("The kit contains a pump and a hose.", "The kit contains a pump and a hose."),
    ("The pump that has 3 valves leaks and weighs 5 kg.",
     "The pump that has 3 valves leaks and weighs 5 kg."),
    ("The pump drives a fan that has 3 blades and weighs 5 kg.",
     "The pump drives a fan that has 3 blades and weighs 5 kg."),
    ("If the pump has 3 valves and weighs 5 kg, it is red.",
     "If the pump has 3 valves and weighs 5 kg, it is red."),
    ("It rains between May and is dry later.", "It rains between May and is dry later."),
    ('Ada said "It is red and weighs 5 kg" twice.', 'Ada said "It is red and weighs 5 kg" twice.'),
    ("The pump is red. It weighs 5 kg.", "The pump is red.|The pump weighs 5 kg."),
    ("The pump is red. Its motor weighs 5 kg.", "The pump is red.|The pump's motor weighs 5 kg."),
    ("The pumps are red. They weigh 5 kg.", "The pumps are red.|The pumps weigh 5 kg."),
    ("The pumps are red. It weighs 5 kg.", "The pumps are red.|It weighs 5 kg."),
    ("The pump is red. It is known that iron rusts.",
     "The pump is red.|It is known that iron rusts."),
    ("Note that the pump is red.", "The pump is red."),
    ("Ada Lovelace was a countess. She died in 1852.",
     "Ada Lovelace was a countess.|Ada Lovelace died in 1852."),
    ("The pump is red.\n\nIt weighs 5 kg.", "The pump is red.|It weighs 5 kg."),
    ("It is worth noting that the pump is red.", "The pump is red."),
    ("Sure! I think that Rome is in Italy.", "Sure!|Rome is in Italy."),
    ("I'm not sure, but Rome is in France.", "I'm not sure.|Rome is in France."),
    ("# Pump P-3\n\n- Weight: 5 kg\n- It is red.", "Pump P-3: Weight: 5 kg|It is red."),
    ("The kit contains:\n\n- 3 valves\n- a hose", "The kit contains:|The kit contains: 3 valves|"
     "The kit contains: a hose"),
    ("The [**pump**](http://a.b) has `3` *valves*.[1]", "The pump has 3 valves."),
    ("# Rome is in France", "Rome is in France"),
    ("# How it works\n\nIt is red.", "It is red."),
    ("| Pump | Weight |\n|---|---|\n| P-3 | **5 kg** |\n| P-4 | a\\|b |",
     "P-3: Weight is 5 kg.|P-4: Weight is a|b."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), WORDED)
def test_claims_stand_alone(text: str, expected: str) -> None:
    """Clauses get their subject, pronouns their noun, fragments their heading; markup goes."""
    assert "|".join(claim.text for claim in claims_from_text(text)) == expected


ANSWERED = [
    ("What is the capital of France?", "Paris", "The capital of France is Paris."),
    ("How many moons does Mars have?", "2.", "Mars has 2 moons."),
    ("How many moons does Mars have?", "2. They are small.", "2. They are small."),
    ("When was the bridge built?", "1932. It is old.", "The bridge was built in 1932."),
    ("What do I do?", "2. Rome is old.\n3. Oslo is cold.", "Rome is old."),
    ("What is the capital of France?", "**Paris.**", "The capital of France is Paris."),
    ("Who wrote Hamlet?", "Shakespeare", "Shakespeare wrote Hamlet."),
    ("Who was the first president?", "Washington", "The first president was Washington."),
    ("When was the bridge opened?", "1932", "The bridge was opened in 1932."),
    ("In which year was the bridge built?", "In 1932.", "The bridge was built in 1932."),
    ("Where is Mount Etna?", "Sicily", "Mount Etna is in Sicily."),
    ("Where is Mount Etna located?", "on Sicily", "Mount Etna is located on Sicily."),
    ("How many moons does Mars have?", "2", "Mars has 2 moons."),
    ("How many valves are there in the pump?", "Three", "There are Three valves in the pump."),
    ("How much does the pump weigh?", "5 kg", "The pump weighs 5 kg."),
    ("How tall is Everest?", "8,849 m", "Everest is 8,849 m tall."),
    ("Is Rome in Italy?", "Yes.", "Is Rome in Italy? Yes."),
    ("Add 6 and 7, then triple it. What do you get?", "39",
     "Add 6 and 7, then triple it. What do you get? 39."),
    ("What is the capital of France?", "It is Paris.", "It is Paris."),
    ("What is it?", "I don't know.", "I don't know."),
    ("Which voltages do mixers and ovens take?", "The mixer uses mains voltage.",
     "The mixer uses mains voltage."),
    ("What does a winch do?", "It lifts anchors.", "It lifts anchors."),
    ("Who keeps the files?", "The land records office", "The land records office keeps the files."),
    ("How deep is the lock, and at which level?", "4 m",
     "How deep is the lock, and at which level? 4 m."),
]  # fmt: skip


@pytest.mark.parametrize(("question", "answer", "expected"), ANSWERED)
def test_short_answers_are_worded_with_the_question(
    question: str, answer: str, expected: str
) -> None:
    """A bare "Paris" is no claim; with its question it is. Full sentences stay as they are."""
    assert claims_from_text(answer, question=question)[0].text == expected


def test_clauses_tile_their_sentence() -> None:
    """The clauses' spans cover the sentence, conjunction and full stop included."""
    text = "So. The pump has 3 valves, and it weighs 5 kg. End."
    spans = [claim.span.of(text) for claim in claims_from_text(text) if claim.span]
    assert spans[1:3] == ["The pump has 3 valves", ", and it weighs 5 kg."]


CUT = [
    ("The pump has 3 valves and weighs 5 kg.", "c1", "The pump weighs 5 kg."),
    ("The pump has 3 valves and weighs 5 kg.", "c2", "The pump has 3 valves."),
    ("The pump has 3 valves, and it weighs 5 kg!", "c1", "The pump weighs 5 kg!"),
    ("The pump is red; the motor is blue.", "c1", "The motor is blue."),
    ("The pump is red; the motor is blue.", "c2", "The pump is red."),
    ("Note that the pump is red, but the motor is blue.", "c1", "Note that the motor is blue."),
    ("I'm not sure, but Rome is in France.", "c2", "I'm not sure."),
    ("The fan is new. The pump is red. It weighs 5 kg.", "c2",
     "The fan is new. The pump weighs 5 kg."),
    ("The fan is new. The pump is red. Is it? Its motor runs. It hums.", "c2",
     "The fan is new. Is it? The pump's motor runs. It hums."),
    ("The pump is red. Note that it weighs 5 kg and has a coil.", "c1 c2",
     "Note that the pump has a coil."),
    ("The pump is red. **It** weighs 5 kg.", "c1", "**The pump** weighs 5 kg."),
    ("**The pump has 3 valves and weighs 5 kg.**", "c2", "**The pump has 3 valves.**"),
    ("Note that it is red. It is old.", "c1", "It is old."),
    ("The pump is red and weighs 5 kg and costs $3.", "c2", "The pump is red and costs $3."),
    ("The pump is red and weighs 5 kg and costs $3.", "c1 c2", "The pump costs $3."),
    ("The pump is red and weighs 5 kg and costs $3.", "c1 c3", "The pump weighs 5 kg."),
    ("The pump is red and weighs 5 kg and costs $3.", "c1 c2 c3", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wrong", "left"), CUT)
def test_removed_clauses_leave_a_sentence(text: str, wrong: str, left: str) -> None:
    """Whichever clauses are contradicted, what stays is a grammatical sentence."""
    verdicts = [
        Verdict(
            claim=claim,
            label="contradicted" if claim.id in wrong.split() else "supported",
            score=0.0,
            reason="r",
        )
        for claim in claims_from_text(text)
    ]
    assert apply_text(text, policy_edits(verdicts, Policy())) == left


PIECES = (
    "The pump~has 3 valves~and weighs 5 kg~. ~, and it is red~; the motor has a coil~It~\n- ~\n\n"
    "~# ~I'm not sure~, but ~Note that ~**~| a | b |\n|--|--|\n| c | d |\n~> ~`x`~? ~Sure! "
    "~```\n~ is ~\n~, while the fan weighs 2 kg~$$\n~Its ~They ~ are ~Rome ~: "
)
WORDS = st.sampled_from(PIECES.split("~"))
TEXTS = st.lists(WORDS, max_size=16).map("".join)


@given(TEXTS)
def test_claims_are_ordered_and_apart(text: str) -> None:
    """Spans are tight, in order and without overlaps; bodies lie in the text; ids count up."""
    end = 0
    for number, claim in enumerate(claims_from_text(text), start=1):
        assert claim.id == f"c{number}"
        assert claim.text.strip()
        assert claim.span is not None
        assert claim.span.start >= end
        assert claim.span.of(text).strip() == claim.span.of(text) != ""
        end = claim.span.end
        if claim.body is not None and claim.sentence is not None:
            assert claim.sentence.start <= claim.body.start <= claim.body.end <= claim.sentence.end


@given(TEXTS)
def test_all_prose_is_in_a_claim(text: str) -> None:
    """Every letter is in a claim, a heading or a protected block: nothing goes unchecked unseen."""
    spans = [claim.span for claim in claims_from_text(text) if claim.span]
    spans += [block.span for block in blocks(text) if block.kind != "prose"]
    covered = {place for span in spans for place in range(span.start, span.end)}
    assert not {c for place, c in enumerate(text) if c.isalpha() and place not in covered}


def decided(text: str, label: Label) -> list[Verdict]:
    return [
        Verdict(claim=claim, label=label, score=0.0, reason="r") for claim in claims_from_text(text)
    ]


@given(TEXTS)
def test_all_claims_can_go(text: str) -> None:
    """With every claim removed no prose is left."""
    left = apply_text(text, policy_edits(decided(text, "contradicted"), Policy()))
    rest = "".join(block.span.of(left) for block in blocks(left) if block.kind == "prose")
    assert not any(letter.isalpha() for letter in rest)


def stated(text: str) -> list[str]:
    texts = [claim.text for claim in claims_from_text(text)]
    return [t for t in texts if any(c.isalpha() for c in t.replace("[unverified]", ""))]


@given(TEXTS)
@example("I'm not sure: Note that >  the motor has a coil```\nThe pump is \n")
def test_marks_do_not_change_the_claims(text: str) -> None:
    """A marked text states what the text stated."""
    marked = apply_text(text, policy_edits(decided(text, "not_in_knowledge"), Policy()))
    assert stated(marked) == stated(text)
    twice = apply_text(marked, policy_edits(decided(marked, "not_in_knowledge"), Policy()))
    assert twice == marked
