"""Saying by the codes of the taxonomy what a case is about; its severity, its track and who sees it follow at once."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.history import keep
from accounts.models import User
from accounts.roles import Act
from cases.codes import MECHANISM, TAXONOMY
from cases.commands import clocks
from cases.commands.moving import locked
from cases.commands.record import record
from cases.commands.warnings import warn
from cases.events import Event
from cases.models import Case, CaseCode
from cases.policies import check_may
from cases.states import Track, at_least, floor_of, track_of


@transaction.atomic
def code(*, case: Case, codes: Iterable[str], by: User, at: datetime) -> None:
    """Set the codes, all of them anew. Refuses with ``no_code`` or ``unknown_code``.

    A track or a forum of its own has people of its own: who is not among them, even the handler, loses sight of the
    case in the same moment.
    """
    case = locked(case)
    check_may(by, Act.CODE, case)
    chosen = _checked(codes)
    track_before = case.track
    _write(case, chosen)
    case.severity = at_least(_assessed(case), floor_of(chosen))
    case.track = track_of(chosen)
    case.about_mechanism = MECHANISM in chosen
    keep(case, by=by, at=at, why=Event.CODES_SET)
    record(case, Event.CODES_SET, by=by, at=at, data={"codes": chosen, "track": case.track})
    if case.handler is not None and not case.exists_for(case.handler):
        case.handler = None
        keep(case, by=by, at=at, why=Event.CODES_SET)
    if case.track != track_before:
        start_track(case, at)
    warn(case, at=at)


def start_track(case: Case, at: datetime) -> None:
    """What is owed on the track that a case has just taken: to a survivor, a referral within a day (ESS10)."""
    clocks.stop(case, "referral_survivor", at=at)
    if case.track == Track.SURVIVOR and not case.referrals.exists():
        clocks.start(case, "referral_survivor", at=at)


def _checked(codes: Iterable[str]) -> list[str]:
    chosen = sorted(set(codes))
    if not chosen:
        raise Refused("no_code", _("Choose at least one code: it says what the case is about."))
    if not set(chosen) <= set(TAXONOMY):
        raise Refused("unknown_code", _("There is no such code."))
    return chosen


def _write(case: Case, chosen: list[str]) -> None:
    case.codes.exclude(code__in=chosen).delete()
    CaseCode.objects.bulk_create((CaseCode(case=case, code=one) for one in chosen), ignore_conflicts=True)


def _assessed(case: Case) -> str:
    """The severity that was graded by scale, scope and irremediability; "" before."""
    newest = case.assessments.order_by("-pk").first()
    return newest.level if newest else ""
