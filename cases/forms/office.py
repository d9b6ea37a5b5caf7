"""The shape of what an officer types on the case page: one small form for each thing that may be done."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.codes.languages import language_name
from cases.labels import WRITTEN
from cases.models import Filing, Respondent
from cases.queries import CasePage, handlers_free, sites_to_name
from cases.states import AsideReason
from grievance.commands.reading import Words
from grievance.uploads import SealedUpload


def language_names() -> list[tuple[str, str]]:
    """Every language that people write in, by its own name."""
    return [(code, language_name(code)) for code in dict.fromkeys([*dict(settings.LANGUAGES), *WRITTEN])]


class ActForm(forms.Form):
    """Knows the page on which it stands. ``offered`` is False where there is nothing to choose from.

    ``inserts``: the field whose choice a button beside it puts into the form, without doing anything else.
    """

    inserts = ""

    def __init__(
        self,
        data: Any = None,
        *,
        slug: str,
        page: CasePage,
        user: User,
        filing: Filing | None,
        uploads: Sequence[SealedUpload] = (),
    ) -> None:
        super().__init__(data, auto_id=f"{slug}-%s", label_suffix="")
        self.sent_files = uploads
        self.slug, self.page, self.user, self.shown_filing = slug, page, user, filing
        self.prepare()
        for name, field in self.fields.items():
            if self.errors.get(name):
                field.widget.attrs |= {
                    "autofocus": True,
                    "aria-invalid": "true",
                    "aria-describedby": f"{slug}-{name}-wrong",
                }

    def prepare(self) -> None:
        """Fill in the choices that this case leaves."""

    def begin_with(self, words: Words) -> None:
        """The words of the shown filing are open on this page: start from them where that helps."""

    def inserted(self) -> "ActForm":
        """The same form with what was typed, and the chosen ready text in it."""
        return self

    @property
    def offered(self) -> bool:
        return True

    def choose(self, name: str, rows: Iterable[tuple[Any, str]], blank: Any = "–") -> None:
        """The choices of a field from rows that are at hand; ``cleaned_data`` holds the row itself."""
        held = {str(row.pk): (row, label) for row, label in rows}
        field = self.fields[name]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - for the type checker
        field.choices = [("", blank), *((pk, label) for pk, (_row, label) in held.items())]
        field.coerce = lambda pk: held[pk][0]


def _pick(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, empty_value=None)


class AssignForm(ActForm):
    handler = _pick(_("Handler"))

    def prepare(self) -> None:
        people = handlers_free(self.page.case, self.page.respondents)
        self.choose("handler", ((person, person.get_full_name() or person.username) for person in people))

    @property
    def offered(self) -> bool:
        """Nobody can be free of conflict with parties that are not known yet."""
        return self.page.case.site_id is not None


class SiteForm(ActForm):
    site = _pick(_("Site"))

    def prepare(self) -> None:
        sites = sites_to_name(self.user)
        self.choose("site", ((site, ", ".join(filter(None, (site.name, site.place, site.country)))) for site in sites))


class AsideForm(ActForm):
    reason = forms.TypedChoiceField(label=_("It is"), choices=[("", "–"), *AsideReason.choices()], coerce=AsideReason)


class RespondentForm(ActForm):
    """Chooses among the companies that stand in one of these states."""

    states: frozenset[str] = frozenset()
    respondent = _pick(_("Company"))

    def prepare(self) -> None:
        self.choose("respondent", ((one, str(one.organisation)) for one in self.fitting()))

    def fitting(self) -> list[Respondent]:
        return [one for one in self.page.respondents if one.state in self.states]

    @property
    def offered(self) -> bool:
        return bool(self.fitting())
