"""What a field partner follows: what it passed on, as far as each person allows, and its texts. Nothing else exists for
it, in no list and no count."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.utils.functional import Promise

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Role
from cases.states import CASE, Stage
from grievance.models import Drill, FieldPartner, InboundText, PartnerNumber, Relay, Reply

MOST_TEXTS = 100  # of one number, the newest ones
PAGE = 50
LATELY = timedelta(days=7)  # what is said of texts beside the list


@dataclass(frozen=True)
class Followed:
    """One filing as its partner sees it. ``label`` and ``sentence`` are "" where the person does not let them see where
    it stands; ``answers`` counts what the office wrote, None where that is not theirs to know."""

    reference: str
    at: datetime
    language: str
    consent: str
    may_see: str
    own: bool
    drill: bool
    row: int | None
    label: str | Promise
    sentence: str | Promise
    answers: int | None


@dataclass(frozen=True)
class TextLine:
    """One text that came or went, without a word of it. ``state``: as `Reply.how_it_stands`; "" for one that came."""

    at: datetime
    came: bool
    state: str
    segments: int


@dataclass(frozen=True)
class Number:
    pk: int
    label: str
    paired_at: datetime
    ended_at: datetime | None
    because: str
    texts: list[TextLine]


@dataclass(frozen=True)
class Trouble:
    """How many texts of the last days did not reach the phones of a partner, and how many have not gone out yet."""

    failed: int
    waiting: int


def followed(partner: FieldPartner, reference: str = "") -> QuerySet[Relay]:
    """Newest first; with ``answered``, how many answers of the office the person reads."""
    rows = Relay.objects.followed_by(partner).select_related("grievance__filing__case", "grievance__practice")
    shown = Q(grievance__messages__author__isnull=False, grievance__messages__released_at__isnull=False)
    rows = rows.annotate(answered=Count("grievance__messages", filter=shown)).order_by("-at", "-pk")
    return rows.filter(reference=reference) if reference else rows


def seen(relay: Relay) -> Followed:
    """``relay`` as `followed` gives it."""
    grievance = relay.grievance
    filing = getattr(grievance, "filing", None)
    state = CASE.states[filing.case.stage if filing else Stage.RECEIVED]
    practice = getattr(grievance, "practice", None)
    return Followed(
        reference=relay.reference,
        at=relay.at,
        language=grievance.language,
        consent=relay.get_consent_how_display(),
        may_see=relay.get_may_see_display(),
        own=relay.own_report,
        drill=practice is not None and not practice.real,
        row=relay.row,
        label=state.label if relay.shows_stage else "",
        sentence=state.sentence if relay.shows_stage else "",
        answers=relay.answered if relay.shows_answers else None,  # type: ignore[attr-defined]  # annotated
    )


def one_followed(partner: FieldPartner, reference: str) -> Followed | None:
    relay = followed(partner, reference).first() if reference else None
    return seen(relay) if relay else None


def all_followed(partner: FieldPartner) -> Iterator[Followed]:
    return map(seen, followed(partner).iterator(chunk_size=500))


def numbers_of(partner: FieldPartner) -> list[Number]:
    """Those that are paired now first; a constant number of questions for each."""
    rows = PartnerNumber.objects.filter(partner=partner).select_related("code__card")
    return [_number(row) for row in rows.order_by("ended_at", "-pk")]


def number_of(partner: FieldPartner, pk: int) -> PartnerNumber | None:
    return PartnerNumber.objects.filter(partner=partner, pk=pk).select_related("partner").first()


def _number(row: PartnerNumber) -> Number:
    """Of its texts those of the time in which it was paired: before and after it was anybody's."""
    came = InboundText.objects.filter(writer=row.writer_id, at__gte=row.paired_at, twin_of=None)
    went = Reply.objects.filter(writer=row.writer_id, made_at__gte=row.paired_at)
    if row.ended_at is not None:
        came, went = came.filter(at__lte=row.ended_at), went.filter(made_at__lte=row.ended_at)
    texts = [TextLine(at, True, "", 0) for at in came.order_by("-at").values_list("at", flat=True)[:MOST_TEXTS]]
    sent = went.only("made_at", "state", "report", "segments").order_by("-made_at", "-pk")[:MOST_TEXTS]
    texts += [TextLine(reply.made_at, False, reply.how_it_stands(), reply.segments) for reply in sent]
    newest = sorted(texts, key=lambda text: text.at, reverse=True)[:MOST_TEXTS]
    label = row.code.card.label
    return Number(row.pk, label, row.paired_at, row.ended_at, row.get_ended_because_display(), newest)


def texts_in_trouble(partner: FieldPartner, at: datetime) -> Trouble:
    """Of those to its phones, since each was paired."""
    paired = Q(writer__pairings__partner=partner, writer__pairings__ended_at=None)
    since = Q(made_at__gte=at - LATELY) & Q(made_at__gte=F("writer__pairings__paired_at"))
    went = Reply.objects.filter(paired & since)
    failed = Q(state=Reply.State.DEAD) | Q(state=Reply.State.SENT, report=Reply.Report.FAILED)
    waiting = Q(state__in=[Reply.State.WAITING, Reply.State.LEASED])
    return Trouble(**went.aggregate(failed=Count("pk", filter=failed), waiting=Count("pk", filter=waiting)))


def partner_of(user: User) -> FieldPartner | None:
    """For which partner this person works now; None without the role."""
    return FieldPartner.objects.of(user).first() if Role.PARTNER in roles_of(user) else None


def drill_for(partner: FieldPartner, user: User, at: datetime) -> Drill | None:
    """The drill in which this person files now."""
    return Drill.objects.running(at).covering(partner, user=user).first()


def rows_of_list(partner: FieldPartner, nonce_hash: bytes) -> list[Relay]:
    """What this partner filed from one list, in its order."""
    rows = Relay.objects.filter(partner=partner, batch__nonce_hash=nonce_hash)
    return list(rows.select_related("grievance").order_by("row"))


def relayed_under(partner: FieldPartner, nonce_hash: bytes) -> Relay | None:
    """What this partner filed from one form, if it was filed; whoever has the nonce has had its number before them."""
    rows = Relay.objects.filter(partner=partner, grievance__receipt__nonce_hash=nonce_hash)
    return rows.select_related("grievance").first()
