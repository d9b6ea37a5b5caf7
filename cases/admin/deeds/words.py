"""Translations, masked versions, and messages that wait for one."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Act
from cases.admin.deeds.deed import Deed, with_form
from cases.commands import words
from cases.forms import words as forms

DEEDS = (
    Deed(
        "translate", Act.TRANSLATE, _("Add a translation"),
        _("It stands beside the original. A reply that waited for the person's language is shown to them at once."),
        _("The translation is added."), forms.TranslateForm, with_form(words.translate),
    ),
    Deed(
        "release", Act.RELEASE, _("Send as it is"),
        _("The person reads the reply in the language in which you wrote it, without a translation."),
        _("The reply is on the person's page."), forms.ReleaseForm, with_form(words.release),
    ),
    Deed(
        "mask", Act.MASK, _("Make a masked version"),
        _("For people who must not know who spoke. The newest version is read; the original stays as it is."),
        _("The masked version is kept."), forms.MaskForm, with_form(words.mask),
    ),
)  # fmt: skip
