"""The log of free, prior and informed consent of an Indigenous People (behaviour 19: UNDRIP 19, 32; ILO 169)."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Act
from cases.codes import FPIC, Fpic
from cases.commands.moving import locked
from cases.commands.record import record
from cases.events import Event
from cases.models import Case, FpicEntry
from cases.policies import check_may
from cases.queries import codes_of
from grievance.keys import data_key_for_office, seal_text


@transaction.atomic
def log(*, case: Case, kind: Fpic, words: str, on: date, by: User, at: datetime) -> FpicEntry:
    """One entry: who speaks for the People, chosen by whom and how; at which stage their consent stands, and on which
    conditions. ``on``: the day on which it happened."""
    case = locked(case)
    check_may(by, Act.LOG_FPIC, case)
    if not FPIC & codes_of(case):
        raise Refused(
            "no_people",
            _("The codes of this case name no Indigenous People. If they are wrong, correct the codes first."),
        )
    sealed = seal_text(data_key_for_office(case.key_id), words, "fpic")
    entry = FpicEntry.objects.create(case=case, kind=kind, sealed_words=sealed, on=on, by=by, at=at)
    record(case, Event.FPIC_LOGGED, by=by, at=at)
    return entry
