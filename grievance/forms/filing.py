"""The shape of what a person files; an error never loses what was typed."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import QueryDict
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from grievance.commands.draft import Draft
from grievance.forms.fields import Shared, field_of
from grievance.forms.files import picture_problems
from grievance.models import Complainant, Grievance
from grievance.queries import Staged
from grievance.questions import (
    QUESTIONS,
    Kind,
    Stored,
    western_digits,
)
from grievance.rules import FILES_MOST
from grievance.uploads import SealedUpload
from supplychain.models import Site
from supplychain.queries import site_by_id, site_of_poster, sites_called

Openness = Grievance.Openness
Safe = Complainant.Safe


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
        named: Callable[[str], list[Site]] = sites_called,
        **kwargs: Any,
    ) -> None:
        """``named``: gives the sites of a name; the forms of one list share one that asks for each name once."""
        if data is not None and "openness" not in data:  # nothing chosen is the safest choice
            data = data.copy()
            data["openness"] = Openness.ANONYMOUS
        super().__init__(data, **kwargs)
        self.uploads, self.staged = uploads, staged
        self.confidential, self.named = confidential, named
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
        named = self.named(place) if place else []
        return named[0].pk if len(named) == 1 else None


FilingForm.base_fields = Shared(
    {one.key: field_of(one) for one in QUESTIONS} | {"poster": forms.CharField(required=False, max_length=12)}
)
