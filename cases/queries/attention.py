"""What in the queue waits for somebody, as one table: the tiles of the desk count it, and the queue narrows by it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Act, Field, Role, does, stages_seen
from cases.models import Breach, Case, Clock, Filing, RemedyStep, Respondent, Sample
from cases.models.case import CaseQuerySet
from cases.queries.words import languages_read_by
from cases.states import Stage
from grievance.models import Message, Translation

Text = str | Promise
SOON = timedelta(days=7)
ASLEEP = (Stage.CLOSED, Stage.SET_ASIDE)


@dataclass(frozen=True)
class Attention:
    """``key`` stands in addresses. ``narrow``: (cases, who looks, when) -> those of them that wait. ``roles``: whose
    concern it is; None: of everybody who sees cases. ``on_desk``: it has a tile on the start page."""

    key: str
    label: Text
    narrow: Callable[[CaseQuerySet, User, datetime], CaseQuerySet]
    roles: frozenset[Role] | None = None
    on_desk: bool = True

    def concerns(self, user: User) -> bool:
        return self.roles is None or bool(self.roles & roles_of(user))


def mine(cases: CaseQuerySet, user: User, at: datetime) -> CaseQuerySet:
    return cases.handled_by(user).exclude(stage=Stage.CLOSED)


def overdue(cases: CaseQuerySet, user: User, at: datetime) -> CaseQuerySet:
    return cases.overdue(at)


def due_this_week(cases: CaseQuerySet, user: User, at: datetime) -> CaseQuerySet:
    return cases.filter(due_order__gte=at, due_order__lt=at + SOON)


def unread(cases: CaseQuerySet, user: User, at: datetime) -> CaseQuerySet:
    return cases.unread()


def disputed(cases: CaseQuerySet, user: User, at: datetime) -> CaseQuerySet:
    """A company contests that it answers, or somebody says that a step of the remedy was not done."""
    contested = Respondent.objects.order_by().filter(where_shown(user, Field.RESPONDENTS, "case__"), state="contested")
    disputes = RemedyStep.objects.order_by().filter(where_shown(user, Field.REMEDY, "plan__case__"), state="disputed")
    # Of few cases: found first, and not asked of every case in turn.
    return cases.filter(pk__in=contested.values("case").union(disputes.values("plan__case")))


def urgent(cases: CaseQuerySet, user: User, at: datetime) -> CaseQuerySet:
    return cases.filter(urgent_since__isnull=False)


def in_bulk(cases: CaseQuerySet, user: User, at: datetime) -> CaseQuerySet:
    return cases.in_bulk_review()


def stalled(cases: CaseQuerySet, user: User, at: datetime) -> CaseQuerySet:
    """A company is past its day."""
    late = Clock.objects.running().filter(respondent__isnull=False, due_at__lt=at)
    return cases.filter(pk__in=late.values("case")).filter(where_shown(user, Field.RESPONDENTS))


def missed(cases: CaseQuerySet, user: User, at: datetime) -> CaseQuerySet:
    """A deadline was missed, and what was owed is not done yet: its clock runs, and so the case is overdue."""
    open_ones = Breach.objects.open().filter(case=OuterRef("pk"))
    # The first of each case that is looked at: a join makes PostgreSQL expect few, and sort all that are overdue.
    found = cases.overdue(at).alias(breach=Subquery(open_ones.values("pk")[:1])).filter(breach__isnull=False)
    return found.filter(where_shown(user, Field.DEADLINES))


def untranslated(cases: CaseQuerySet, user: User, at: datetime) -> CaseQuerySet:
    """A reply waits for a translation, or a statement in no language that this person reads has none yet."""
    reads = languages_read_by(user)
    into = Translation.objects.filter(grievance=OuterRef("grievance"), message=None, language__in=reads)
    unreadable = Filing.objects.live().filter(case=OuterRef("pk")).exclude(grievance__language__in=reads)
    replies = Message.objects.waiting().filter(grievance__filing__case=OuterRef("pk"))
    # The first of each case that is looked at: PostgreSQL would list those of all cases beforehand.
    waiting = cases.alias(
        statement=Subquery(unreadable.filter(~Exists(into)).values("pk")[:1]), reply=Subquery(replies.values("pk")[:1])
    )
    return waiting.filter(Q(reply__isnull=False) | ~Q(stage__in=ASLEEP) & Q(statement__isnull=False))


def sampled(cases: CaseQuerySet, user: User, at: datetime) -> CaseQuerySet:
    return cases.filter(pk__in=Sample.objects.filter(checked_at=None).values("case"))


def unassigned(cases: CaseQuerySet, user: User, at: datetime) -> CaseQuerySet:
    return cases.filter(handler=None).exclude(stage__in=ASLEEP)


def past_its_date(cases: CaseQuerySet, user: User, at: datetime) -> CaseQuerySet:
    # Found first: there are few or none, and SQLite would look for them along the whole queue.
    return cases.filter(pk__in=Case.objects.record_past(at).values("pk"))


def where_shown(user: User, field: Field, case: str = "") -> Q:
    """Only at the stages where this person's roles see what the filter would tell of. ``case``: the way to the case."""
    stages = stages_seen(roles_of(user), field)
    return Q() if stages is None else Q(**{f"{case}stage__in": stages})


TRIAGING = frozenset(role for role in Role if does(frozenset({role}), Act.TRIAGE))
SUPERVISING = frozenset({Role.SUPERVISOR, Role.OVERSIGHT})
ATTENTION = (
    Attention("mine", _("My cases"), mine),
    Attention("overdue", _("Overdue"), overdue),
    Attention("missed", _("Missed deadlines"), missed),
    Attention("week", _("Due within seven days"), due_this_week),
    Attention("unread", _("Unread answer"), unread),
    Attention("disputes", _("Disputes"), disputed),
    Attention("urgent", _("Urgent"), urgent),
    Attention("bulk", _("For review in bulk"), in_bulk, TRIAGING),
    Attention("stalled", _("Companies past their day"), stalled),
    Attention("translation", _("Waits for a translation"), untranslated),
    Attention("samples", _("Set aside, to look at again"), sampled, SUPERVISING),
    Attention("past", _("Record past its date"), past_its_date, on_desk=False),
    Attention("unassigned", _("Without a handler"), unassigned, on_desk=False),
)
