"""Setting a gateway up in plain fields: what the office types becomes options, a secret and what we send with."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from grievance.gateways.addresses import checked
from grievance.gateways.errors import NoGateway
from grievance.gateways.generic import shape
from grievance.models import Gateway

if TYPE_CHECKING:
    GatewayBase = forms.ModelForm[Gateway]
else:
    GatewayBase = forms.ModelForm

PRESETS: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent.parent / "data" / "gateway_presets.json").read_text(encoding="utf-8")
)
# What each kind sends with: how it calls the account, and the key.
SENT_WITH = {
    "twilio": ("account", "token"),
    "africastalking": ("username", "apikey"),
    "android": ("username", "password"),
    "rapidpro": ("", "token"),
}
PROJECT = "PROJECT"  # stands in the address of a preset where the account belongs


def secret_field(label: Any, text: Any) -> forms.CharField:
    """Written and never shown again."""
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, help_text=text, required=False, strip=True, max_length=400, widget=widget)


class SecretsForm(forms.Form):
    """What proves that the provider calls us, and what we send with; none of it is ever shown."""

    secret = secret_field(
        _("Secret of its calls"),
        _("By this we know that the provider calls us: the token or key with which it signs, or the word at the end of "
          "the address. For Twilio it is the auth token."),
    )  # fmt: skip
    account = forms.CharField(
        label=_("Account or user name"), required=False, max_length=200,
        help_text=_("With the key below we send by it. For Twilio: the Account SID."),
    )  # fmt: skip
    key = secret_field(_("Key, token or password"), _("Of the account above."))
    headers = forms.CharField(
        label=_("Secret headers"), required=False, widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        help_text=_('Only for one that is set up by hand: a JSON object, such as {"Authorization": "Bearer …"}.'),
    )  # fmt: skip

    def clean_headers(self) -> dict[str, str]:
        headers = _object(self.cleaned_data["headers"])
        if not all(isinstance(value, str) and "\n" not in value + name for name, value in headers.items()):
            raise ValidationError(_("Each header is a text of one line."))
        return headers

    def credentials(self, kind: str, preset: str = "") -> dict[str, str]:
        """As `commands.gateways` takes them; empty where nothing was typed."""
        given = self.cleaned_data
        account, key = given.get("account", ""), given.get("key", "")
        if kind in SENT_WITH:
            names = zip(SENT_WITH[kind], (account, key), strict=True)
            return {name: value for name, value in names if name and value}
        headers: dict[str, str] = dict(given.get("headers") or {})
        if key and not headers:
            login = f"{key}:" if preset == "telerivet" else f"{account}:{key}"
            headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
        return headers


class GatewayForm(SecretsForm, GatewayBase):
    preset = forms.ChoiceField(
        label=_("Begin with"), required=False,
        choices=[("", "–"), ("telerivet", "Telerivet"), ("vonage", "Vonage")],
        help_text=_("Only for “another one”: fields as this provider calls them. What you write below comes first."),
    )  # fmt: skip
    sender = forms.CharField(
        label=_("Our number or name"), required=False, max_length=40,
        help_text=_("From which texts go out. For Twilio also the SID of a messaging service."),
    )  # fmt: skip
    country = forms.RegexField(
        r"^[A-Za-z]{2}$", label=_("Country"), required=False,
        help_text=_("Where a number without its country code is at home: two letters, such as CD."),
    )  # fmt: skip
    countries = forms.RegexField(
        r"^[A-Za-z]{2}([,\s]+[A-Za-z]{2})*$", label=_("Countries to which texts may go"), required=False,
        help_text=_("Two letters each, such as CD, ZM, TZ. Empty: to the country above alone."),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", "–"), *settings.LANGUAGES],
        help_text=_("In which we answer who has not chosen one yet."),
    )  # fmt: skip
    daily = forms.IntegerField(
        label=_("Segments a day"), required=False, min_value=1, max_value=1_000_000,
        help_text=_("What all texts together may cost, in segments as the provider counts them. A fifth is kept for "
                    "what is urgent; what is over it waits for the next day."),
    )  # fmt: skip
    daily_country = forms.IntegerField(
        label=_("Segments a day to one country"), required=False, min_value=1, max_value=1_000_000
    )
    base_url = forms.URLField(
        label=_("Address of the provider"), required=False, assume_scheme="https",
        help_text=_("Only where it is not the usual one: a server of your own, or another region."),
    )  # fmt: skip
    more = forms.CharField(
        label=_("Wiring"), required=False, widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text=_("Only for “another one”, as JSON: inbound, report, proof and outbound, as in the manual. No "
                    "secrets: those have fields of their own."),
    )  # fmt: skip

    class Meta:
        model = Gateway
        fields = ("name", "slug", "kind")

    def clean_base_url(self) -> str:
        typed: str = self.cleaned_data["base_url"]
        return _checked(checked, typed, "base_url") if typed else ""

    def clean_more(self) -> dict[str, Any]:
        return _object(self.cleaned_data["more"])

    def clean(self) -> dict[str, Any]:
        """A gateway that writes to the whole world invites fraud: its countries are named, at least its own."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if (
            not self.errors.keys() & {"country", "countries"}
            and not given.get("country")
            and not given.get("countries")
        ):
            self.add_error("country", _("Say in which country it is, or to which countries its texts may go."))
        if not self.errors and given["kind"] == Gateway.Kind.GENERIC:
            try:
                _checked(shape.check, self.options())
            except ValidationError as wrong:
                self.add_error("more", wrong)
        return given

    def options(self) -> dict[str, Any]:
        """Without a secret in it."""
        given = self.cleaned_data
        made: dict[str, Any] = {
            name: given[name]
            for name in ("sender", "language", "daily", "daily_country", "base_url")
            if given.get(name)
        }
        if given.get("country"):
            made["country"] = given["country"].upper()
        countries = given.get("countries") or given.get("country") or ""
        made["countries"] = sorted({one.upper() for one in countries.replace(",", " ").split()})
        if given["kind"] != Gateway.Kind.GENERIC:
            return made
        made |= PRESETS.get(given.get("preset", ""), {}) | (given.get("more") or {})
        out = dict(made.get("outbound") or {})
        if PROJECT in out.get("url", ""):
            out["url"] = out["url"].replace(PROJECT, given.get("account", ""))
        if given.get("sender"):
            out.setdefault("from", given["sender"])
        return made | ({"outbound": out} if out else {})


class TestForm(forms.Form):
    """The number stands in no address and in no log, and is not shown again."""

    number = forms.CharField(
        label=_("Number"), max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel", "dir": "ltr"}),
    )  # fmt: skip


def _checked(check: Callable[..., Any], *given: Any) -> Any:
    """What cannot work is said beside its field."""
    try:
        return check(*given)
    except NoGateway as wrong:
        raise ValidationError(_("These options cannot work: %(why)s."), params={"why": str(wrong)}) from None


def _object(typed: str) -> dict[str, Any]:
    if not typed.strip():
        return {}
    try:
        found = json.loads(typed)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ValidationError(_("This is no JSON object."))
    return found
