"""Who writes to us, as far as a number says: routing, never identity."""

from datetime import datetime

from grievance import vault
from grievance.keys import RING, digest
from grievance.models import Gateway, Writer
from grievance.rules import NUMBER_LOOKED_AT


def writer_of(gateway: Gateway, sender: str, *, at: datetime) -> Writer:
    """The one who writes from there, by this gateway from now on; held, so that their number is not forgotten while a
    text of theirs comes in. Runs in the caller's transaction."""
    number, answerable = number_of(sender, str(gateway.options.get("country") or ""))
    sealed = vault.seal_contact(RING, number.encode())
    soon = at + NUMBER_LOOKED_AT
    writer, _new = Writer.objects.select_for_update(no_key=True).get_or_create(
        mark=digest("number", number),
        defaults={
            "sealed_number": sealed,
            "gateway": gateway,
            "first_at": at,
            "answerable": answerable,
            "look_at": soon,
        },
    )
    if writer.gateway_id != gateway.pk or writer.look_at is None or not writer.sealed_number:
        writer.gateway, writer.sealed_number = gateway, writer.sealed_number or sealed
        writer.look_at = writer.look_at or soon
        writer.save(update_fields=["gateway", "sealed_number", "look_at"])
    return writer


def number_of(sender: str, country: str) -> tuple[str, bool]:
    """The number in E.164 and whether it can be answered; a short code, or a name in place of a number, stays as it is.

    The kind of sender comes before any formatting: a library would make a bogus number of a short code.
    """
    typed = sender.strip()
    digits = "".join(sign for sign in typed if sign.isdigit())
    if len(digits) < 7 or any(sign.isalpha() for sign in typed):
        return typed, False
    number = vault.e164(typed if typed.startswith("+") or country else f"+{digits}", country)
    return (number, True) if number else (typed, False)
