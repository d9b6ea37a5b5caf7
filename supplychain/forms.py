"""The shape of what is typed about the supply chain; the policies are asked before anything typed is lost."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from supplychain.models import Employment, Organisation, Site, SupplyLink
from supplychain.policies import check_days, check_link, check_organisation, check_site

if TYPE_CHECKING:
    Base = forms.ModelForm[Any]
else:
    Base = forms.ModelForm

# Beside which field a refusal is shown.
FIELDS = {
    "name_missing": "name",
    "name_too_long": "name",
    "country_unknown": "country",
    "lei_unsound": "lei",
    "gln_unsound": "gln",
    "os_id_unsound": "os_id",
    "identifier_taken": "lei",
    "owns_itself": "parent",
    "poster_unsound": "poster",
    "poster_taken": "poster",
    "nowhere_on_earth": "latitude",
    "material_missing": "material",
    "delivered_to_itself": "buyer_site",
    "dates_upside_down": "until_on",
}


class CheckedForm(Base):
    """Asks the policy of its record before it calls itself valid."""

    def check(self) -> None:
        """Ask the policy about ``self.instance``; it raises Refused."""
        raise NotImplementedError

    def validate_unique(self) -> None:
        """Asked last, when the record is put together (Django calls this for every form of a model)."""
        super().validate_unique()
        if self.errors:
            return
        try:
            self.check()
        except Refused as refused:
            field = FIELDS.get(refused.code)
            self.add_error(field if field in self.fields else None, str(refused.message))


class OrganisationForm(CheckedForm):
    class Meta:
        model = Organisation
        fields = ["name", "kind", "country", "parent", "lei", "gln", "rmi_id", "os_id", "runs_mechanism"]
        help_texts = {
            "runs_mechanism": _("Where it is a party to a case, only an independent panel and oversight see it.")
        }

    def check(self) -> None:
        check_organisation(self.instance)


class SiteForm(CheckedForm):
    local_names = forms.CharField(
        label=_("local names"),
        help_text=_("What people near the site call it, in any language; one name a line."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 40}),
    )

    class Meta:
        model = Site
        fields = ["name", "kind", "operator", "country", "place", "latitude", "longitude", "os_id", "poster"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            names = self.instance.local_names.order_by("pk").values_list("name", flat=True)
            self.initial["local_names"] = "\n".join(names)

    def check(self) -> None:
        check_site(self.instance)

    def clean_local_names(self) -> list[str]:
        names = [line.strip() for line in self.cleaned_data["local_names"].splitlines() if line.strip()]
        if any(len(name) > 200 for name in names):
            raise forms.ValidationError(_("A name has at most 200 characters."))
        return names


class SupplyLinkForm(CheckedForm):
    class Meta:
        model = SupplyLink
        fields = ["site", "buyer", "buyer_site", "material", "from_on", "until_on", "claim", "source"]

    def check(self) -> None:
        check_link(self.instance)


class EmploymentForm(CheckedForm):
    class Meta:
        model = Employment
        fields = ["user", "organisation", "unit", "from_on", "until_on"]
        help_texts = {"unit": _("The department, if a grievance may be about it; always spelt the same way.")}

    def check(self) -> None:
        check_days(self.instance.from_on, self.instance.until_on)
