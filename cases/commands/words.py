"""Translations, messages that wait for one, and masked versions."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Act, Field
from cases.commands.casework import answered
from cases.commands.moving import locked
from cases.commands.record import record
from cases.events import Event
from cases.models import Case, Filing
from cases.policies import check_may, not_yours, shown
from grievance.commands import conversation, translating
from grievance.models import Masked, Message, Translation


@transaction.atomic
def translate(
    *,
    case: Case,
    filing: Filing,
    message: Message | None,
    language: str,
    maker: str,
    body: str,
    by: User,
    at: datetime,
) -> Translation:
    """Add a translation of the statement (``message`` None) or of a message; the original stays. A reply that waited
    for this language is shown to the person from now on.

    A person's own messages are translated by those who read them; an interpreter reads what was masked, and what the
    office wrote. Refuses with what `grievance.commands.translating.translate` does.
    """
    case = locked(case)
    check_may(by, Act.TRANSLATE, case)
    if message is not None and message.author_id is None and not shown(by, Field.STATEMENT, case):
        raise not_yours()
    translation = translating.translate(
        grievance=filing.grievance, message=message, language=language, maker=maker, body=body, by=by, at=at
    )
    data = {"message": message.pk if message else None, "language": language, "maker": str(translation.maker)}
    record(case, Event.TRANSLATED, by=by, at=at, filing=filing, data=data)
    if message is not None and language == filing.grievance.language:
        _release(case, filing, message, translated=True, by=by, at=at)
    return translation


@transaction.atomic
def release(*, case: Case, message: Message, by: User, at: datetime) -> None:
    """Show a reply to the person as it is, untranslated. Refuses with ``released_already``."""
    case = locked(case)
    check_may(by, Act.RELEASE, case)
    filing = case.filings.select_related("grievance").get(grievance=message.grievance_id)
    if not _release(case, filing, message, translated=False, by=by, at=at):
        raise Refused("released_already", _("This reply stands on the person's page already."))


def _release(case: Case, filing: Filing, message: Message, *, translated: bool, by: User, at: datetime) -> bool:
    if not conversation.release(message=message, at=at):
        return False
    data = {"message": message.pk, "translated": translated}
    record(case, Event.MESSAGE_RELEASED, by=by, at=at, filing=filing, data=data)
    answered(case, message, at=at)
    return True


@transaction.atomic
def mask(*, case: Case, filing: Filing, body: str, by: User, at: datetime) -> Masked:
    """Keep what the person said with everything struck out that identifies somebody."""
    case = locked(case)
    check_may(by, Act.MASK, case)
    if not shown(by, Field.STATEMENT, case):
        raise not_yours()
    masked = translating.mask(grievance=filing.grievance, body=body, by=by, at=at)
    record(case, Event.MASKED, by=by, at=at, filing=filing)
    return masked
