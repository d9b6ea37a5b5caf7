"""What one network spends in a stretch of time: counters in the cache that say how much, and never whose it was.

A network is counted under an HMAC of its address. The secret is drawn anew each day and lives in the cache alone, with
the counters, so nothing about an address outlives the day, and who steals a cache tomorrow can compute nothing.
"""

import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from secrets import token_hex

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis import RedisError

from grievance.throttle import client_address

# Without a cache nobody is counted, and nobody is hindered. ValueError: a counter that ended in between.
UNCOUNTED = (RedisError, OSError, ValueError)


def spend(what: str, *, windows: Sequence[timedelta], address: str, amount: int = 1, at: datetime) -> tuple[int, ...]:
    """Add ``amount`` to what the network of ``address`` spent of ``what``; the totals of each of ``windows`` (a day at
    most) since it began. Zeros while the cache is away."""
    return spend_of(what, windows=windows, whose=network_of(address), amount=amount, at=at)


def spend_of(what: str, *, windows: Sequence[timedelta], whose: str, amount: int = 1, at: datetime) -> tuple[int, ...]:
    """As `spend`, of whoever is called so; the cache does not say who that is."""
    try:
        key = hmac.digest(_secret(at).encode(), whose.encode(), "sha256").hex()[:32]
        return tuple(_add(f"{what}-{key}", window, amount, at) for window in windows)
    except UNCOUNTED:
        return (0,) * len(windows)


def network_of(address: str) -> str:
    """The /24 of an IPv4 address, the /48 of an IPv6 one: what one subscriber or one village can hop about in."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return "none"  # a socket that is a file, or a proxy that names no address
    known = getattr(known, "ipv4_mapped", None) or known
    return str(ip_network((known, 24 if known.version == 4 else 48), strict=False))


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; for counting alone, and kept nowhere."""
    return client_address(
        remote=request.META.get("REMOTE_ADDR", ""),
        forwarded=request.headers.get("X-Forwarded-For", ""),
        behind_proxy=settings.BEHIND_PROXY,
    )


def _secret(at: datetime) -> str:
    """Of today, made by whoever counts first."""
    key = f"budgets-{at.astimezone(UTC).date().isoformat()}"
    return str(cache.get_or_set(key, lambda: token_hex(32), _left_of(timedelta(days=1), at)))


def _add(name: str, window: timedelta, amount: int, at: datetime) -> int:
    key = f"budget-{int(at.timestamp() // window.total_seconds())}-{int(window.total_seconds())}-{name}"
    cache.add(key, 0, _left_of(window, at))
    return int(cache.incr(key, amount))


def _left_of(window: timedelta, at: datetime) -> int:
    """Seconds until the window ends; both windows and days begin with the Unix epoch, in UTC."""
    length = int(window.total_seconds())
    return length - int(at.timestamp()) % length
