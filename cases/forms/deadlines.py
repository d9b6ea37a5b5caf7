"""What an officer chooses to let a deadline stand still, or run on."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cases import labels
from cases.codes import PauseBecause
from cases.forms.fields import RecordForm, day, grade, pick, read
from cases.forms.office import ActForm
from cases.models import Clock
from cases.queries.deadlines import clocks_to_hold, feedback_owed


class ClockForm(RecordForm):
    """Chooses one deadline that may stand still."""

    record = "clock"

    def clocks(self) -> list[Clock]:
        """Asked of the database once for the forms of a page."""
        page = self.page
        if clocks_to_hold not in page.read:
            page.read[clocks_to_hold] = clocks_to_hold(page.case, page.filings, page.at)
        found: list[Clock] = page.read[clocks_to_hold]
        return found

    def labelled(self, clocks: Iterable[Clock]) -> list[tuple[Clock, str]]:
        people = {filing.pk: label for filing, label in self.page.named_filings}
        return [(clock, _label(clock, people.get(clock.filing_id or 0, ""))) for clock in clocks]


def _label(clock: Clock, person: str) -> str:
    """What it is, whose, and its day."""
    day_due = date_format(localtime(clock.due_at), "j M Y")
    parts = [
        str(labels.CLOCKS.get(clock.kind, clock.kind)),
        str(clock.respondent.organisation) if clock.respondent else "",
        _now("Step %(number)d") % {"number": clock.step.number} if clock.step else "",
        person,
        _now("due %(day)s") % {"day": day_due},
    ]
    return " – ".join(filter(None, parts))


class PauseForm(ClockForm):
    clock = pick(_("Deadline"))
    reason = grade(_("Why it stands still"), PauseBecause)
    until = day(_("It runs on from"), help_text=_("By itself, whether or not what it waits for has come."))

    def rows(self) -> Any:
        return self.labelled(clock for clock in self.clocks() if not clock.held)  # type: ignore[attr-defined]

    def clean_until(self) -> datetime:
        """From the first moment of that day."""
        return make_aware(datetime.combine(self.cleaned_data["until"], time.min))


class RunOnForm(ClockForm):
    clock = pick(_("Deadline"))

    def rows(self) -> Any:
        return self.labelled(clock for clock in self.clocks() if clock.held)  # type: ignore[attr-defined]


class FeedbackForm(ActForm):
    @property
    def offered(self) -> bool:
        return read(self.page, feedback_owed)
