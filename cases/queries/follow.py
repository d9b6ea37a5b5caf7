"""What the person who filed reads on their page: a number of questions that grows with nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q
from django.utils.functional import Promise

from cases.codes import ServedKind
from cases.labels import NEXT
from cases.models import Clock, Filing, Respondent, SafetyCheck, Unsealing
from cases.queries.appeals import may_appeal_until
from cases.queries.disclosures import disclosures
from cases.queries.pages import Step, line_of
from cases.queries.promises import Promises, promises_to
from cases.queries.record import kind_of
from cases.queries.served import Served, served_to
from cases.queries.shared import broadcasts_to
from cases.states import CASE, Stage, Track
from grievance.codes import RecipientKind
from grievance.commands.following import Following
from grievance.models import Attachment, CallGrant, Complainant, Consent, ConsentQuestion, Grievance, Relay
from grievance.queries import Turn, WayBack, first_attachments, readers, turns, way_back
from supplychain.models import Organisation

# By these the person hears from us at the latest.
OWED = ("acknowledge", "acknowledge_urgent", "update", "answer_message")
# Of them: what is not owed to somebody who waived it (behaviour 3).
ACKNOWLEDGING = frozenset({"acknowledge", "acknowledge_urgent"})

DECIDED = frozenset({ServedKind.FINDING, ServedKind.LETTER, ServedKind.DECISION})
# Where nothing is decided any more.
OVER = frozenset({Stage.CLOSED, Stage.SET_ASIDE})


@dataclass(frozen=True)
class Awaited:
    """What happens next, and by when; ``late`` where it should have happened; ``still_until``: it waits so long."""

    words: str | Promise
    due_at: datetime
    late: bool
    still_until: datetime | None = None


@dataclass(frozen=True)
class Recipient:
    """One company that answers, or every one (``organisation`` None), and what the person said about telling it.

    ``agreed`` None: nothing yet. ``asked``: a question waits. ``few``: so few people fit the facts that they may be
    recognised. ``told_at``: it knows.
    """

    organisation: Organisation | None
    agreed: bool | None
    since: datetime | None
    asked: bool = False
    few: bool = False
    told_at: datetime | None = None
    kind: str = ""
    name: str | Promise = ""  # of the kind, where it is one and no company


@dataclass(frozen=True)
class FollowPage:
    """What the person who filed may read. ``filing`` is None until the case is open."""

    filing: Filing | None
    stage: str
    sentence: str | Promise
    line: list[Step]
    next_word_by: datetime | None  # when they hear from us at the latest
    ahead: list[Awaited]
    readers: int
    opened: list[Unsealing]
    first_attachments: list[Attachment]
    turns: list[Turn]
    asks_safety: bool
    asks_dialogue: bool
    asks_inquiry: bool
    everybody: Recipient
    kinds: list[Recipient]
    recipients: list[Recipient]
    known_to: list[Recipient]  # companies that may know who they are, or ask to
    may_allow_call: bool
    call: CallGrant | None
    served: list[Served]
    appeal_until: datetime | None  # None: nothing can be appealed against now
    promises: Promises
    way_back: WayBack
    partner: Relay | None  # who passed their words on, as long as they have not ended it
    is_reachable: bool  # is there a contact, or a name given with it, that they could delete?
    safe_way: str

    @property
    def asks(self) -> bool:
        """Is there anything that the office asks of this person?"""
        return (
            bool(self.questions or self.asked_to_be_known or self.to_check) or self.asks_dialogue or self.asks_inquiry
        )

    @property
    def anybody_agreed(self) -> bool:
        return any(one.agreed for one in (self.everybody, *self.kinds, *self.recipients))

    @property
    def decided(self) -> list[Served]:
        """What was found or decided, with its reasons."""
        return [one for one in self.served if one.kind in DECIDED]

    @property
    def meetings(self) -> list[Served]:
        return [one for one in self.served if one.kind == ServedKind.PLACE]

    @property
    def to_check(self) -> Served | None:
        """The oldest minutes that wait for this person to say whether they are right: one at a time."""
        return next((one for one in self.served if one.to_check), None)

    @property
    def helpers(self) -> list[Served]:
        return [one for one in self.served if one.kind == ServedKind.REFERRAL]

    @property
    def questions(self) -> list[Recipient]:
        return [one for one in self.recipients if one.asked]

    @property
    def asked_to_be_known(self) -> list[Recipient]:
        return [one for one in self.known_to if one.asked]


def follow_page(*, following: Following, at: datetime) -> FollowPage:
    """The follow page; works before anybody took the grievance up."""
    grievance = following.grievance
    filing = Filing.objects.filter(grievance=grievance).select_related("case", "grievance").first()
    person = Complainant.objects.get(grievance=grievance)
    stage = filing.case.stage if filing else Stage.RECEIVED
    clocks = clocks_to(filing, at)
    owed = min((due for kind, due, _still in clocks if kind in OWED), default=None)
    everybody, recipients = recipients_of(person, filing, at)
    return FollowPage(
        filing=filing,
        stage=stage,
        sentence=CASE.states[stage].sentence,
        line=line_of(filing.case if filing else None),
        next_word_by=owed if owed and owed > at else None,
        ahead=[Awaited(NEXT[kind], due, due < at, still) for kind, due, still in clocks if kind in NEXT],
        readers=readers(grievance),
        opened=list(Unsealing.objects.filter(filing=filing).exclude(opened_at=None).order_by("pk")) if filing else [],
        first_attachments=list(first_attachments(grievance)),
        turns=_turns(following, filing),
        asks_safety=filing is not None and SafetyCheck.objects.unanswered(at).filter(filing=filing).exists(),
        asks_dialogue=filing is not None and filing.dialogue_asked_at is not None and stage not in OVER,
        asks_inquiry=filing is not None and filing.case.track == Track.SURVIVOR and stage not in OVER,
        everybody=everybody,
        kinds=_kinds(person),
        recipients=recipients,
        known_to=known_to(person),
        may_allow_call=person.sealed_contact is not None and grievance.openness == Grievance.Openness.CONFIDENTIAL,
        call=CallGrant.objects.running(at).filter(complainant=person).first(),
        served=served_to(following),
        appeal_until=may_appeal_until(following, at),
        promises=promises_to(filing, following.data_key, at),
        way_back=way_back(grievance),
        partner=Relay.objects.running().spoken_for().filter(grievance=grievance).select_related("partner").first(),
        is_reachable=person.is_reachable,
        safe_way=person.safe_way,
    )


def _turns(following: Following, filing: Filing | None) -> list[Turn]:
    """The conversation, with what was written to everybody in the case among it."""
    own = turns(grievance=following.grievance, data_key=following.data_key, to_person=True)
    to_all = broadcasts_to(filing, following.data_key) if filing else []
    shared = [Turn(0, at, False, language, body, ()) for at, language, body in to_all]
    return sorted([*own, *shared], key=lambda turn: turn.sent_at)


def clocks_to(filing: Filing | None, at: datetime) -> list[tuple[str, datetime, datetime | None]]:
    """What is due of this person's case, soonest first, and until when it stands still; what a company owes is not
    theirs to wait for."""
    if filing is None:
        return []
    running = Clock.objects.running().filter(case=filing.case_id, respondent=None).order_by("due_at", "pk")
    kinds = {*OWED, *NEXT} - (ACKNOWLEDGING if filing.waived_because else frozenset())
    still = Max("pauses__until_at", filter=Q(pauses__from_at__lte=at, pauses__until_at__gt=at))
    return list(running.filter(kind__in=kinds).annotate(still=still).values_list("kind", "due_at", "still"))


def recipients_of(person: Complainant, filing: Filing | None, at: datetime) -> tuple[Recipient, list[Recipient]]:
    """What they said about all companies, and about each that answers in their case."""
    said = list(Consent.objects.filter(complainant=person, identity=False).order_by("at", "pk"))
    asked = ConsentQuestion.objects.filter(complainant=person, identity=False).order_by("pk")
    questions = {one.organisation_id: one for one in asked}
    general = next((one for one in reversed(said) if one.organisation_id is None and not one.kind), None)
    everybody = Recipient(None, general.given if general else None, general.at if general else None)
    if filing is None:
        return everybody, []
    told = disclosures([filing.case_id])[filing.case_id]
    respondents = Respondent.objects.filter(case=filing.case_id).select_related("organisation")
    return everybody, [
        _recipient(
            one.organisation,
            _newest(said, one.organisation_id, kind_of(one)),
            questions.get(one.organisation_id),
            max((moment for moment in told[one.pk] if moment <= at), default=None),
        )
        for one in respondents.order_by("tier", "organisation__name", "pk")
    ]


def _kinds(person: Complainant) -> list[Recipient]:
    """Each kind of recipient that they were asked about, with what they said last of it, or later of all of them."""
    said = list(Consent.objects.filter(complainant=person, identity=False, organisation=None).order_by("at", "pk"))
    found = []
    for kind in RecipientKind:
        if any(one.kind == kind for one in said):
            word = next(one for one in reversed(said) if one.kind in {"", kind})
            found.append(Recipient(None, word.given, word.at, kind=kind, name=kind.label))
    return found


def known_to(person: Complainant) -> list[Recipient]:
    """Companies that asked, through us, to know who this person is in order to put it right for them."""
    said = list(Consent.objects.filter(complainant=person, identity=True).order_by("at", "pk"))
    asked = ConsentQuestion.objects.filter(complainant=person, identity=True).select_related("organisation")
    questions = {one.organisation: one for one in asked.order_by("pk")}
    return [
        _recipient(organisation, _newest(said, organisation.pk, ""), question, None)
        for organisation, question in questions.items()
    ]


def _newest(said: Iterable[Consent], organisation: int, kind: str) -> Consent | None:
    """The last word about one company; what was said about all of them, or all of its kind, counts for each."""
    about = [one for one in said if one.is_about(organisation, kind)]
    return about[-1] if about else None


def _recipient(
    organisation: Organisation, word: Consent | None, question: ConsentQuestion | None, told_at: datetime | None
) -> Recipient:
    return Recipient(
        organisation=organisation,
        agreed=word.given if word else None,
        since=word.at if word else None,
        asked=question is not None and (word is None or word.at < question.at),
        few=question is not None and question.few,
        told_at=told_at,
    )
