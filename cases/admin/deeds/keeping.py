"""Notes, legal holds, and what is locked away."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Act
from cases.admin.deeds.deed import Deed, of_record, with_form
from cases.commands import notes, retention, unsealing
from cases.forms import keeping as forms
from cases.forms.unsealing import AskForm

DEEDS: tuple[Deed, ...] = (
    Deed(
        "note", Act.NOTE, _("Write a note"), _("Sealed, and read by those alone who work on this case."),
        _("The note is on record."), forms.NoteForm, with_form(notes.write_note),
    ),
    Deed(
        "hold", Act.HOLD, _("Lay a legal hold"), _("Until its end nothing of this case is erased."),
        _("The words of this case are held."), forms.HoldForm, with_form(retention.lay_hold),
    ),
    Deed(
        "release-hold", Act.HOLD, _("Release a legal hold"), _("Erasure goes on, at once where its date is past."),
        _("The hold is released."), forms.ReleaseHoldForm, of_record(retention.release_hold),
    ),
    Deed(
        "unseal", Act.UNSEAL, _("Ask for a name or a contact"),
        _("It opens a day later, and the person is told. A name needs two custodians, a contact the person's word."),
        _("It is asked for. The custodians, or the person's own word, decide."), AskForm, with_form(unsealing.ask),
    ),
)  # fmt: skip
