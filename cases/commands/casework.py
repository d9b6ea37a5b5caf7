"""What officers do with a case."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.history import keep
from accounts.models import User
from accounts.roles import Act
from cases.commands import clocks, deadlines
from cases.commands.bulk import leave_bulk
from cases.commands.moving import keep_words, locked, move
from cases.commands.record import record
from cases.commands.routing import route
from cases.commands.warnings import warn
from cases.events import Event
from cases.models import Case, Clock, Draw, Filing, Sample
from cases.policies import check_handler, check_may, check_move
from cases.queries import oldest_unread
from cases.queries.words import longest_without_news
from cases.rules.packs import feedback_starts
from cases.states import AsideReason, Stage
from grievance.commands import conversation
from grievance.models import Message
from grievance.uploads import SealedUpload
from supplychain.models import Site

# Nothing is owed regularly to somebody whose case stands here.
RESTING = frozenset({Stage.SET_ASIDE, Stage.CLOSED})


@transaction.atomic
def screen(*, case: Case, by: User, at: datetime) -> None:
    """A human looked: received becomes screening. Urgent triage ends with it."""
    case = locked(case)
    check_may(by, Act.TRIAGE, case)
    leave_bulk(case, at=at)
    move(case, "take_up", by=by, at=at)
    clocks.stop(case, "urgent_triage", at=at)


@transaction.atomic
def set_aside(*, case: Case, reason: AsideReason, by: User, at: datetime) -> None:
    """This was no complaint (spam, test, enquiry, duplicate); reversible, and its clocks stand still."""
    case = locked(case)
    check_may(by, Act.SET_ASIDE, case)
    step = check_move(case, "set_aside")
    case.stage = step.target
    keep_words(case, at)
    keep(case, by=by, at=at, why=step.event)
    record(case, step.event, by=by, at=at, data={"reason": reason})
    Draw.objects.create(case=case, aside_at=at)
    clocks.stop_all(case, at=at)


@transaction.atomic
def bring_back(*, case: Case, by: User, at: datetime) -> None:
    """It was a complaint after all: back to screening, with every deadline where it was."""
    case = locked(case)
    check_may(by, Act.BRING_BACK, case)
    step = check_move(case, "bring_back")
    aside = case.events.filter(kind="case_set_aside").latest("pk")
    case.stage = step.target
    keep_words(case, at)
    keep(case, by=by, at=at, why=step.event)
    record(case, step.event, by=by, at=at)
    clocks.run_again(case, stopped_at=aside.at)
    # Whoever brought it back has looked again: neither chance nor a supervisor need do so.
    Draw.objects.undecided().filter(case=case).update(decided_at=at)
    Sample.objects.filter(case=case, checked_at=None).update(checked_by=by, checked_at=at, agreed=False)


@transaction.atomic
def acknowledge(*, case: Case, by: User, at: datetime) -> None:
    """Tell the person that a human has their words; feedback is due three months from then (WBD 9(1)(b), (f))."""
    case = locked(case)
    check_may(by, Act.ACKNOWLEDGE, case)
    if not Filing.objects.to_acknowledge().filter(case=case).exists():
        raise Refused("waived", _("Nobody in this case is to be acknowledged to."))
    case.acknowledged_at = at
    keep(case, by=by, at=at, why=Event.ACKNOWLEDGED)
    record(case, Event.ACKNOWLEDGED, by=by, at=at)
    clocks.stop(case, "acknowledge", "acknowledge_urgent", at=at)
    _run_feedback(case, at)


def _run_feedback(case: Case, at: datetime) -> None:
    """From the acknowledgement, and never later than somebody who joined was promised."""
    running = Clock.objects.running().filter(case=case, kind="feedback").first()
    clocks.stop(case, "feedback", at=at)
    began = feedback_starts(case.opened_at, at)
    fresh = clocks.start(case, "feedback", at=began)
    if running is not None and running.promised_at is not None and running.due_at < fresh.due_at:
        clocks.bring_forward(case, "feedback", due=running.due_at, at=at)


@transaction.atomic
def reply(
    *,
    case: Case,
    filing: Filing,
    by: User,
    body: str,
    language: str,
    read_up_to: int,
    uploads: Sequence[SealedUpload] = (),
    at: datetime,
    feedback: bool = False,
) -> Message:
    """Write to the person. What they said up to the message with the id ``read_up_to`` (0: none) is answered; what came
    in while the officer wrote stays unread, with its deadline. In another language than theirs the reply waits for a
    translation, and until then nothing is answered. ``feedback``: this is the feedback that is owed; refused where
    others filed too, or where they cannot read it yet."""
    case = locked(case)
    check_may(by, Act.REPLY, case)
    message = conversation.reply(
        grievance=filing.grievance,
        author=by,
        body=body,
        language=language,
        read_up_to=read_up_to,
        uploads=uploads,
        at=at,
    )
    shown = message.released_at is not None
    kind = Event.REPLY_SENT if shown else Event.REPLY_WRITTEN
    record(case, kind, by=by, at=at, filing=filing, data={"message": message.pk})
    if shown:
        answered(case, message, at=at)
    if feedback:
        _is_feedback(case, shown=shown)
        deadlines.give_feedback(case=case, by=by, at=at)
    return message


def _is_feedback(case: Case, *, shown: bool) -> None:
    if not shown:
        raise Refused("feedback_unread", _("They cannot read this yet: feedback is given when it is translated."))
    if Filing.objects.live().filter(case=case).count() > 1:
        raise Refused("feedback_for_one", _("Others filed too: feedback is owed to each of them. Write to all."))


def answered(case: Case, message: Message, *, at: datetime) -> None:
    """The person has this reply before them: the deadlines of what it answers stop, and the next update is due a month
    from now. ``case`` is `locked`."""
    Case.objects.filter(pk=case.pk).update(unread_since=oldest_unread(case))
    clocks.stop_answered(case, message.grievance_id, message.answers_id or 0, at=at)
    told_news(case, at=at)


def told_news(case: Case, *, at: datetime) -> None:
    """Somebody heard from us: the next update is due a month after whoever of them has waited longest heard last, so
    that a reply to one of many moves nothing for the others. ``case`` is `locked`."""
    since = longest_without_news(case) or at
    running = Clock.objects.running().filter(case=case, kind="update").first()
    if running is not None and (running.promised_at is None and running.started_at >= since):
        return
    clocks.stop(case, "update", at=at)
    if case.stage not in RESTING:
        clocks.start(case, "update", at=since)


@transaction.atomic
def assign(*, case: Case, handler: User, by: User, at: datetime) -> None:
    """Give the case to a handler who is free of conflict."""
    case = locked(case)
    check_may(by, Act.ASSIGN, case)
    check_handler(handler, case)
    case.handler = handler
    keep(case, by=by, at=at, why=Event.HANDLER_ASSIGNED)
    record(case, Event.HANDLER_ASSIGNED, by=by, at=at, data={"handler": handler.pk})


@transaction.atomic
def name_site(*, case: Case, site: Site, by: User, at: datetime) -> None:
    """The place in the person's words is this site: now the chain can be asked who answers."""
    case = locked(case)
    check_may(by, Act.NAME_SITE, case)
    case.site = site
    keep(case, by=by, at=at, why=Event.SITE_NAMED)
    record(case, Event.SITE_NAMED, by=by, at=at)
    clocks.reckon_all(case, at=at, by_country=site.country)
    route(case, by=by, at=at)
    warn(case, at=at)
