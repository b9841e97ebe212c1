"""Patterns of days that exist and of times without leap seconds, as they are checked.

The engine's own formats of dates take 29 February in every year, and the 60th second.
"""

from __future__ import annotations

LONG, SHORT = "0[13578]|1[02]", "0[469]|11"
YEAR = "(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})"
FOURTH = "0[48]|[2468][048]|[13579][26]"
LEAP = f"(?:[0-9]{{2}}(?:{FOURTH})|(?:{FOURTH})00)"
"""Every fourth year, of those that begin a century every fourth."""

DAY = (
    f"(?:{YEAR}-(?:(?:{LONG})-(?:0[1-9]|[12][0-9]|3[01])|(?:{SHORT})-(?:0[1-9]|[12][0-9]|30)"
    f"|02-(?:0[1-9]|1[0-9]|2[0-8]))|{LEAP}-02-29)"
)
CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
TIME = f"{CLOCK}:[0-5][0-9](?:\\.[0-9]+)?(?:[Zz]|[+-]{CLOCK})"
PATTERNS = {"date": f"^{DAY}$", "time": f"^{TIME}$", "date-time": f"^{DAY}[Tt]{TIME}$"}
"""By the name of the format."""
