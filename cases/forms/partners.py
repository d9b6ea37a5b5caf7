"""The shape of what a partner says beside the words of a person: how they agreed, and what they let the partner see;
and a list of people, each row with what is wrong in it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from grievance.codes import Authority, ConsentHow, DiscardedBecause, MaySee
from grievance.commands.partners import Behalf, Row
from grievance.forms import FilingForm
from grievance.models import FieldPartner
from grievance.questions import BY_KEY
from grievance.sheets import BY_KEY as COLUMN_OF
from grievance.sheets import COLUMNS, NO, YES, Column, Sheet, SheetRow, Text
from supplychain.models import Site
from supplychain.queries import sites_called

CHOOSE = {"required": _("Please choose one of these."), "invalid_choice": _("Please choose one of these.")}


def language_name(code: str) -> str:
    """As its own readers call it; the code itself where we have no name for it."""
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return code


def spoken_with(partner: FieldPartner) -> list[tuple[str, str]]:
    """The languages that somebody may want an answer in: the partner's own first, then all that we write."""
    codes = [*partner.languages, *(code for code, _name in settings.LANGUAGES)]
    return [(code, language_name(code)) for code in dict.fromkeys(codes)]


class BehalfForm(forms.Form):
    """For whom a partner speaks. Only how they agreed must be said."""

    consent = forms.ChoiceField(
        label=_("How did this person agree that you tell us?"), choices=ConsentHow.choices(), error_messages=CHOOSE
    )
    standing = forms.ChoiceField(
        label=_("Why do you speak for them?"), choices=Authority.choices(), required=False, error_messages=CHOOSE
    )
    call_back = forms.ChoiceField(
        label=_("Is it safe to call them or to send them a text?"),
        choices=[("yes", YES), ("no", NO)],
        required=False,
        error_messages=CHOOSE,
    )
    may_see = forms.ChoiceField(
        label=_("What do they let you see of their case?"),
        choices=MaySee.choices(),
        required=False,
        error_messages=CHOOSE,
    )
    language = forms.ChoiceField(label=_("In which language do they want an answer?"), required=False)

    def __init__(self, data: QueryDict | None = None, *, partner: FieldPartner, language: str = "en") -> None:
        super().__init__(data, auto_id=False)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = spoken_with(partner)
        field.error_messages |= CHOOSE
        self.usual = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE

    def clean(self) -> None:
        """Nobody agreed, and they let the partner see something: these two do not go together."""
        if self.cleaned_data.get("consent") == ConsentHow.NONE:
            self.cleaned_data["may_see"] = MaySee.ANSWERS  # its own report, which it may follow

    def behalf(self) -> Behalf:
        said = self.cleaned_data
        return Behalf(
            consent_how=said["consent"],
            authority=said["standing"] or Authority.ASKED,
            call_back_safe={"yes": True, "no": False}.get(said["call_back"]),
            may_see=said["may_see"] or MaySee.NOTHING,
        )

    def spoken(self) -> str:
        return str(self.cleaned_data["language"] or self.usual)

    def carried(self) -> list[tuple[str, str]]:
        """What was answered, to travel in the page."""
        return [(name, str(self.data.get(name))) for name in self.fields if self.data.get(name)]


def check_together(form: FilingForm, behalf: BehalfForm) -> None:
    """Of somebody who did not agree nothing is sent that says who they are; it is not dropped in silence either."""
    form.is_valid()  # so that there is something to look at
    if behalf.is_valid() and behalf.behalf().own and form.cleaned_data.get("openness", "anonymous") != "anonymous":
        form.add_error(
            "openness", _("They did not agree: please choose “Anonymous”, and leave out what says who they are.")
        )


class DiscardForm(forms.Form):
    because = forms.ChoiceField(label=_("Why"), choices=DiscardedBecause.choices(), error_messages=CHOOSE)


@dataclass(frozen=True)
class Listed:
    """One person of a list as the preview shows them: ``row`` is None while something is wrong."""

    number: int
    start: str
    place: str
    when: str
    consent: str
    language: str
    may_see: str
    row: Row | None
    problems: list[tuple[str, str]]


def listed(sheet: Sheet, partner: FieldPartner, *, language: str, today: date, confidential: bool) -> list[Listed]:
    """Asks the database for each name of a place once, however many people name it."""
    named = cache(sites_called)
    return [_listed(one, partner, language, today, named, confidential=confidential) for one in sheet.rows]


def rows_of(people: Iterable[Listed]) -> list[Row]:
    return [one.row for one in people if one.row is not None]


def hints(partner: FieldPartner) -> list[tuple[Column, list[tuple[str, Text]]]]:
    """The columns of a list that take certain words, each with these: code and label."""
    return [(one, list(_offered(one, partner).items())) for one in COLUMNS if one.codes or one.tick]


def _listed(
    row: SheetRow,
    partner: FieldPartner,
    language: str,
    today: date,
    named: Callable[[str], list[Site]],
    *,
    confidential: bool,
) -> Listed:
    data = QueryDict(mutable=True)
    for key, values in row.cells.items():
        data.setlist(key, values)
    if not data.get("safe_way"):
        data["safe_way"] = "none"
    form = FilingForm(data, today=today, confidential=confidential, named=named)
    behalf = BehalfForm(data, partner=partner, language=language)
    check_together(form, behalf)
    unknown = [key for key, values in row.cells.items() if not _knows(COLUMN_OF[key], values, partner)]
    problems = [
        *((_called(key), _possible(COLUMN_OF[key], partner)) for key in unknown),
        *_problems(form, partner, unknown),
        *_problems(behalf, partner, unknown),
    ]
    made = None if problems else Row(row.number, form.draft(behalf.spoken()), behalf.behalf())
    may_see = behalf.behalf().may_see if made else data.get("may_see", "")
    return Listed(
        number=row.number,
        start=" ".join(data.get("statement", "").split())[:60],
        place=" · ".join(filter(None, [data.get("place", ""), _said("country", data.get("country", ""))])),
        when=date_format(day) if (day := form.cleaned_data.get("day")) else data.get("day", data.get("about", "")),
        consent=_said("consent", data.get("consent", "")),
        language=language_name(behalf.spoken() if made else data.get("language", "")),
        may_see=_said("may_see", may_see),
        row=made,
        problems=problems,
    )


def _said(key: str, code: str) -> str:
    """The words for a code; what was typed where it is none."""
    return str(COLUMN_OF[key].codes.get(code, code))


def _offered(column: Column, partner: FieldPartner) -> dict[str, Text]:
    """What the hints say may stand in a column. Of all countries those of the partner."""
    if column.tick:
        return {"yes": YES, "no": NO}
    if column.key == "country":
        return {code: column.codes[code] for code in partner.countries if code in column.codes}
    if column.key == "language":
        return dict(spoken_with(partner))
    return dict(column.codes)


def _knows(column: Column, values: list[str], partner: FieldPartner) -> bool:
    """A tick takes any words for a yes; in a list they have to say so."""
    if column.tick:
        return values in ([], ["on"])
    said = set(values)
    return not column.codes or said <= column.codes.keys() or said <= _offered(column, partner).keys()


def _possible(column: Column, partner: FieldPartner) -> str:
    """Which words a column takes, in those of the reader."""
    if column.tick:
        return str(_("Please write yes or no."))
    words = " · ".join(map(str, _offered(column, partner).values()))
    if column.key == "country":
        return str(_("Please write the country by its name or by its code of two letters.")) + f" {words}"
    return gettext("Please write one of these: %(words)s") % {"words": words}


def _problems(form: forms.Form, partner: FieldPartner, without: list[str]) -> Iterator[tuple[str, str]]:
    for key, errors in form.errors.as_data().items():
        column = COLUMN_OF.get(key)
        for error in errors if key not in without else ():
            if column is not None and column.codes and error.code in CHOOSE:
                yield _called(key), _possible(column, partner)
            else:
                yield _called(key), " ".join(map(str, error.messages))


def _called(key: str) -> str:
    """The name of a column, as the reader calls it."""
    column = COLUMN_OF.get(key)
    return str(column.words) if column else str(BY_KEY[key].title) if key in BY_KEY else ""
