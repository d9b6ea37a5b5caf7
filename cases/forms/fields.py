"""The fields that many forms of the case page share: a choice, a day, a longer text, a text per language."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django import forms
from django.db.models import Model

from cases.codes.languages import language_name
from cases.forms.office import ActForm
from cases.models import Case
from cases.queries import CasePage
from cases.queries.inquiry import languages_of
from grievance.forms import Words

Found = TypeVar("Found")

LONGEST = 10_000  # characters; our default
FALLBACK = "en"


def pick(label: Any, *, required: bool = True, **more: Any) -> forms.TypedChoiceField:
    """A record, or nothing; its form fills in the choices."""
    return forms.TypedChoiceField(label=label, empty_value=None, required=required, **more)


def grade(label: Any, words: Any, **more: Any) -> forms.TypedChoiceField:
    """A code of one of the tables of `cases.codes`; the form gives the code itself."""
    return forms.TypedChoiceField(label=label, choices=[("", "–"), *words.choices()], coerce=words, **more)


def day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **more)


def text(label: Any, *, rows: int = 5, longest: int = LONGEST, **more: Any) -> Words:
    return Words(label=label, longest=longest, widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}), **more)


def line(label: Any, *, longest: int = 200, **more: Any) -> Words:
    return Words(label=label, longest=longest, widget=forms.TextInput(attrs={"dir": "auto"}), **more)


def read(page: CasePage, load: Callable[[Case], Found]) -> Found:
    """What several forms of one page choose from is asked of the database once."""
    if load not in page.read:
        page.read[load] = load(page.case)
    found: Found = page.read[load]
    return found


class RecordForm(ActForm):
    """Chooses one record of the case by its field ``record``; not offered where there is none."""

    record = ""

    def rows(self) -> Iterable[tuple[Model, str]]:
        raise NotImplementedError

    def prepare(self) -> None:
        self.held = list(self.rows())
        self.choose(self.record, self.held)

    @property
    def offered(self) -> bool:
        return bool(self.held)


class LanguagesForm(ActForm):
    """One text for the people who filed in each of their languages, and in English, which is read where one is
    missing: {language: text}."""

    def add_texts(self, label: Any) -> None:
        for language in dict.fromkeys([*read(self.page, languages_of), FALLBACK]):
            field = text(f"{label} – {language_name(language)}", required=False)
            field.widget.attrs["lang"] = language
            self.fields[f"text_{language}"] = field

    def texts(self) -> dict[str, str]:
        found = {name.removeprefix("text_"): body for name, body in self.cleaned_data.items() if name[:5] == "text_"}
        return {language: str(body) for language, body in found.items() if body.strip()}
