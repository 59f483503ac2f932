"""How long a server asks to wait."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime


def retry_after(value: str, now: float) -> float:
    """The seconds that the header ``Retry-After`` asks to wait: a number or a date (RFC 9110, 10.2.3); 0 where it says nothing.

    ``now`` is the time in seconds since 1970.
    """
    value = value.strip()
    if value.isdecimal():
        return float(value[:9])
    try:
        then = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    return max(0.0, (then if then.tzinfo else then.replace(tzinfo=UTC)).timestamp() - now)
