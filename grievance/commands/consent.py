"""May a company be told: the office asks, and the person answers, changes their mind and takes it back (WBD 16(1)).

``identity`` everywhere: whether the company may know who the person is, to put it right for them; else whether it may
be told what happened.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from grievance.commands.following import Following
from grievance.models import Complainant, Consent, ConsentQuestion
from supplychain.models import Organisation


@transaction.atomic
def ask(
    *,
    complainants: Iterable[int],
    organisations: Mapping[int, str],
    few: bool,
    identity: bool = False,
    by: User,
    at: datetime,
) -> list[ConsentQuestion]:
    """Put the question on the follow page of each person, by the ids of `Complainant` and `Organisation`, each company
    with its kind (`RecipientKind`).

    Nobody is asked again what they have been asked and not answered, nor what they have agreed to; ``few``: that fewer
    than ten people fit the facts, which a question or an answer without it did not say. Returns what is new.
    """
    people, companies = sorted(set(complainants)), sorted(organisations)
    settled = _settled(people, organisations, few=few, identity=identity)
    return ConsentQuestion.objects.bulk_create(
        [
            ConsentQuestion(complainant_id=person, organisation_id=company, few=few, identity=identity, by=by, at=at)
            for person in people
            for company in companies
            if (person, company) not in settled
        ]
    )


def _settled(people: list[int], companies: Mapping[int, str], *, few: bool, identity: bool) -> set[tuple[int, int]]:
    """(complainant, organisation) of which a question is open, or a yes is on record, that says as much."""
    words = Consent.last_words(people, companies, identity=identity)
    questions = ConsentQuestion.objects.filter(complainant__in=people, organisation__in=companies, identity=identity)
    found = {
        (person, company)
        for company, said in words.items()
        for person, consent in said.items()
        if consent.given and (consent.informed or not few)
    }
    for question in questions:
        answer = words[question.organisation_id].get(question.complainant_id)
        if (answer is None or answer.at < question.at) and (question.few or not few):
            found.add((question.complainant_id, question.organisation_id))
    return found


@transaction.atomic
def answer(
    *,
    following: Following,
    organisation: Organisation | None,
    given: bool,
    kind: str = "",
    informed: bool = False,
    identity: bool = False,
    at: datetime,
) -> Consent:
    """The person says whether a company may be told; None: every one of ``kind``, and without a kind every company that
    answers. Each answer is a new version.

    ``informed``: the question said that fewer than ten people fit the facts. The same answer pressed twice is one. Who
    wants a company told nothing does not want to be known to it either.
    """
    complainant = Complainant.objects.select_for_update().get(grievance=following.grievance)
    versions = Consent.objects.filter(complainant=complainant).order_by("at", "pk")
    last = versions.filter(identity=identity).last()
    said = (organisation.pk if organisation else None, kind, given, informed)
    if last and said == (last.organisation_id, last.kind, last.given, last.informed) and not _asked_since(last):
        return last
    known = versions.filter(identity=True, given=True).exists()
    about = [identity] if given or identity or not known else [False, True]
    rows = [
        Consent(
            complainant=complainant,
            organisation=organisation,
            kind=kind,
            version=number,
            given=given,
            informed=informed,
            identity=one,
            at=at,
        )
        for number, one in enumerate(about, start=versions.count() + 1)
    ]
    return Consent.objects.bulk_create(rows)[0]


def _asked_since(last: Consent) -> bool:
    """Was this person asked again after they answered? Then the same answer says something new."""
    questions = ConsentQuestion.objects.filter(complainant=last.complainant_id, identity=last.identity, at__gte=last.at)
    if last.organisation_id is not None:
        questions = questions.filter(organisation=last.organisation_id)
    return questions.exists()


def revoke(*, following: Following, organisation: Organisation | None = None, at: datetime) -> Consent:
    """The person takes back what they allowed, towards one company or (None) towards all of them."""
    return answer(following=following, organisation=organisation, given=False, at=at)
