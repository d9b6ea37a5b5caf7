"""May a PIN still be chosen for a number that has none? A caller id proves nobody, and phones are shared, so never much
later than the conversation, and never by the phone alone."""

from datetime import datetime

from django.db.models import Q

from grievance.commands.proving import speaks_for_themselves
from grievance.models import Complainant, FormSession, TextReceipt, Writer
from grievance.rules import PIN_CHOSEN_WITHIN


def late_to_choose(writer: Writer, reference: str, *, at: datetime) -> bool:
    """Only with the number, which went to this phone and nowhere else; on the phone that filed, and that they said to
    be safe; and within the hour after the conversation, while the phone is still in the hand that wrote. Whatever is
    missing, the text is heard as a PIN that does not match, and answered alike."""
    if not reference or writer.stopped_at is not None or writer.unsafe_at is not None:
        return False
    lately = Q(ended_at=None) | Q(ended_at__gt=at - PIN_CHOSEN_WITHIN)
    return (
        TextReceipt.objects.filter(
            reference=reference,
            writer=writer,
            pin=None,
            grievance__complainant__safe_way=Complainant.Safe.SMS,
            grievance__key__erased_at=None,
        ).exists()
        and FormSession.objects.filter(lately, writer=writer, reference=reference).exists()
        and speaks_for_themselves(writer)
    )
