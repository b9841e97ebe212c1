"""The pattern of IPv6 addresses, as RFC 3986 has them; the engine's own has no dotted tail."""

from __future__ import annotations

GROUP = "[0-9A-Fa-f]{1,4}"
BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
LAST = f"(?:{GROUP}:{GROUP}|{BYTE}(?:\\.{BYTE}){{3}})"
"""The last 32 bits."""


def _ipv6() -> str:
    """All eight groups, or as many as stand behind `::` and as few as leave it something."""
    behind = [*(f"(?:{GROUP}:){{{count}}}{LAST}" for count in range(5, -1, -1)), GROUP, ""]
    ways = [f"(?:{GROUP}:){{6}}{LAST}"]
    for most, rest in enumerate(behind):
        before = f"(?:(?:{GROUP}:){{0,{most - 1}}}{GROUP})?" if most else ""
        ways.append(f"{before}::{rest}")
    return "|".join(ways)


IPV6 = f"^(?:{_ipv6()})$"
