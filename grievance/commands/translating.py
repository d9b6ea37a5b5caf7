"""Translations and masked versions of what was said: rows of their own, sealed, beside words that never change."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from grievance.keys import data_key_for_office, seal_text
from grievance.models import Grievance, Masked, Message, Translation


def translate(
    *, grievance: Grievance, message: Message | None, language: str, maker: str, body: str, by: User, at: datetime
) -> Translation:
    """Add a translation of the statement (``message`` None) or of one message; a later one is read before it.

    Called by `cases`, which knows whether they may. Refuses with ``not_of_this_person``, ``same_language`` or
    ``nothing_written``.
    """
    if message is not None and message.grievance_id != grievance.pk:
        raise Refused("not_of_this_person", _("This message belongs to somebody else's conversation."))
    if language == (grievance if message is None else message).language:
        raise Refused("same_language", _("These words are in that language already: choose the one you translated to."))
    return Translation.objects.create(
        grievance=grievance,
        message=message,
        language=language,
        maker=Translation.Maker(maker),
        sealed_body=_sealed(grievance, body, "translation"),
        by=by,
        at=at,
    )


def mask(*, grievance: Grievance, body: str, by: User, at: datetime) -> Masked:
    """Keep a version with what identifies somebody struck out; the newest is read. Refuses with ``nothing_written``."""
    return Masked.objects.create(grievance=grievance, sealed_body=_sealed(grievance, body, "masked"), by=by, at=at)


def _sealed(grievance: Grievance, body: str, context: str) -> bytes:
    if not body.strip():
        raise Refused("nothing_written", _("Nothing is written yet."))
    return seal_text(data_key_for_office(grievance.key_id), body, context)
