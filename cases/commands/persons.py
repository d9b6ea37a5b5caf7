"""People named in a case who did not file it: their name under a key of their own, their consent, their answer.

Sources: WBD 22 (the rights of persons concerned), ISO 37002 8.4.4 (a right of reply), GDPR 14.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Act
from cases.codes import Capacity
from cases.commands.moving import locked
from cases.commands.pressed import just_made
from cases.commands.record import record
from cases.events import Event
from cases.models import Case, Person
from cases.policies import check_consents, check_may, check_may_be_told
from cases.queries.inquiry import companies_may_be_told
from grievance.commands.datakeys import make_data_key
from grievance.keys import data_key_for_office, open_text, seal_text


@transaction.atomic
def name_person(*, case: Case, capacity: Capacity, name: str, by: User, at: datetime) -> Person:
    """Somebody is accused, a witness or a relative; erasing their key erases them alone."""
    case = locked(case)
    check_may(by, Act.NAME_PERSON, case)
    if again := just_made(case.persons.filter(capacity=capacity), name, opens=_name, by=by, at=at):
        return again
    key, data_key = make_data_key(at=at)
    person = Person.objects.create(
        case=case, capacity=capacity, key=key, sealed_name=seal_text(data_key, name, "name"), by=by, at=at
    )
    record(case, Event.PERSON_NAMED, by=by, at=at, data={"person": person.pk})
    return person


def _name(person: Person) -> str:
    return open_text(data_key_for_office(person.key_id), person.sealed_name, "name")


@transaction.atomic
def invite(*, person: Person, by: User, at: datetime) -> None:
    """Somebody accused was invited to answer: from then on a finding may be made without waiting for them.

    It tells them that there is a case, and through them the site: with the consent of everybody who filed alone.
    """
    person = _held_fast(person)
    check_may(by, Act.RECORD_WORDS, person.case)
    if person.capacity != Capacity.ACCUSED:
        raise Refused("not_accused", _("Only somebody who is accused is invited to answer."))
    if person.asked_at is not None:
        raise Refused("already_invited", _("This person was invited to answer already."))
    check_may_be_told(companies_may_be_told(person.case))
    person.asked_at = at
    person.save(update_fields=["asked_at"])
    record(person.case, Event.PERSON_INVITED, by=by, at=at, data={"person": person.pk})


@transaction.atomic
def record_words(*, person: Person, consents: bool | None, words: str, by: User, at: datetime) -> None:
    """What they said, in their own words, and whether they agree that it is used and that they are named.

    The newest answer holds. A witness or relative who says no takes back with it what they said before; whoever is
    accused answers by right, and needs no consent.
    """
    person = _held_fast(person)
    check_may(by, Act.RECORD_WORDS, person.case)
    if consents is None and not words:
        raise Refused("nothing_said", _("Write what the person said, or whether they agree."))
    person.consents = consents if consents is not None else person.consents
    if words:
        check_consents(person)
        person.sealed_words = seal_text(data_key_for_office(person.key_id), words, "words")
        person.answered_at = at
        person.asked_at = person.asked_at or at
    elif person.consents is False and person.capacity != Capacity.ACCUSED:
        person.sealed_words = person.answered_at = None
    person.save(update_fields=["consents", "sealed_words", "answered_at", "asked_at"])
    record(person.case, Event.PERSON_ANSWERED, by=by, at=at, data={"person": person.pk})


def _held_fast(person: Person) -> Person:
    locked(person.case)
    return Person.objects.select_related("case__site").get(pk=person.pk)
