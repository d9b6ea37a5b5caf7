"""Rendering a notice at the moment it is sent, in the language of its recipient; the result is never stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats, translation

from notifications.catalogue.table import line_of
from notifications.catalogue.texts import SUBJECT_COMPANY, SUBJECT_DAILY, SUBJECT_OFFICE, TEXTS, TO_DO, Text, Words
from notifications.models import Notice
from notifications.queries import day_of


@dataclass(frozen=True)
class Letter:
    """``subject`` is empty for a text message."""

    subject: str
    body: str


def letter(notice: Notice, matters: Sequence[Notice] = ()) -> Letter:
    """What this notice says. It takes in the recipient's own reference, a day and, for the office, an address.

    ``matters``: what stands in it where it is the letter of a day; none given: the notice alone.
    """
    with translation.override(language_of(notice)):
        if notice.letter_on is not None:
            return _of_day(matters or [notice])
        text = TEXTS[line_of(notice.event.kind, notice.step).text]
        reference = notice.respondent.reference if notice.respondent else notice.event.case.reference
        if notice.channel == Notice.Channel.SMS:
            return Letter("", str(text.sms) % {"reference": reference})
        body = render_to_string(
            "notifications/notice.txt",
            {
                "reference": reference,
                "what": text.what,
                "to_do": _to_do(notice, text),
                "urgent": notice.urgent,
                "day": _day(day_of(notice)),
                "url": "" if notice.respondent else _office_page(notice),
            },
        )
        return Letter(str(SUBJECT_COMPANY if notice.respondent else SUBJECT_OFFICE), body)


def _of_day(matters: Sequence[Notice]) -> Letter:
    """Each matter by its reference, what is to be done, and the day; the first day first."""
    days = {matter.pk: day_of(matter) for matter in matters}
    lines = [
        {
            "reference": matter.event.case.reference,
            "what": _what(matter),
            "day": _day(days[matter.pk]),
        }
        for matter in sorted(matters, key=lambda one: (days[one.pk] or date.max, one.pk))
    ]
    url = f"{settings.SITE_URL}{reverse('admin:index')}"
    return Letter(str(SUBJECT_DAILY), render_to_string("notifications/daily.txt", {"lines": lines, "url": url}))


def _what(matter: Notice) -> Words:
    text = TEXTS[line_of(matter.event.kind, matter.step).text]
    return _to_do(matter, text) or text.what


def language_of(notice: Notice) -> str:
    """The recipient's language if it is offered, else the default."""
    offered = {code for code, _name in settings.LANGUAGES}
    wanted = notice.recipient.language
    return wanted if wanted in offered else settings.LANGUAGE_CODE


def _day(due: date | None) -> str:
    """Days, never times of day: an hour could tell when somebody wrote."""
    return formats.date_format(due, "DATE_FORMAT") if due else ""


def _to_do(notice: Notice, text: Text) -> Words:
    """What the deadline asks for, where the words leave that open."""
    clock = notice.event.clock
    return TO_DO[clock.kind] if text.by_clock and clock is not None else ""


def _office_page(notice: Notice) -> str:
    return f"{settings.SITE_URL}{reverse('admin:cases_case_page', args=[notice.event.case.reference])}"
