"""Claims: what a text or a value states, piece by piece, with its exact place."""

from __future__ import annotations

from guard.claims.markdown import Block, blocks
from guard.claims.prose import claims_from_text
from guard.claims.sentences import sentences
from guard.claims.value import claims_from_value

__all__ = ["Block", "blocks", "claims_from_text", "claims_from_value", "sentences"]
