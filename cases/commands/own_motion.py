"""Opening a case that nobody filed: an audit, a report in public or a pattern in our own cases shows a harm."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.history import keep
from accounts.models import User
from cases.codes import MECHANISM, TAXONOMY, NoteKind, UrgentBecause
from cases.commands import urgency
from cases.commands.coding import start_track
from cases.commands.moving import move
from cases.commands.record import record
from cases.commands.routing import route
from cases.commands.warnings import warn
from cases.events import Event
from cases.models import Case, CaseCode, Note
from cases.policies import check_may_open
from cases.rules.procedure import version_on
from cases.states import OwnMotion, floor_of, track_of
from grievance.commands.datakeys import make_data_key
from grievance.keys import seal_text
from grievance.receipts import new_reference
from supplychain.models import Site


@transaction.atomic
def open_own(
    *,
    source: OwnMotion,
    site: Site,
    codes: Iterable[str],
    known: str,
    urgent: bool = False,
    by: User,
    at: datetime,
) -> Case:
    """A case without a complainant, in screening at once: whoever opens it has looked.

    The same life as any other from there; only what is owed to a complainant (acknowledgement, updates, feedback) is
    owed to nobody. ``known``: what is known and from where, sealed as a note.
    """
    check_may_open(by)
    chosen = sorted(set(codes))
    if not chosen or not set(chosen) <= set(TAXONOMY):
        raise Refused("no_code", _("Choose at least one code: it says what the case is about."))
    key, data_key = make_data_key(at=at)
    case = Case(
        reference=new_reference(),
        site=site,
        severity=floor_of(chosen) or "",
        track=track_of(chosen),
        about_mechanism=MECHANISM in chosen,
        own_motion=source,
        procedure=version_on(at.date()).name,
        opened_at=at,
        key=key,
    )
    keep(case, by=by, at=at, why="opened")
    CaseCode.objects.bulk_create(CaseCode(case=case, code=code) for code in chosen)
    Note.objects.create(case=case, kind=NoteKind.NOTE, sealed_body=seal_text(data_key, known, "note"), by=by, at=at)
    record(case, Event.CASE_OPENED, by=by, at=at, data={"urgent": urgent})
    route(case, by=by, at=at)
    start_track(case, at)
    move(case, "take_up", by=by, at=at)
    if urgent:
        urgency.open_urgent(case, by=by, at=at, because=UrgentBecause.OFFICER)
    warn(case, at=at)
    return case
