"""Where in a JSON text its end stands: in which string, number and lists, and how long they are.

The text comes in pieces, which may begin and end anywhere. Each character is looked at once, and a
piece in the middle of a string not even that.
"""

from __future__ import annotations

OBJECT = -1
"""Stands for an open object where a list has its number of items."""

DIGITS = frozenset("0123456789")
NUMBERS = DIGITS | frozenset("+-.eE")
BLANKS = frozenset(" \t\r\n")
ESCAPE = 6
"""Characters of `\\u0041`; other escapes have two."""


class Fields:
    """Follows one text. A text that is no JSON is followed somehow, and never an error."""

    __slots__ = (
        "_escape",
        "_expects_name",
        "_high",
        "characters",
        "digits",
        "in_name",
        "in_number",
        "in_string",
        "open",
        "pieces",
        "scalars",
    )

    def __init__(self) -> None:
        self.in_string = False
        self.in_number = False
        self.in_name = False
        """Whether the string, where there is one, is the name of a property."""
        self.characters = 0
        """Of the string: escapes count as what they stand for."""
        self.digits = 0
        """Of the number, with those of its fraction and exponent."""
        self.pieces = 0
        """Pieces that the string or number is made of."""
        self.scalars = 0
        """Strings and numbers begun so far."""
        self.open: list[int] = []
        """How many items each open list has, outermost first, `OBJECT` for an open object. An item
        counts from its beginning, and all but the first begin with the comma before them."""
        self._escape = ""
        self._high = False
        self._expects_name = False

    def copy(self) -> Fields:
        """Another one that stands at the same place."""
        made = Fields.__new__(Fields)
        for name in Fields.__slots__:
            setattr(made, name, getattr(self, name))
        made.open = self.open.copy()
        return made

    def take(self, text: str) -> None:
        """Go on by a piece; "" is a part of a character, which counts as one in a string."""
        if self.in_string and not self._escape and '"' not in text and "\\" not in text:
            self.characters += len(text) or 1
            self.pieces += 1
            self._high = False
            return
        before = self.scalars
        for char in text:
            self.step(char)
        self.pieces = self.pieces + 1 if self.scalars == before else 1

    def step(self, char: str) -> None:
        """Go on by a character."""
        if self.in_string:
            self._inside(char)
        elif self.in_number and char in NUMBERS:
            self.digits += char in DIGITS
        elif char not in BLANKS:
            self.in_number = False
            self._outside(char)
        else:
            self.in_number = False

    def ends_scalar(self, text: str) -> bool:
        """Whether the string or number does not go on to the end of `text`, were that next."""
        ahead = self.copy()
        ahead.take(text)
        is_inside = ahead.in_string or ahead.in_number
        return not is_inside or ahead.scalars != self.scalars

    def room(self, text: str, items: float) -> int:
        """How many characters of `text` may come before some list gets more than `items`."""
        ahead = self.copy()
        for at, char in enumerate(text):
            is_comma = char == "," and not ahead.in_string and bool(ahead.open)
            if is_comma and ahead.open[-1] >= items:
                return at
            ahead.step(char)
        return len(text)

    def _inside(self, char: str) -> None:
        if self._escape:
            self._escape += char
            if self._escape[1] != "u" or len(self._escape) == ESCAPE:
                self._unescape()
        elif char == "\\":
            self._escape = char
        elif char == '"':
            self.in_string = False
        else:
            self.characters += 1
            self._high = False

    def _unescape(self) -> None:
        """Count the character of an escape; the second half of a pair is no other one."""
        kind = self._escape[1:4].lower() if self._escape[1] == "u" else ""
        is_second = self._high and kind in ("udc", "udd", "ude", "udf")
        self.characters += not is_second
        self._high = kind in ("ud8", "ud9", "uda", "udb")
        self._escape = ""

    def _outside(self, char: str) -> None:
        if char in "]}":
            del self.open[-1:]
            self._expects_name = False
        elif char == ",":
            if self.open and self.open[-1] != OBJECT:
                self.open[-1] += 1
            self._expects_name = bool(self.open) and self.open[-1] == OBJECT
        elif char == ":":
            self._expects_name = False
        else:
            self._begin(char)

    def _begin(self, char: str) -> None:
        """A value begins, or a name, or goes on in the case of `true`, `false` and `null`."""
        if self.open and self.open[-1] == 0:
            self.open[-1] = 1
        if char in "[{":
            self.open.append(OBJECT if char == "{" else 0)
            self._expects_name = char == "{"
        elif char == '"':
            self.in_string, self.in_name = True, self._expects_name
            self.characters, self._high = 0, False
            self.scalars += 1
        elif char == "-" or char in DIGITS:
            self.in_number, self.digits = True, int(char != "-")
            self.scalars += 1
