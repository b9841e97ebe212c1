"""What is not a claim, and why.

The rules err towards checking: a sentence with figures in it, or with a statement behind an "I
think" or a "but", is a claim.
"""

from __future__ import annotations

import re

from guard.claims.grammar import is_verb, vocabulary, words

QUESTION = "a question"
OPINION = "an opinion"
GREETING = "a greeting"
INSTRUCTION = "an instruction"
UNKNOWING = "it says that it does not know"
FILLER = "filler"
OFFER = "an offer"
EMPTY = "no statement"
NO_VALUE = "no value given"
_SIGNS = " .!?:;,…*_-–—()"

_I = re.IGNORECASE
_HEDGE = re.compile(
    r"(?:please\s+)?(?:note|remember|keep\s+in\s+mind|be\s+aware)\s+that\s+"
    r"|it(?:'s|’s|\s+is)\s+(?:also\s+)?(?:important|worth|crucial|essential|interesting|useful)\s+"
    r"(?:to\s+(?:note|remember|mention|understand|know|recognize|keep\s+in\s+mind)"
    r"|noting|mentioning|remembering|pointing\s+out)\s+that\s+"
    r"|it\s+(?:should|must)\s+be\s+noted\s+that\s+"
    r"|(?:as|like)\s+(?:i|we)\s+(?:said|mentioned|noted)(?:\s+(?:earlier|before|above))?,\s+"
    r"|as\s+(?:mentioned|noted|stated)(?:\s+(?:earlier|before|above|previously))?,\s+"
    r"|needless\s+to\s+say,\s+|in\s+(?:other\s+words|fact|summary|conclusion|short),\s+"
    r"|to\s+(?:summarize|sum\s+up|conclude),\s+|overall,\s+"
    r"|(?:basically|essentially|actually|obviously|clearly),\s+"
    r"|(?:sure|certainly|absolutely|of\s+course|great\s+question)[,!.]\s+"
    r"|as\s+an\s+ai(?:\s+(?:language\s+)?(?:model|assistant))?,\s+",
    _I,
)
_THINK = re.compile(
    r"(?:i\s+(?:think|believe|feel|guess|suppose|would\s+say|would\s+argue)"
    r"|(?:in|to)\s+my\s+(?:opinion|view|mind)|personally),?\s+(?:that\s+)?",
    _I,
)
_GREETING = re.compile(
    r"(?:hello|hi|hey|dear|greetings|welcome|good\s+(?:morning|afternoon|evening|day|night)|thanks"
    r"|thank\s+you|you(?:'|’)?re\s+welcome|goodbye|bye|farewell|cheers|sincerely|best|kind"
    r"|(?:best|kind|warm)\s+regards|yours)\b",
    _I,
)
_UNKNOWING = re.compile(
    r"(?:(?:i(?:'m|’m|\s+am)\s+)?(?:sorry|afraid)(?:,|\s+but)?\s+(?:that\s+)?)?"
    r"(?:unfortunately,?\s+)?"
    r"(?:i\s+(?:do\s+not|don(?:'|’)?t|cannot|can(?:'|’)?t|could\s+not|couldn(?:'|’)?t|am\s+not|"
    r"was\s+(?:not\s+able|unable)|am\s+unable|have\s+no)\b(?!\s+(?:think|believe|doubt))"
    r"|i(?:'|’)m\s+(?:not|unable)\b"
    r"|i\s+apologi[sz]e\b|(?:i(?:'m|’m|\s+am)\s+)?sorry\b)",
    _I,
)
_NO_DATA = re.compile(
    r"(?:there\s+is\s+)?no\s+information\s+(?:is\s+)?(?:available|given|provided|found)"
    r"|unknown|not\s+(?:known|available|given|stated|specified|provided)|n/a",
    _I,
)
_OFFER = re.compile(
    r"(?:please\s+)?(?:(?:feel\s+free|let\s+(?:me|us)|don(?:'|’)t\s+hesitate|do\s+not\s+hesitate)\b"
    r"|ask\s+(?:me|us|if)\b|reach\s+out\b)"
    r"|i(?:(?:'|’)(?:ll|d)|\s+(?:can|will|would|could))\s+(?:also\s+|gladly\s+)?"
    r"(?:be\s+(?:happy|glad)"
    r"|help|assist|provide|explain|try|do|walk|show|give|offer|answer|guide|go|love|like)\b"
    r"|i\s+(?:hope|am\s+happy|am\s+here|am\s+glad)\b"
    r"|i(?:'|’)m\s+(?:happy|here|glad)\b|(?:happy|glad)\s+to\s+help"
    r"|if\s+you\s+(?:have|need|want|(?:'|’)d\s+like|would\s+like)\b[^.]{0,60}\b"
    r"(?:let\s+me|feel\s+free|ask|i\s+can|i(?:'|’)ll|happy|reach|contact)\b"
    r"|(?:have\s+a\s+(?:great|nice|good|wonderful)|good\s+luck|hope\s+(?:this|that|it)\b)",
    _I,
)
_FILLER = re.compile(
    r"(?:sure(?:\s+thing)?|certainly|absolutely|of\s+course|definitely|okay|ok|alright|got\s+it"
    r"|(?:that(?:'s|’s|\s+is)\s+)?(?:a\s+|an\s+)?(?:great|good|excellent|interesting|fantastic)"
    r"\s+(?:question|point|idea|choice)"
    r"|(?:the\s+)?(?:final\s+|short\s+)?answer(?:\s+is)?"
    r"|no\s+problem|my\s+pleasure|in\s+(?:summary|conclusion|short)|to\s+(?:summarize|sum\s+up)"
    r"|as\s+an\s+ai(?:\s+(?:language\s+)?(?:model|assistant))?)",
    _I,
)
_INTRO = re.compile(
    r"(?:(?:sure|certainly|of\s+course|okay|ok|well|so)[,!]?\s+)?"
    r"(?:here(?:'s|’s|\s+is|\s+are)|below(?:\s+is|\s+are)|the\s+following|let(?:'s|’s))\b"
    r"|[^:]{0,200}\b(?:as\s+follows|the\s+following|following\s+\w+|these(?:\s+\w+)?|this)\s*:$",
    _I,
)
_SELF = re.compile(r"as\s+an\s+ai\b|i(?:'m|’m|\s+am)\s+(?:just\s+)?an?\s+(?:ai|language)\b", _I)
_IGNORANT = re.compile(r"\b(?:know|sure|certain|information|access|data)\b", _I)
_TASTE = (
    r"(?:beautiful|lovely|ugly|nice|pretty|wonderful|amazing|awesome|great|delicious|tasty|fun|"
    r"boring|interesting|fascinating|impressive|stunning|charming|perfect|terrible|awful|horrible|"
    r"better|best|worst|worse|favou?rite|exciting|enjoyable|overrated|underrated|cool|elegant)"
)
_OPINION = re.compile(
    r"(?:is|are|was|were|be|looks?|seems?|feels?|tastes?|sounds?)\s+"
    r"(?:(?:very|really|so|truly|quite|simply|just|the|a|an|one|of|most|more|absolutely|my|rather|"
    r"pretty|far|much|always|also)\s+){0,4}" + _TASTE + r"\b",
    _I,
)
_PREFER = re.compile(r"i\s+(?:really\s+)?(?:like|love|prefer|enjoy|hate|dislike|recommend)\b", _I)
_STRONG = vocabulary(
    "ensure click tap unplug restart reboot install uninstall reinstall select enter go make "
    "remove add disconnect reconnect verify confirm consult contact follow avoid keep choose "
    "download configure insert replace rotate calculate multiply divide subtract solve "
    "substitute convert navigate unscrew tighten loosen attach detach drain rinse dry ask "
    "submit log sign remember don't never always"
)
_WEAK = vocabulary(
    "check press open turn use plug wait try see set run hold test clean close start stop "
    "switch look call note place cut mix heat cool reset update power report measure record "
    "review read write consider take put move find give get do be let type push pull save send "
    "create copy paste adjust apply allow repeat leave return refer"
)
_AFTER_WEAK = vocabulary(
    "the a an your this that these those it them on off in into to for up down out with all any "
    "each at from by if until whether sure about as both its every over another one two three "
    "again back away not and"
)
_LEAD = re.compile(
    r"(?:(?:please|first|firstly|second|secondly|third|then|next|finally|now|also|afterwards?|"
    r"instead|otherwise|lastly|alternatively),?\s+|step\s+\d{1,3}\s*[:.]\s*|\d{1,3}[.)]\s+){0,3}",
    _I,
)
_NUMBERED = re.compile(r"(?:(?:\d{1,9}[.)]|[-+*]|#{1,6})\s+)?")
_PURPOSE = re.compile(r"(?:to|if|when|once|after|before|for)\s[^,.;]{1,120},\s+(?:then\s+)?", _I)
_ADVICE = re.compile(
    r"(?:you\s+(?:should|(?:(?:'|’)ll\s+)?need\s+to|may\s+want\s+to|might\s+want\s+to|can\s+try|"
    r"could\s+try|(?:'|’)ll\s+want\s+to)|(?:i|we)\s+recommend|it\s+is\s+(?:recommended|advised)\s+"
    r"(?:to|that\s+you))\b",
    _I,
)
_REFERENCE = re.compile(
    r"\[[^\]]{1,100}\]:?\s*\S*|(?:source|see|link)?:?\s*(?:https?://|www\.)\S+", _I
)


def hedge_end(text: str) -> int:
    """How long the boilerplate before the statement is ("It is worth noting that "), 0 if none."""
    return _skip(text, (_HEDGE,))


def statement_start(text: str) -> int:
    """How long boilerplate and "I think that" before the statement are, 0 without any."""
    return _skip(text, (_HEDGE, _THINK))


def _skip(text: str, leads: tuple[re.Pattern[str], ...]) -> int:
    at = 0
    while match := next((found for lead in leads if (found := lead.match(text, at))), None):
        if not text[match.end() :].strip(" .!?*_"):
            break
        at = match.end()
    return at


def why_not(text: str) -> str | None:
    """Why the plain sentence `text` is no claim, or None when it is one."""
    text = _NUMBERED.sub("", text.strip(), count=1).strip("\"'“”‘’")
    bare = text.strip(_SIGNS)
    if not any(letter.isalnum() for letter in bare) or _REFERENCE.fullmatch(text.rstrip(".")):
        return EMPTY
    if text.rstrip("\"'”’) ").endswith(("?", "？")):
        return QUESTION
    rest = text[statement_start(text) :]
    return _social(text, bare) or _social(rest, rest.strip(_SIGNS)) or _meant(text, rest)


def _meant(text: str, rest: str) -> str | None:
    """Opinions and instructions."""
    return _view_of(text) or _instruction(rest)


def _social(text: str, bare: str) -> str | None:
    """Greetings, filler, offers and refusals: what a polite answer is wrapped in."""
    figures, alone = _figures(bare), _no_contrast(text)
    greets = _GREETING.match(bare) and len(bare.split()) <= 6 and not _stated(bare)
    rules = (
        (FILLER, _FILLER.fullmatch(bare)),
        (GREETING, greets and not figures),
        (FILLER, _INTRO.match(text) and text.endswith(":") and not figures),
        (FILLER, alone and _SELF.match(text) and not figures and not _IGNORANT.search(text)),
        (UNKNOWING, alone and (_NO_DATA.fullmatch(bare) or _UNKNOWING.match(text))),
        (OFFER, alone and _OFFER.match(text)),
    )
    return next((reason for reason, applies in rules if applies), None)


def _stated(text: str) -> bool:
    found = words(text)
    return any(is_verb(found, number) for number in range(1, len(found)))


def _figures(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def _no_contrast(text: str) -> bool:
    """Whether nothing follows that may be a statement of its own."""
    low = text.lower()
    return not any(sign in low for sign in (" but ", " however", "; ", " because ", " although "))


def _view_of(text: str) -> str | None:
    """Opinions: a judgement of taste without figures, or a preference."""
    start = statement_start(text)
    rest = text[start:]
    if _PREFER.match(rest):
        return OPINION
    match = _OPINION.search(rest)
    if match is None or _figures(rest) or not _no_contrast(rest):
        return None
    others = words(rest[match.end() :]) + words(rest[: match.start()])
    more = any(is_verb(others, number) for number in range(len(others)))
    return None if more else OPINION


def _instruction(text: str) -> str | None:
    """Imperatives and advice, also behind "First," and "To reset it,"."""
    if not _no_contrast(text):
        return None
    lead = _LEAD.match(text)
    start = lead.end() if lead else 0
    purpose = _PURPOSE.match(text, start)
    if _ADVICE.match(text, start) or _imperative(text[start:]):
        return INSTRUCTION
    if purpose and (_ADVICE.match(text, purpose.end()) or _ordered(text[purpose.end() :])):
        return INSTRUCTION
    return None


def _ordered(text: str) -> bool:
    """Whether a main clause behind "If it is red," begins with a verb's base form."""
    found = words(text)[:2]
    return len(found) > 1 and found[0].key in _STRONG | _WEAK and not is_verb(found, 1)


def _imperative(text: str) -> bool:
    """Whether a sentence begins like an order, and not with a noun that looks like a verb."""
    found = words(text)[:3]
    if not found or found[0].text in ("A", "I"):
        return False
    first = found[0].key
    if first in _STRONG:
        return len(found) < 2 or not is_verb(found, 1)
    if first not in _WEAK:
        return False
    if len(found) == 1:
        return False
    second = found[1]
    return second.key in _AFTER_WEAK or second.text[:1].isdigit()


def is_unknown(text: str) -> bool:
    """Whether a plain text says that there is nothing to say: "unknown", "N/A", "not given"."""
    return _NO_DATA.fullmatch(text.strip(" .")) is not None
