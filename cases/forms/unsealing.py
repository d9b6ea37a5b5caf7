"""What a handler types to ask for what is locked away, and a custodian to open their half of it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.codes import Unsealed, UnsealReason
from cases.forms.fields import grade, pick, read
from cases.forms.office import ActForm
from cases.queries.inquiry import filings_of
from grievance.models import IdentitySeal
from grievance.vault import PASSPHRASE_LONGEST


class AskForm(ActForm):
    filing = pick(_("Of whom"))
    what = grade(_("What has to be opened"), Unsealed)
    reason = grade(_("Why"), UnsealReason)

    def prepare(self) -> None:
        self.choose("filing", read(self.page, filings_of))
        if self.shown_filing is not None:
            self.initial = {"filing": self.shown_filing.pk}

    @property
    def offered(self) -> bool:
        return self.shown_filing is not None and self.page.case.handler_id == self.user.pk


class HalfForm(forms.Form):
    """A custodian's passphrase; of several counterparts the one for whom the other half is left."""

    seal = forms.TypedChoiceField(label=_("The other half is for"), empty_value=None)
    passphrase = forms.CharField(label=_("Your passphrase"), strip=False, max_length=PASSPHRASE_LONGEST)

    def __init__(self, data: Any = None, *, reference: str, seals: Sequence[IdentitySeal]) -> None:
        super().__init__(data, label_suffix="", auto_id=f"{reference}-%s")
        held = {str(seal.pk): seal for seal in seals}
        self.fields["passphrase"].widget = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})
        if not held:
            del self.fields["seal"]
            return
        names = [(pk, _counterpart(seal)) for pk, seal in held.items()]
        field = self.fields["seal"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - for the type checker
        field.choices = names if len(names) == 1 else [("", "–"), *names]
        field.coerce = held.__getitem__


def _counterpart(seal: IdentitySeal) -> str:
    person = seal.first.custodian
    return f"{person.get_full_name() or person.username} ({seal.first.organisation})"
