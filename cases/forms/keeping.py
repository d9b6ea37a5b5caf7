"""What an officer types to keep something: a note, a legal hold, the opening of what is locked away."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.codes import NOTES_OF_OWN, HoldReason, NoteKind
from cases.forms.fields import RecordForm, day, grade, pick, text
from cases.forms.office import ActForm
from cases.queries.kept import holds_unreleased


class NoteForm(ActForm):
    kind = forms.TypedChoiceField(
        label=_("Kind of note"),
        choices=[(code, label) for code, label in NoteKind.choices() if code not in NOTES_OF_OWN],
        coerce=NoteKind,
        initial=NoteKind.NOTE,
    )
    body = text(_("The note"), help_text=_("The office alone reads it. New facts open a closed case again."))


class HoldForm(ActForm):
    reason = grade(_("Why the words have to stay"), HoldReason)
    words = text(_("On which grounds"), rows=3, help_text=_("Such as the number of a proceeding."))
    until_on = day(_("Until and with"))


class ReleaseHoldForm(RecordForm):
    record = "hold"
    hold = pick(_("Hold"))

    def rows(self) -> Any:
        return holds_unreleased(self.page.case)
