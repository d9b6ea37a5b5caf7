"""The shape of what is decided in screening: the checklist, declarations towards parties, persons concerned, seats."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.codes import DECLARED, ELIGIBILITY, SeatKind
from cases.forms.fields import grade, pick, read
from cases.forms.office import ActForm
from cases.queries import (
    CasePage,
    decision_of,
    guests_free,
    people_to_implicate,
    seats_running,
)
from supplychain.models import Organisation
from supplychain.queries import units

FREE = "free"
YES, NO = "yes", "no"


def _named(person: User) -> str:
    return person.get_full_name() or person.username


def _undeclared_by_reader(page: CasePage) -> list[Organisation]:
    return next((one.towards for one in page.undeclared if one.own), [])


class JudgeForm(ActForm):
    """Each question of the checklist with a yes or a no; none of them asks who the person is."""

    def prepare(self) -> None:
        for code, question in ELIGIBILITY.items():
            choices = [("", "–"), (YES, _("yes")), (NO, _("no"))]
            self.fields[code] = pick(question, choices=choices, coerce=lambda said: said == YES)

    def clean(self) -> dict[str, Any]:
        return {"answers": {code: self.cleaned_data[code] for code in ELIGIBILITY if code in self.cleaned_data}}


class SignForm(ActForm):
    """Nothing to fill in; offered to somebody else than who decided, while a signature is missing."""

    @property
    def offered(self) -> bool:
        decision = read(self.page, decision_of)
        unsigned = decision is not None and not decision.eligible and decision.signed_by_id is None
        return unsigned and decision is not None and decision.by_id != self.user.pk


class IneligibleForm(ActForm):
    """Nothing to fill in; offered once somebody decided so, and then refused in words for what is still missing."""

    @property
    def offered(self) -> bool:
        decision = read(self.page, decision_of)
        return decision is not None and not decision.eligible


class AdmitForm(ActForm):
    @property
    def offered(self) -> bool:
        decision = read(self.page, decision_of)
        return decision is not None and decision.eligible


class DeclareForm(ActForm):
    """A choice for each party, by its name: free of it, or the tie that weighs most."""

    def prepare(self) -> None:
        self.parties = {f"party-{party.pk}": party for party in _undeclared_by_reader(self.page)}
        for name, party in self.parties.items():
            choices = [("", "–"), (FREE, _("I am free of every tie to it")), *DECLARED.items()]
            self.fields[name] = forms.ChoiceField(label=party.name, choices=choices)

    def clean(self) -> dict[str, Any]:
        said = {party.pk: self.cleaned_data.get(name) for name, party in self.parties.items()}
        return {"towards": {party: [] if tie == FREE else [tie] for party, tie in said.items() if tie}}

    @property
    def offered(self) -> bool:
        return bool(self.parties)


class ConflictForm(ActForm):
    """A tie that came up, or that somebody knows of before they are asked."""

    party = pick(_("Company"))
    tie = forms.ChoiceField(label=_("What ties you to it"), choices=[("", "–"), *DECLARED.items()])

    def prepare(self) -> None:
        asked = _undeclared_by_reader(self.page)
        self.others = [party for party in self.page.parties if party not in asked]
        self.choose("party", ((party, party.name) for party in self.others))

    def clean(self) -> dict[str, Any]:
        party, tie = self.cleaned_data.get("party"), self.cleaned_data.get("tie")
        return {"towards": {party.pk: [tie]} if party and tie else {}}

    @property
    def offered(self) -> bool:
        return bool(self.others)


class ImplicateForm(ActForm):
    """A person, or a unit of an organisation: one of the two."""

    person = pick(_("Person"), required=False)
    unit = pick(_("Or everybody of a unit"), required=False)

    def prepare(self) -> None:
        self.choose("person", ((person, _named(person)) for person in people_to_implicate()))
        self.choose("unit", ((unit, str(unit)) for unit in units()))

    def clean(self) -> dict[str, Any]:
        given = {name: self.cleaned_data.get(name) for name in ("person", "unit")}
        if not self.errors and len([one for one in given.values() if one is not None]) != 1:
            raise ValidationError(_("Choose a person, or a unit."))
        return given


class SeatForm(ActForm):
    guest = pick(_("Guest"))
    kind = grade(_("As"), SeatKind)

    def prepare(self) -> None:
        people = guests_free(self.page.case).exclude(pk=self.user.pk) if self.page.case.site_id else ()
        self.choose("guest", ((person, _named(person)) for person in people))

    @property
    def offered(self) -> bool:
        """Nobody can be free of conflict with parties that are not known yet."""
        return self.page.case.site_id is not None


class UnseatForm(ActForm):
    seat = pick(_("Seat"))

    def prepare(self) -> None:
        self.seats = read(self.page, seats_running)
        labels = ((seat, f"{_named(seat.user)}: {seat.get_kind_display()}") for seat in self.seats)
        self.choose("seat", labels)

    @property
    def offered(self) -> bool:
        return bool(self.seats)
