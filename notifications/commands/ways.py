"""The transports of one run, and by which of them a notice goes: a text by a gateway of the office as every other one,
and within the money of its day."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from grievance.commands.routing import NoWay, way_to
from grievance.commands.spending import give_back, reserve
from grievance.models import Gateway
from grievance.segments import segmented
from notifications import transports
from notifications.errors import TransportError
from notifications.models import Notice

OVER_BUDGET = "over_budget"


@dataclass(frozen=True)
class Way:
    """``gateway``: one that the office set up; None: that of the settings, or no text. ``country``: where a text goes,
    "" where nobody can tell."""

    transport: transports.Transport
    gateway: Gateway | None = None
    country: str = ""


class Ways:
    """Each opened when first needed. One that does not open is not asked again."""

    def __init__(self) -> None:
        self.opened: dict[tuple[str, int | None], transports.Transport] = {}
        self.shut: dict[tuple[str, int | None], TransportError] = {}

    def ready(self, channel: str, number: str) -> Way | TransportError:
        """Make one ready before an attempt begins: what fails here was not sent for sure. ``number``: E.164, of a text.
        Where no text may go to it, that is for good."""
        if channel != Notice.Channel.SMS or not number:
            return self._open(channel, None) or Way(self.opened[channel, None])
        try:
            gateway, country = way_to(number)
        except NoWay as none:
            return TransportError(none.code, permanent=none.for_good)
        key = (channel, gateway.pk if gateway else None)
        return self._open(channel, gateway) or Way(self.opened[key], gateway, country)

    def _open(self, channel: str, gateway: Gateway | None) -> TransportError | None:
        key = (channel, gateway.pk if gateway else None)
        if key not in self.shut:
            try:
                if key not in self.opened:
                    self.opened[key] = transports.by_gateway(gateway) if gateway else transports.transport(channel)
                self.opened[key].ready()
            except TransportError as error:
                self.shut[key] = error
        return self.shut.get(key)

    def close(self) -> None:
        for opened in self.opened.values():
            opened.close()


def send_by(way: Way, notice: Notice, parcel: transports.Parcel, *, at: datetime) -> None:
    """Hand it over; a text is paid for from the budget of the day, and given back where it was not sent for sure.
    Raises `TransportError`, with `OVER_BUDGET` where the money of this day is spent."""
    if notice.channel != Notice.Channel.SMS:
        way.transport.send(parcel)
        return
    cost = segmented(parcel.body).count
    with transaction.atomic():
        paid = reserve(gateway=way.gateway, country=way.country, segments=cost, urgent=notice.urgent, at=at)
    if not paid:
        raise TransportError(OVER_BUDGET)
    try:
        way.transport.send(parcel)
    except TransportError as error:
        if not error.unknown:
            give_back(gateway=way.gateway, country=way.country, segments=cost, at=at)
        raise
