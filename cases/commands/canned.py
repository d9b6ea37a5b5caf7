"""Ready texts for replies: written, changed and taken away by supervisors."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.commands import log_act
from accounts.errors import Refused
from accounts.models import User
from cases.models import CannedText
from cases.policies import check_supervises


@transaction.atomic
def keep_text(*, text: CannedText | None, name: str, language: str, body: str, by: User, at: datetime) -> CannedText:
    """Write a new one (``text`` None), or change one. Refuses with ``not_yours`` or ``name_taken``."""
    check_supervises(by)
    kept = text or CannedText()
    if CannedText.objects.filter(name=name, language=language).exclude(pk=kept.pk).exists():
        raise Refused("name_taken", _("There is a text of that name in this language already."))
    kept.name, kept.language, kept.body = name, language, body
    kept.save()
    return kept


@transaction.atomic
def take_away(*, text: CannedText, by: User, at: datetime) -> None:
    """It is offered no more; what was written with it stays as it is."""
    check_supervises(by)
    log_act(record=text, added=False, by=by, at=at)
    text.delete()
