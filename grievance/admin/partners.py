"""Field partners as programme leads keep them: who they are, their people, cards of codes and numbers."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.admin import ScopedAdmin, ScopedInline, acting
from accounts.roles import Role
from grievance import papers
from grievance.commands.partners import keeping
from grievance.commands.partners.drills import start_drill
from grievance.models import FieldPartner, PartnerCard, PartnerNumber, PartnerPerson
from grievance.models.partners import READERS
from grievance.queries import numbers_for
from grievance.rules import DRILL_LASTS
from supplychain.names import country_name

if TYPE_CHECKING:
    PartnerBase = forms.ModelForm[FieldPartner]
    PersonBase = forms.ModelForm[PartnerPerson]
    CardBase = forms.ModelForm[PartnerCard]
else:
    PartnerBase = PersonBase = CardBase = forms.ModelForm

LEAD = frozenset({Role.LEAD})
DRILL = _("Start a drill of the chosen ones")


class Countries(forms.Field):
    """Two-letter codes, however they are separated."""

    def to_python(self, value: Any) -> list[str]:
        return sorted({part.upper() for part in str(value or "").replace(",", " ").split()})

    def validate(self, value: Any) -> None:
        super().validate(" ".join(value))
        for code in value:
            if country_name(code, "en") == code:
                wrong = _("“%(code)s” is no code of a country. It is written like CD.")
                raise ValidationError(wrong, params={"code": code})

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value


class FieldPartnerForm(PartnerBase):
    countries = Countries(label=capfirst(_("countries")), help_text=_("Codes of two letters, such as CD, ZM."))
    languages = forms.MultipleChoiceField(
        label=capfirst(_("languages")), choices=settings.LANGUAGES, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = FieldPartner
        fields = ("name", "kind", "countries", "languages", "sites")


class PartnerPersonForm(PersonBase):
    class Meta:
        model = PartnerPerson
        fields = ("partner", "user")


class PartnerCardForm(CardBase):
    language = forms.ChoiceField(label=capfirst(_("language of the card")), choices=settings.LANGUAGES)

    class Meta:
        model = PartnerCard
        fields = ("partner", "label", "language")
        help_texts = {"label": _("What the card is called, never a person's name.")}


class PeopleInline(ScopedInline):
    model = PartnerPerson
    fk_name = "partner"
    fields = ["user", "added_at", "ended_at"]
    viewers = READERS


class CardsInline(ScopedInline):
    model = PartnerCard
    fields = ["label", "made_at", "ended_at"]
    viewers = READERS


class NumbersInline(ScopedInline):
    model = PartnerNumber
    fields = ["paired_at", "ended_at", "ended_because"]
    viewers = READERS


class PartnerAdmin(ScopedAdmin):
    """Rows are added and ended by programme leads; oversight reads them."""

    viewers = READERS
    adders = LEAD

    def has_end_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, LEAD)

    def say_that_it_runs(self, request: HttpRequest) -> None:
        hours = int(DRILL_LASTS.total_seconds() // 3600)
        self.message_user(
            request, _("The drill runs, and ends by itself after %(hours)d hours.") % {"hours": hours}, messages.SUCCESS
        )

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> models.QuerySet[Any]:
        """Partners that are in use, and people who hold the role."""
        rows = super().get_field_queryset(db, db_field, request)
        if db_field.name == "partner":
            return rows.filter(ended_at=None)
        holds = {"grants__role": Role.PARTNER, "grants__ended_at": None, "is_active": True}
        return rows.filter(**holds) if db_field.name == "user" else rows


@admin.register(FieldPartner)
class FieldPartnerAdmin(PartnerAdmin):
    changers = LEAD
    form = FieldPartnerForm
    list_display = ["name", "kind", "covers", "speaks", "added_at", "ended_at"]
    list_filter = ["kind", ("ended_at", admin.EmptyFieldListFilter)]
    search_fields = ["name"]
    autocomplete_fields = ["sites"]
    inlines = [PeopleInline, CardsInline, NumbersInline]
    ordering = [models.F("ended_at").desc(nulls_first=True), "name", "pk"]
    actions = ["start_drill", "end_chosen"]
    whys = {
        "partner_added": _("Field partner added"),
        "partner_changed": _("Field partner changed"),
        "partner_ended": _("Field partner ended"),
    }

    def has_change_permission(self, request: HttpRequest, obj: FieldPartner | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.ended_at is None)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else []

    @admin.display(description=_("countries"))
    def covers(self, partner: FieldPartner) -> str:
        return ", ".join(country_name(code, get_language() or "") for code in partner.countries)

    @admin.display(description=_("languages"))
    def speaks(self, partner: FieldPartner) -> str:
        return ", ".join(partner.languages)

    def command_add(self, request: HttpRequest, form: "forms.ModelForm[Any]") -> FieldPartner:
        return keeping.add_partner(**form.cleaned_data, by=acting(request), at=timezone.now())

    def command_change(self, request: HttpRequest, record: FieldPartner, form: "forms.ModelForm[Any]") -> None:
        sites = form.cleaned_data["sites"]
        keeping.change_partner(partner=record, sites=sites, by=acting(request), at=timezone.now())

    @admin.action(description=DRILL, permissions=["end"])
    def start_drill(self, request: HttpRequest, queryset: models.QuerySet[FieldPartner]) -> None:
        for partner in queryset:
            start_drill(partner=partner, by=acting(request), at=timezone.now())
        self.say_that_it_runs(request)

    @admin.action(description=_("End the chosen partners"), permissions=["end"])
    def end_chosen(self, request: HttpRequest, queryset: models.QuerySet[FieldPartner]) -> None:
        for partner in queryset:
            keeping.end_partner(partner=partner, by=acting(request), at=timezone.now())


@admin.register(PartnerPerson)
class PartnerPersonAdmin(PartnerAdmin):
    form = PartnerPersonForm
    list_display = ["partner", "user", "added_at", "ended_at"]
    list_display_links = None
    list_select_related = ["partner", "user"]
    list_filter = ["partner", ("ended_at", admin.EmptyFieldListFilter)]
    ordering = [models.F("ended_at").desc(nulls_first=True), "-pk"]
    actions = ["start_drill", "end_chosen"]

    def command_add(self, request: HttpRequest, form: "forms.ModelForm[Any]") -> PartnerPerson:
        return keeping.add_person(**form.cleaned_data, by=acting(request), at=timezone.now())

    @admin.action(description=DRILL, permissions=["end"])
    def start_drill(self, request: HttpRequest, queryset: models.QuerySet[PartnerPerson]) -> None:
        for person in queryset.select_related("partner"):
            start_drill(partner=person.partner, person=person, by=acting(request), at=timezone.now())
        self.say_that_it_runs(request)

    @admin.action(description=_("They work for this partner no longer"), permissions=["end"])
    def end_chosen(self, request: HttpRequest, queryset: models.QuerySet[PartnerPerson]) -> None:
        for person in queryset:
            keeping.end_person(person=person, by=acting(request), at=timezone.now())


@admin.register(PartnerCard)
class PartnerCardAdmin(PartnerAdmin):
    """A new card is answered with its paper: the codes stand there, and nowhere else."""

    form = PartnerCardForm
    list_display = ["partner", "label", "made_at", "ended_at"]
    list_display_links = None
    list_select_related = ["partner"]
    list_filter = ["partner", ("ended_at", admin.EmptyFieldListFilter)]
    ordering = [models.F("ended_at").desc(nulls_first=True), "-pk"]
    actions = ["end_chosen"]

    def command_add(self, request: HttpRequest, form: "forms.ModelForm[Any]") -> PartnerCard:
        given = form.cleaned_data
        card, codes = keeping.make_card(**given, by=acting(request), at=timezone.now())
        partner, language = given["partner"], given["language"]
        numbers = numbers_for(partner.countries)
        body = papers.card(label=card.label, partner=partner.name, codes=codes, language=language, numbers=numbers)
        request._card = body  # type: ignore[attr-defined]  # for the answer to this request alone
        return card

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        answer = HttpResponse(request._card, content_type="application/pdf")  # type: ignore[attr-defined]
        answer.headers["Content-Disposition"] = 'attachment; filename="card.pdf"'
        return answer

    @admin.action(description=_("The card is lost, or not used any more"), permissions=["end"])
    def end_chosen(self, request: HttpRequest, queryset: models.QuerySet[PartnerCard]) -> None:
        for card in queryset:
            keeping.end_card(card=card, by=acting(request), at=timezone.now())
        self.message_user(request, _("Their codes register no phone any more."), messages.SUCCESS)


@admin.register(PartnerNumber)
class PartnerNumberAdmin(PartnerAdmin):
    """Which phones are registered; never their numbers, which workers alone open."""

    adders = frozenset()
    list_display = ["partner", "card", "paired_at", "ended_at", "ended_because"]
    list_display_links = None
    list_select_related = ["partner", "code__card"]
    list_filter = ["partner", ("ended_at", admin.EmptyFieldListFilter)]
    ordering = [models.F("ended_at").desc(nulls_first=True), "-pk"]
    actions = ["start_drill", "end_chosen"]

    @admin.display(description=_("card"))
    def card(self, number: PartnerNumber) -> str:
        return number.code.card.label

    @admin.action(description=DRILL, permissions=["end"])
    def start_drill(self, request: HttpRequest, queryset: models.QuerySet[PartnerNumber]) -> None:
        for number in queryset.select_related("partner"):
            start_drill(partner=number.partner, number=number, by=acting(request), at=timezone.now())
        self.say_that_it_runs(request)

    @admin.action(description=_("End the chosen numbers"), permissions=["end"])
    def end_chosen(self, request: HttpRequest, queryset: models.QuerySet[PartnerNumber]) -> None:
        for number in queryset.select_related("partner"):
            keeping.end_number(number=number, by=acting(request), at=timezone.now())
