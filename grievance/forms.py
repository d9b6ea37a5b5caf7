"""The shape of what a person sends: the filing, and the pictures of any form; an error never loses what was typed."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import QueryDict
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from grievance.commands.draft import Draft
from grievance.models import Complainant, Grievance
from grievance.queries import Staged
from grievance.questions import (
    QUESTIONS,
    Kind,
    NotADay,
    NotAPosition,
    Question,
    Stored,
    read_day,
    read_position,
    western_digits,
)
from grievance.rules import FILES_MOST, file_largest
from grievance.uploads import SealedUpload
from grievance.vault import PASSPHRASE_LONGEST, passphrase_is_long_enough
from supplychain.models import Organisation, Site
from supplychain.queries import site_by_id, site_of_poster, sites_called

Openness = Grievance.Openness
Safe = Complainant.Safe

EARLIEST = date(1900, 1, 1)

PICTURE_PROBLEMS = {
    "too_many": _("“%(name)s” was not added: five files are the most."),
    "empty": _("“%(name)s” was not added: there is nothing in this file."),
    "too_large": _("“%(name)s” was not added: it is larger than %(most)d MB. Please choose a smaller one."),
    "broken_off": _(
        "“%(name)s” was not added: the connection stopped before all of it was here. Please choose it again."
    ),
}


class Words(forms.CharField):
    """Text as a person typed it, line ends made alike, so that everybody counts the same characters."""

    widget = forms.Textarea

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")

    def validate(self, value: str) -> None:
        # Signs without width or ink say nothing.
        super().validate(value if any(sign.isprintable() and not sign.isspace() for sign in value) else "")
        over = len(value) - self.longest
        if over > 0:
            raise ValidationError(
                ngettext_lazy(
                    "This is %(over)d letter too long. Please shorten it: you can send the rest afterwards.",
                    "This is %(over)d letters too long. Please shorten it: you can send the rest afterwards.",
                    "over",
                ),
                params={"over": over},
            )


class Day(forms.CharField):
    """A day as typed on any keypad."""

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            day = read_day(text)
        except NotADay:
            raise ValidationError(
                _("We cannot read this day. Please write day, month and year, such as 31/3/2026.")
            ) from None
        if day < EARLIEST:
            raise ValidationError(_("This day is very long ago. Please check the year."))
        return day


def picture_problems(uploads: Iterable[SealedUpload], room: int) -> list[ValidationError]:
    """One sentence for each file that cannot be kept: bad ones, and good ones beyond ``room``. What is left out for no
    fault of the person stops nothing that they send."""
    errors = []
    for upload in uploads:
        problem = upload.problem
        if problem is None:
            room -= 1
            problem = "too_many" if room < 0 else None
        if problem in PICTURE_PROBLEMS:
            most = file_largest(upload.kind.family) // (1024 * 1024)
            given = {"name": upload.name, "most": most}
            errors.append(ValidationError(PICTURE_PROBLEMS[problem], code=problem, params=given))
    return errors


class Shared(dict[str, forms.Field]):
    """Fields that no form changes. Django copies every field of a form in depth each time that one is filled in, which
    for a page of fifteen costs as much as writing a grievance down; these it gets as they are.
    """

    def __deepcopy__(self, _memo: object) -> dict[str, forms.Field]:
        return dict(self)


class Position(forms.CharField):
    """A position as a phone's map shows it; what is finer than about a kilometre is dropped here and kept nowhere."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return read_position(text) if text else ""
        except NotAPosition:
            raise ValidationError(
                _("We cannot read this position. Please write it as -10.71, 25.47, or describe the place in words.")
            ) from None


CHOOSE = {"required": _("Please choose one of these."), "invalid_choice": _("Please choose one of these.")}


def field_of(question: Question) -> forms.Field:
    """The field of one question of the table."""
    missing = {"required": _("Please write what happened.")}
    match question.kind:
        case Kind.WORDS | Kind.LINE | Kind.PHONE | Kind.EMAIL:
            return Words(longest=question.longest, required=question.required, error_messages=missing)
        case Kind.DAY:
            return Day(required=False, max_length=question.longest)
        case Kind.POSITION:
            return Position(required=False, max_length=question.longest)
        case Kind.TICK:
            return forms.BooleanField(required=False)
        case Kind.CHOICES:
            return forms.MultipleChoiceField(
                required=False,
                choices=[(choice.value, choice.label) for choice in question.choices],
                error_messages={"invalid_choice": _("Please choose again what it is about.")},
            )
        case Kind.CHOICE:
            return forms.ChoiceField(
                required=question.required,
                choices=[(choice.value, choice.label) for choice in question.choices],
                error_messages=CHOOSE,
            )
        case Kind.COUNTRY:
            return forms.RegexField(r"^[A-Z]{2}$", required=False, error_messages={"invalid": CHOOSE["required"]})
        case Kind.SITE:
            return forms.CharField(required=False)
        case Kind.FILES:
            return forms.Field(required=False)


class FilingForm(forms.Form):
    """Every question of the table, one field each. Only what happened must be said; everything else helps."""

    error_css_class = "wrong"

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        today: date,
        confidential: "bool | SimpleLazyObject[bool]",
        uploads: Sequence[SealedUpload] = (),
        staged: Sequence[Staged] = (),
        **kwargs: Any,
    ) -> None:
        if data is not None and "openness" not in data:  # nothing chosen is the safest choice
            data = data.copy()
            data["openness"] = Openness.ANONYMOUS
        super().__init__(data, **kwargs)
        self.uploads, self.staged = uploads, staged
        self.confidential = confidential
        self.latest_day = today + timedelta(days=1)  # the day begins earlier in the east than in UTC

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day and day > self.latest_day:
            raise ValidationError(_("This day is still to come. Please check the day and the year."))
        return day

    def clean_openness(self) -> str:
        openness: str = self.cleaned_data["openness"]
        if openness == Openness.CONFIDENTIAL and not self.confidential:
            raise ValidationError(_("Nobody here can keep a name in confidence today. Please choose another way."))
        return openness

    def clean_site(self) -> Site | None:
        """None too for one that is not on record (any more): the words for the place are there, nobody is stopped."""
        chosen: str = self.cleaned_data["site"]
        known = chosen.isascii() and chosen.isdigit() and len(chosen) < 18 and chosen.strip("0")
        return site_by_id(int(chosen)) if known else None

    def clean_photos(self) -> None:
        errors = picture_problems(self.uploads, FILES_MOST - len(self.staged))
        if errors:
            raise ValidationError(errors)

    def clean_phone(self) -> str:
        return western_digits(self.cleaned_data["phone"]).strip()

    def clean(self) -> None:
        openness = self.cleaned_data.get("openness")
        if openness == Openness.ANONYMOUS:
            self._stays_unknown()
        elif openness:
            self._can_be_reached()

    def _stays_unknown(self) -> None:
        """Who chose "anonymous" and left a name decides again: we neither keep the name nor drop it in silence."""
        for field in ("name", "phone", "email", "trusted"):
            if self.cleaned_data.get(field):
                self.add_error(
                    field,
                    _("You chose “Anonymous”, but this tells who you are. Please delete it, or choose another way."),
                )

    def _can_be_reached(self) -> None:
        if "name" in self.cleaned_data and not self.cleaned_data["name"].strip():
            self.add_error("name", _("Please write your name, or choose “Anonymous” above."))
        way, phone, email = (self.cleaned_data.get(field, "") for field in ("safe_way", "phone", "email"))
        if way in {Safe.SMS, Safe.CALL} and sum(sign.isdigit() for sign in phone) < 6:
            self.add_error("phone", _("Please write the phone number on which we can reach you."))
        if way == Safe.TRUSTED and not self.cleaned_data.get("trusted", "?").strip():
            self.add_error("trusted", _("Please write who it is and how we reach them."))
        if email or way == Safe.EMAIL:
            try:
                validate_email(email)
            except ValidationError:
                self.add_error("email", _("Please check the email address, such as name@example.org."))

    def draft(self, language: str) -> Draft:
        """What the valid form says; the site only where it was chosen, or poster or name leave no doubt."""
        said = self.kept()
        plain = (one for one in QUESTIONS if one.stored in {Stored.SEALED, Stored.COLUMN, Stored.CONTACT, Stored.NAME})
        answers = {one.stored_as: said[one.key] for one in plain if one.kind not in {Kind.SITE, Kind.CHOICES}}
        return Draft(
            channel=Grievance.Channel.WEB,
            language=language,
            site_id=self._site(),
            families=tuple(said["families"]),
            safe_way=said["safe_way"] or Safe.NONE,
            consents={
                one.stored_as: said[one.key] == "yes"
                for one in QUESTIONS
                if one.stored == Stored.CONSENT and said[one.key] in {"yes", "no"}
            },
            **answers,
        )

    def kept(self) -> dict[str, Any]:
        """The answers that will be kept: of somebody who stays unknown nothing that tells how to reach them."""
        said = dict(self.cleaned_data)
        if said["openness"] == Openness.ANONYMOUS:
            said |= {one.key: "" for one in QUESTIONS if one.stored in {Stored.NAME, Stored.CONTACT, Stored.WAY}}
        return said | {"name": said["name"].strip()}

    def _site(self) -> int | None:
        if chosen := self.cleaned_data["site"]:
            return int(chosen.pk)
        place = self.cleaned_data["place"]
        posted = site_of_poster(self.cleaned_data["poster"]) if self.cleaned_data["poster"] else None
        if posted and place in {"", posted.name}:
            return posted.pk
        named = sites_called(place) if place else []
        return named[0].pk if len(named) == 1 else None


FilingForm.base_fields = Shared(
    {one.key: field_of(one) for one in QUESTIONS} | {"poster": forms.CharField(required=False, max_length=12)}
)


def _secret(label: Any) -> forms.CharField:
    """Kept as it was typed, never sent back to the page, and offered to no one's password store as an old one."""
    field = forms.CharField(label=label, strip=False, max_length=PASSPHRASE_LONGEST)
    field.widget = forms.PasswordInput(attrs={"autocomplete": "new-password", "spellcheck": "false"})
    return field


class CustodyKeyForm(forms.Form):
    """A custodian's passphrase, twice, and for which of their employers they keep the key."""

    organisation = forms.TypedChoiceField(label=_("Organisation for which you keep the key"), empty_value=None)
    passphrase = _secret(_("Passphrase"))
    again = _secret(_("The same passphrase again"))

    def __init__(self, data: Any = None, *, employers: Sequence[Organisation]) -> None:
        super().__init__(data, label_suffix="", auto_id="key-%s")
        held = {str(one.pk): one for one in employers}
        field = self.fields["organisation"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - for the type checker
        names = [(pk, one.name) for pk, one in held.items()]
        field.choices = names if len(names) == 1 else [("", "–"), *names]
        field.coerce = held.__getitem__
        for name in self.fields if self.is_bound else ():
            if self.errors.get(name):
                self.fields[name].widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"key-{name}-wrong"}

    def clean_passphrase(self) -> str:
        typed = str(self.cleaned_data["passphrase"])
        if not passphrase_is_long_enough(typed):
            raise ValidationError(_("This is too short: 16 characters at least, or five different words."))
        return typed

    def clean_again(self) -> str:
        typed = str(self.cleaned_data["again"])
        if "passphrase" in self.cleaned_data and typed != self.cleaned_data["passphrase"]:
            raise ValidationError(_("The two are not the same."))
        return typed
