"""Guessing the next tokens, so that one pass of the model can confirm several of them.

Values are mostly copied: from the prompt, or from rows written before. A draft is what followed the
same few tokens there, with what the grammar forces in between. Guesses are only ever confirmed or
thrown away, never written unread, so the text is the same without them. How long a draft is follows
from how often guesses of its kind were right so far, and from what a longer pass costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from guard.models.lookup import LONGEST_MATCH, Lookup

LONGEST_DRAFT = 16
SPELLED = LONGEST_MATCH + 1
"""The kind of a guess at how forced bytes are cut into tokens; other kinds are matched tokens."""
FORCED = SPELLED + 1
"""The kind of a token that the grammar forces, given the guesses before it."""
CHANCES = {1: 0.3, 2: 0.5, 3: 0.65, 4: 0.8, SPELLED: 0.95}
"""How often guesses are right, by their kind, before anything is known of this text."""
LESSON = 0.15
"""How much one guess changes what is thought of its kind."""
PARDON = 0.01
"""How much of that is forgotten with each pass, so that a kind that failed is tried again."""


@dataclass(frozen=True, kw_only=True)
class Guessing:
    """What drafts of one model have in common.

    `texts` are the tokens' texts by id, "" for what is never guessed; `plain` gives for each token
    the one it is compared as; `tokenizer` is llguidance's.
    """

    texts: Sequence[str]
    plain: Sequence[int]
    tokenizer: Any


def plain_tokens(texts: Sequence[str]) -> tuple[int, ...]:
    """For each token the first one with the same text but for blanks and case."""
    first: dict[str, int] = {}
    return tuple(
        first.setdefault(text.strip().lower() or text, token) if text else token
        for token, text in enumerate(texts)
    )


class Drafts:
    """The drafts of one text."""

    def __init__(self, guessing: Guessing, prompt: Sequence[int]) -> None:
        self._guessing = guessing
        self._lookup = Lookup(guessing.plain, prompt)
        self._start = len(prompt)
        self._chances = dict(CHANCES)
        self._kinds: list[int] = []

    def propose(
        self, written: Sequence[int], matcher: Any, *, unread: int, room: int, share: float
    ) -> list[int]:
        """What may follow `written`, of which `unread` tokens go into the same pass.

        At most `room` tokens that the grammar of `matcher`, which stays as it is, allows; as many
        as are worth their time where `share` more tokens cost a pass as much again.
        """
        for token in written[len(self._lookup) - self._start :]:
            self._lookup.add(token)
        for kind, chance in CHANCES.items():
            self._chances[kind] += PARDON * (chance - self._chances[kind])
        draft, kinds = self._walk(matcher, min(room, LONGEST_DRAFT))
        size = self._best_size(kinds, max(1, unread), share)
        self._kinds = kinds[:size]
        return draft[:size]

    def learn(self, right: int, *, wrong: bool) -> None:
        """The first `right` tokens of the last draft were; `wrong` says that the next was not."""
        judged = [(kind, 1.0) for kind in self._kinds[:right]]
        if wrong:
            judged.append((self._kinds[right], 0.0))
        for kind, outcome in judged:
            if kind != FORCED:
                self._chances[kind] += LESSON * (outcome - self._chances[kind])

    def forced(self) -> list[int]:
        """Which tokens of the last draft the grammar forces, were those before them right."""
        return [at for at, kind in enumerate(self._kinds) if kind == FORCED]

    def _walk(self, matcher: Any, longest: int) -> tuple[list[int], list[int]]:
        """The longest draft worth a thought, and the kinds of its tokens."""
        ahead = None if matcher is None else matcher.deep_copy()
        draft: list[int] = []
        kinds: list[int] = []
        sure = 1.0
        while len(draft) < longest and sure > 0.1:
            more, kind = self._guess(draft, ahead)
            if not more or (ahead is not None and ahead.try_consume_tokens(more) < len(more)):
                break
            draft += more
            kinds += [kind] * len(more)
            sure *= 1.0 if kind == FORCED else self._chances[kind]
            if ahead is not None and ahead.is_stopped():
                break
        return draft[:longest], kinds[:longest]

    def _guess(self, draft: list[int], ahead: Any) -> tuple[list[int], int]:
        """The next tokens of a draft and their kind; none where nothing is known."""
        if ahead is not None:
            forced = list(ahead.compute_ff_tokens())
            if forced:
                return forced, FORCED
            spelled = ahead.compute_ff_bytes()
            if spelled:
                return self._guessing.tokenizer.tokenize_bytes(spelled)[:1], SPELLED
        for token, size in self._lookup.followers(draft):
            known = self._guessing.texts[token] != ""
            if known and (ahead is None or ahead.validate_tokens([token])):
                return [token], size
        return [], 0

    def _best_size(self, kinds: Sequence[int], unread: int, share: float) -> int:
        """How much of a draft gives the most tokens for its time."""
        sure = gain = 1.0
        best, size = 1.0 / (share + unread), 0
        for count, kind in enumerate(kinds, 1):
            sure *= 1.0 if kind == FORCED else self._chances[kind]
            gain += sure
            rate = gain / (share + unread + count)
            if rate > best:
                best, size = rate, count
        return size
