"""Rendering a notice at the moment it is sent, in the language of its recipient; the result is never stored."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats, translation

from notifications.catalogue.table import line_of
from notifications.catalogue.texts import SUBJECT_COMPANY, SUBJECT_OFFICE, TEXTS, TO_DO, Text, Words
from notifications.models import Notice
from notifications.queries import day_of


@dataclass(frozen=True)
class Letter:
    """``subject`` is empty for a text message."""

    subject: str
    body: str


def letter(notice: Notice) -> Letter:
    """What this notice says. It takes in the recipient's own reference, a day and, for the office, an address."""
    with translation.override(language_of(notice)):
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
