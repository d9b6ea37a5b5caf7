"""The shape of asking one person, from the case page, whether they are safe."""

from django import forms

from cases.forms.office import ActForm


class AskSafetyForm(ActForm):
    """Asks the person whose words the page shows."""

    filing = forms.TypedChoiceField(widget=forms.HiddenInput)

    def prepare(self) -> None:
        self.choose("filing", ((filing, "") for filing in self.page.filings))
        if self.shown_filing is not None:
            self.initial = {"filing": self.shown_filing.pk}

    @property
    def offered(self) -> bool:
        return self.shown_filing is not None
