"""Currencies: signs, codes and names. Different currencies are never equal."""

from __future__ import annotations

from guard.verify.quantities.tokens import Tokens, at, glued, listed
from guard.verify.quantities.units import Unit

SIGNS: dict[str, tuple[str, ...]] = {
    "$": ("USD",), "€": ("EUR",), "£": ("GBP",), "¥": ("JPY", "CNY"), "₹": ("INR",),
    "₩": ("KRW",), "₽": ("RUB",), "₺": ("TRY",), "₪": ("ILS",), "₦": ("NGN",), "฿": ("THB",),
    "₫": ("VND",), "₴": ("UAH",), "¢": ("¢",),
}  # fmt: skip
CODES = frozenset(
    listed(
        "USD EUR GBP JPY CNY INR KRW RUB TRY ILS NGN THB VND UAH AUD CAD NZD SGD HKD CHF SEK "
        "NOK DKK PLN CZK HUF RON BRL MXN ARS CLP ZAR EGP AED SAR PKR BDT IDR MYR PHP TWD RMB "
        "Rs BTC ETH"
    )
)
SAME = {"RMB": "CNY", "Rs": "INR"}
LETTERS = {"US": "USD", "A": "AUD", "AU": "AUD", "C": "CAD", "CA": "CAD", "NZ": "NZD", "S": "SGD"}
LETTERS |= {"HK": "HKD", "R": "BRL", "MX": "MXN", "NT": "TWD"}
NAMES: dict[str, tuple[str, ...]] = {
    "dollar": ("USD",), "euro": ("EUR",), "yen": ("JPY",), "yuan": ("CNY",), "renminbi": ("CNY",),
    "rupee": ("INR",), "rouble": ("RUB",), "ruble": ("RUB",), "franc": ("CHF",), "won": ("KRW",),
    "krona": ("SEK",), "kronor": ("SEK",), "krone": ("NOK", "DKK"), "peso": ("MXN",),
    "zloty": ("PLN",), "rand": ("ZAR",), "real": ("BRL",), "reais": ("BRL",), "cent": ("¢",),
    "penny": ("p",), "pence": ("p",), "sterling": ("GBP",), "quid": ("GBP",), "bitcoin": ("BTC",),
    "buck": ("USD",),
}  # fmt: skip
OWNERS = {"us": "USD", "american": "USD", "australian": "AUD", "canadian": "CAD"}
OWNERS |= {"singapore": "SGD", "british": "GBP", "swiss": "CHF", "japanese": "JPY"}
OWNERS |= {"chinese": "CNY", "indian": "INR", "hong": "HKD", "new": "NZD"}


def prefix_at(tokens: Tokens, index: int) -> Unit | None:
    """A currency written before its amount: $, US$, EUR, Rs."""
    token = at(tokens, index)
    if token.text in SIGNS and token.text != "¢":
        return Unit(SIGNS[token.text], index + 1)
    if token.text in LETTERS and at(tokens, index + 1).text == "$" and glued(tokens, index + 1):
        return Unit((LETTERS[token.text],), index + 2)
    if token.text in CODES:
        skip = 1 + (at(tokens, index + 1).text in {"$", "."} and token.text in {"USD", "Rs"})
        return Unit((SAME.get(token.text, token.text),), index + skip)
    return None


def suffix_at(tokens: Tokens, index: int) -> Unit | None:
    """A currency written behind its amount: €, USD, dollars, Australian dollars."""
    token = at(tokens, index)
    if token.text in SIGNS:
        return Unit(SIGNS[token.text], index + 1)
    if token.text in CODES:
        return Unit((SAME.get(token.text, token.text),), index + 1)
    owner = OWNERS.get(token.low)
    if owner:
        skip = 2 if token.low in {"hong", "new"} else 1
        skip += at(tokens, index + 1).text == "."
        return Unit((owner,), index + skip + 1) if named(at(tokens, index + skip).low) else None
    names = named(token.low)
    return Unit(names, index + 1) if names else None


def named(word: str) -> tuple[str, ...]:
    """The currencies that a folded word names, singular or plural; "pound" is a weight too."""
    if word in {"pound", "pounds"}:
        return ("GBP",)
    return NAMES.get(word) or NAMES.get(word.removesuffix("s"), ())
