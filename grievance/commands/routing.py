"""Which gateway carries a text to a person: a worker decides, just before each try, since it alone reads the number."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from grievance import vault
from grievance.commands.spending import allowed, serves
from grievance.commands.stopping import OVER, not_reached
from grievance.keys import RING, digest, open_contact_json
from grievance.models import Gateway, Reply, StoppedNumber, Writer

FOR_GOOD = frozenset({"stopped", "unsafe", "country"})


class NoWay(Exception):
    """No gateway may carry it. ``code``: why; never a number."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def for_good(self) -> bool:
        return self.code in FOR_GOOD


@dataclass(frozen=True)
class Recipient:
    """``writer``: None for a number that never wrote to us; ``country``: ISO 3166-1 alpha-2, or ""."""

    writer: Writer | None
    mark: bytes | None
    country: str


def recipient_of(reply: Reply | None, number: str) -> Recipient:
    """None: whoever has the number is told something of their work."""
    writer = reply.writer if reply else None
    writer = writer or Writer.objects.select_related("gateway").filter(mark=digest("number", number)).first()
    mark = next(iter(vault.phone_marks(RING, number, [""])), None)
    return Recipient(writer, mark, vault.country_of(number))


def route(reply: Reply, to: Recipient) -> Gateway | None:
    """The gateway of their conversation; else one in use that serves their country; else that of the settings, None.

    Raises `NoWay`: "stopped" for whoever wants no texts, "unsafe" for a phone that is said not to be safe, "country"
    where none may go, "no_gateway" where there is none.
    """
    if _is_stopped(to):
        raise NoWay("stopped")
    if to.writer is not None and to.writer.unsafe_at is not None and not reply.asked:
        raise NoWay("unsafe")
    if reply.test and reply.gateway is not None:
        if reply.gateway.ended_at is not None or not allowed(reply.gateway, to.country):
            raise NoWay("country")
        return reply.gateway
    theirs = to.writer.gateway if to.writer is not None else None
    if theirs is not None and theirs.sends and theirs.ended_at is None:
        if not allowed(theirs, to.country):
            raise NoWay("country")
        return theirs
    return _for_country(to.country)


def way_to(number: str) -> tuple[Gateway | None, str]:
    """The gateway, and the country, of a text to somebody at work, who talks with nobody here: one that serves their
    country, as for everybody else. Raises `NoWay`, as `route`: STOP counts for every phone."""
    to = recipient_of(None, number)
    if _is_stopped(to):
        raise NoWay("stopped")
    return _for_country(to.country), to.country


def _for_country(country: str) -> Gateway | None:
    sending = list(Gateway.objects.sending())
    usable = sorted((one for one in sending if allowed(one, country)), key=lambda one: not serves(one, country))
    if usable:
        return usable[0]
    if settings.SMS_GATEWAY and allowed(None, country):
        return None
    if sending or settings.SMS_GATEWAY:
        raise NoWay("country")
    if settings.PRODUCTION:
        raise NoWay("no_gateway")
    return None  # the demo writes it into a file


def _is_stopped(to: Recipient) -> bool:
    if to.writer is not None and to.writer.stopped_at is not None:
        return True
    return to.mark is not None and StoppedNumber.objects.filter(mark=to.mark).exists()


def give_up(reply: Reply, to: Recipient, code: str, *, at: datetime) -> None:
    """It goes to nobody; whoever handles the case of this person is asked to try another way."""
    Reply.objects.filter(pk=reply.pk).update(code=code, done_at=at, **OVER)
    not_reached(writer=to.writer, mark=to.mark, at=at)


def number_in(reply: Reply) -> str:
    """Raises `vault.CannotOpen`."""
    return str(open_contact_json(reply.sealed_parcel or b"")["to"])
