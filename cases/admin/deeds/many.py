"""Several people in one case, and several cases that are one matter."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Act
from cases.admin.deeds.deed import Deed, of_record, with_form
from cases.commands import many
from cases.forms import many as forms

DEEDS = (
    Deed(
        "reply-all", Act.REPLY_ALL, _("Write to all who filed"),
        _("Each reads it in their language, and nobody learns who the others are."),
        _("Everybody who filed reads it on their page."), forms.ReplyAllForm, with_form(many.reply_all),
    ),
    Deed(
        "vet", Act.VET, _("Vet a person"), _("You looked: they are one of those harmed, and their say counts."),
        _("The person is vetted."), forms.VetForm, of_record(many.vet),
    ),
    Deed(
        "link", Act.LINK, _("Link with a case"), _("Nothing moves by it."),
        _("The two cases are linked."), forms.LinkForm, with_form(many.link),
    ),
    Deed(
        "merge", Act.MERGE, _("Take into another case"),
        _("Every grievance of this case goes on in the other, with its own conversation, consent and say."),
        _("The grievances go on in the other case."), forms.MergeForm, with_form(many.merge),
    ),
)  # fmt: skip
