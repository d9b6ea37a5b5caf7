"""Notes of the office on its own cases, sealed: what a gate asks to be written down, and what should not be lost."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Act
from cases.codes import NOTES_OF_OWN, NoteKind
from cases.commands.moving import locked
from cases.commands.pressed import just_made
from cases.commands.record import record
from cases.events import Event
from cases.models import Case, Note
from cases.policies import check_may
from grievance.keys import data_key_for_office, open_text, seal_text


@transaction.atomic
def write_note(*, case: Case, kind: NoteKind, body: str, by: User, at: datetime) -> Note:
    """Refuses with ``own_deed`` a kind that more hangs on: a safety plan, or why a deadline is extended."""
    case = locked(case)
    check_may(by, Act.NOTE, case)
    if kind in NOTES_OF_OWN:
        raise Refused(
            "own_deed", _("A safety plan, or why a deadline is extended, has a button of its own: a clock hangs on it.")
        )
    key, same = data_key_for_office(case.key_id), case.notes.filter(kind=kind)
    if again := just_made(same, body, opens=lambda row: open_text(key, row.sealed_body, "note"), by=by, at=at):
        return again
    note = Note.objects.create(case=case, kind=kind, sealed_body=seal_text(key, body, "note"), by=by, at=at)
    record(case, Event.NOTE_WRITTEN, by=by, at=at, data={"note": kind})
    return note
