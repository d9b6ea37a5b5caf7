"""A form that came again: what it says now and did not say before is kept, and nothing of before is dropped.

An answer that was lost on the way looks as if nothing had been sent: people go back, change what they like and press
"Send" once more. It is the same grievance with the same receipt.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from grievance.commands.arrivals import danger_arrived, message_arrived
from grievance.commands.custody import identity_seals
from grievance.commands.draft import Draft
from grievance.commands.files import attach
from grievance.commands.reaching import call_back
from grievance.keys import data_key_by_receipt, open_json, open_text, seal_contact, seal_text
from grievance.models import Complainant, Consent, Grievance, IdentitySeal, Message
from grievance.questions import QUESTIONS, Kind, Question, Stored, in_words
from grievance.receipts import Stretched
from grievance.uploads import SealedUpload
from supplychain.models import Site
from supplychain.names import country_name

# Within this a form that comes again may also change who may know them and how they are reached: after it, the page
# where they come back is the place for that, and what they deleted there does not return with an old form.
PERSON_FOR = timedelta(days=1)
STATEMENT, NAME, BODY = "statement", "name", "message"
COLUMNS = tuple(one for one in QUESTIONS if one.stored == Stored.COLUMN)


def add(
    grievance: Grievance,
    draft: Draft,
    nonce: bytes | None,
    stretched: Stretched,
    uploads: Iterable[SealedUpload],
    at: datetime,
) -> bool:
    """Keep what is not here yet; ``grievance`` is held. True when something was added."""
    data_key = data_key_by_receipt(grievance, stretched.wrap_key)
    body = _as_message(grievance, draft, data_key)
    message = _message(grievance, data_key, body, draft, at) if body else None
    files = attach(grievance=grievance, data_key=data_key, uploads=list(uploads), nonce=nonce, message=message, at=at)
    if files and message is None:
        message = _message(grievance, data_key, "", draft, at)
        grievance.attachments.filter(pk__in=[file.pk for file in files]).update(message=message)
    told = _consents(grievance, draft, at)
    known = at - grievance.received_at < PERSON_FOR and _person(grievance, draft, data_key)
    return message is not None or told or known


def _as_message(grievance: Grievance, draft: Draft, data_key: bytes) -> str:
    """The words as they are now, and each other answer that changed; "" where all of it is here already."""
    parts = [part for part in draft.words().values() if part]
    same_words = open_json(data_key, grievance.sealed_statement, STATEMENT) == draft.words()
    with translation.override(draft.language):
        changed = [_line(one, draft) for one in COLUMNS if _value(one, grievance) != _value(one, draft)]
    body = "\n\n".join([*([] if same_words else parts), *changed])
    sealed = Message.objects.filter(grievance=grievance, author=None).values_list("sealed_body", flat=True)
    return "" if any(open_text(data_key, one, BODY) == body for one in sealed) else body


def _value(question: Question, held: Grievance | Draft) -> Any:
    if question.kind == Kind.SITE:
        return held.site_id
    value = getattr(held, question.stored_as)
    return list(value) if question.kind == Kind.CHOICES else value


def _line(question: Question, draft: Draft) -> str:
    value = _value(question, draft)
    if question.kind == Kind.SITE and value:
        value = Site.objects.get(pk=value).name
    elif question.kind == Kind.COUNTRY and value:
        value = country_name(value, draft.language)
    said = ", ".join(str(line) for line in in_words(question, value)) or gettext("no answer any more")
    return f"{question.title}: {said}"


def _message(grievance: Grievance, data_key: bytes, body: str, draft: Draft, at: datetime) -> Message:
    message = Message.objects.create(
        grievance=grievance, language=draft.language, sealed_body=seal_text(data_key, body, BODY), sent_at=at
    )
    message_arrived(message=message, at=at)
    if draft.urgent and not grievance.urgent:
        danger_arrived(grievance=grievance, at=at)
    return message


def _consents(grievance: Grievance, draft: Draft, at: datetime) -> bool:
    """Another answer is another version. Who agreed and is now to be asked first has not agreed any more."""
    rows = Consent.objects.filter(complainant__grievance=grievance, organisation=None, identity=False)
    before = {one.kind: one.given for one in rows.order_by("at", "pk")}
    now = dict(draft.consents) | ({} if draft.may_tell is None else {"": draft.may_tell})
    now |= {kind: False for kind, given in before.items() if given and kind not in now}
    changed = {kind: given for kind, given in now.items() if before.get(kind) != given}
    if not changed:
        return False
    person = Complainant.objects.get(grievance=grievance)
    first = Consent.objects.filter(complainant=person).count() + 1
    Consent.objects.bulk_create(
        Consent(complainant=person, kind=kind, version=version, given=given, at=at)
        for version, (kind, given) in enumerate(changed.items(), start=first)
    )
    return True


def _person(grievance: Grievance, draft: Draft, data_key: bytes) -> bool:
    """Who may know them, their name, and how they are reached. True where something is seen to have changed: what is
    sealed for others cannot be compared here, and is written again."""
    person = Complainant.objects.select_for_update().get(grievance=grievance)
    contact = draft.contact() if draft.openness != Grievance.Openness.ANONYMOUS else {}
    name = draft.name if draft.openness == Grievance.Openness.OPEN else ""
    held = open_text(data_key, person.sealed_name, NAME) if person.sealed_name else ""
    way = draft.safe_way if draft.openness != Grievance.Openness.ANONYMOUS else Complainant.Safe.NONE
    reached = any(contact.values())
    before = (grievance.openness, held, person.safe_way, person.sealed_contact is not None)
    person.sealed_name = seal_text(data_key, name, NAME) if name else None
    person.sealed_contact = seal_contact(contact) if reached else None
    person.phone_mark = person.email_mark = person.marked_at = None  # a worker finds them anew
    person.safe_way = way
    person.save()
    call_back([person])
    if draft.openness == Grievance.Openness.CONFIDENTIAL and draft.name and not person.seals.exists():
        IdentitySeal.objects.bulk_create(identity_seals(person, draft.name))
    Grievance.objects.filter(pk=grievance.pk).update(openness=draft.openness)
    return before != (draft.openness, name, way, reached)
