"""Who writes to us, as far as a number says: routing, never identity."""

from datetime import datetime

from grievance import vault
from grievance.keys import RING, digest
from grievance.models import Gateway, Writer


def writer_of(gateway: Gateway, sender: str, *, at: datetime) -> Writer:
    """The one who writes from there, by this gateway from now on."""
    number, answerable = number_of(sender, str(gateway.options.get("country") or ""))
    writer, new = Writer.objects.get_or_create(
        mark=digest("number", number),
        defaults={
            "sealed_number": vault.seal_contact(RING, number.encode()),
            "gateway": gateway,
            "first_at": at,
            "answerable": answerable,
        },
    )
    if not new and writer.gateway_id != gateway.pk:
        writer.gateway = gateway
        writer.save(update_fields=["gateway"])
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
