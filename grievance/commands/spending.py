"""What texts may cost in a day: for each gateway and each country, with a part kept for what is urgent."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F

from grievance.models import Gateway, GatewayDay
from grievance.rules import SEGMENTS_A_COUNTRY, SEGMENTS_A_DAY, SEGMENTS_FOR_URGENT


def options_of(gateway: Gateway | None) -> Mapping[str, Any]:
    """Those of a gateway; None: the one of the settings."""
    options: Mapping[str, Any] = settings.SMS_GATEWAY if gateway is None else gateway.options
    return options


def allowed(gateway: Gateway | None, country: str) -> bool:
    """May texts go to this country (ISO 3166-1 alpha-2) by it? Where nobody named any, anywhere."""
    return country in (_named(gateway) or {country})


def serves(gateway: Gateway, country: str) -> bool:
    """Is it the one for this country: named for it, or at home there?"""
    return bool(country) and country in _named(gateway) | {str(options_of(gateway).get("country") or "").upper()}


def _named(gateway: Gateway | None) -> frozenset[str]:
    return frozenset(str(one).upper() for one in options_of(gateway).get("countries") or [])


def limits(gateway: Gateway | None) -> tuple[int, int]:
    """Segments a day: the whole gateway, one country by it."""
    options = options_of(gateway)
    return int(options.get("daily") or SEGMENTS_A_DAY), int(options.get("daily_country") or SEGMENTS_A_COUNTRY)


def reserve(*, gateway: Gateway | None, country: str, segments: int, urgent: bool, at: datetime) -> bool:
    """Take these segments from the budget of the day, in the transaction of the caller, or none: False."""
    rooms = dict(zip(("", country), limits(gateway), strict=True)) if country else {"": limits(gateway)[0]}
    rows = []
    for place, most in rooms.items():
        row, _new = GatewayDay.objects.get_or_create(gateway=gateway, day=_day(at), country=place)
        held = GatewayDay.objects.select_for_update().get(pk=row.pk)
        room = most if urgent else int(most * (1 - SEGMENTS_FOR_URGENT))
        if held.segments + segments > room:
            return False
        rows.append(held.pk)
    GatewayDay.objects.filter(pk__in=rows).update(segments=F("segments") + segments)
    return True


def give_back(*, gateway: Gateway | None, country: str, segments: int, at: datetime) -> None:
    """It was not sent for sure, and is not paid."""
    for place in {"", country}:
        rows = GatewayDay.objects.of(gateway, _day(at), place).filter(segments__gte=segments)
        rows.update(segments=F("segments") - segments)


def next_day(at: datetime) -> datetime:
    """When the budget is new."""
    return datetime.combine(at.astimezone(UTC).date() + timedelta(days=1), datetime.min.time(), UTC)


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()
