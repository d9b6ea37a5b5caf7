"""Every kind of event is told or silent on purpose, and what is told says nothing but what to do."""

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import polib
import pytest
from django.conf import settings as django_settings
from django.utils import translation

from accounts.models import User
from accounts.roles import Role
from cases.events import KINDS
from cases.models import Case, CaseEvent, Respondent
from cases.rules import LADDERS, TARGET
from grievance.receipts import new_reference
from notifications.catalogue import letters
from notifications.catalogue.letters import letter
from notifications.catalogue.table import CATALOGUE, SILENT, SMS, Line
from notifications.catalogue.texts import TEXTS
from notifications.codes import COMPANIES
from notifications.models import Notice
from tests.factories import AT, UserFactory
from tests.notifications.conftest import Happen

LINES = [(kind, line) for kind, entry in CATALOGUE.items() for line in entry.lines]
LANGUAGES = [code for code, _name in django_settings.LANGUAGES]
# GSM 03.38, basic set (the extension's characters cost two and are not wanted either).
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)


def test_every_kind_is_told_or_silent_for_a_reason() -> None:
    assert set(CATALOGUE) | set(SILENT) == KINDS
    assert not set(CATALOGUE) & set(SILENT)
    assert all(SILENT.values())


def test_the_table_is_in_order() -> None:
    for kind, entry in CATALOGUE.items():
        steps = [line.step for line in entry.lines]
        assert len(set(steps)) == len(steps), kind
        for line in entry.lines:
            assert line.text in TEXTS
            assert not line.instead_of or line.instead_of in steps
            if line.channel == SMS:
                assert TEXTS[line.text].sms
                # A text is never the only way: a phone may be missing, or the gateway.
                assert any(one.audience == line.audience and one.channel != SMS for one in entry.lines)
            if line.audience in COMPANIES:
                assert any(one.instead_of for one in entry.lines), "a supervisor decides where a company is not told"


def test_every_audience_of_every_ladder_has_a_line() -> None:
    steps = [step for ladder in LADDERS.values() for step in ladder]
    assert steps
    for step in steps:
        sign = "deadline_neared" if step.days < 0 else "deadline_escalated" if step.days else "deadline_passed"
        kind = "deadline_neared" if step.name == TARGET else sign
        assert set(step.to) <= {line.audience.value for line in CATALOGUE[kind].lines}, step.name


def rendered(kind: str, line: Line, *, language: str, reference: str, day: str, url: str) -> str:
    """The whole of what goes out, over rows that are in no database."""
    respondent = Respondent(reference=reference) if line.audience in COMPANIES else None
    notice = Notice(
        event=CaseEvent(kind=kind, case=Case(reference=reference)),
        recipient=User(language=language),
        respondent=respondent,
        step=line.step,
        channel=line.channel,
        urgent=line.urgent,
    )
    with (
        mock.patch.object(letters, "day_of", return_value=None),
        mock.patch.object(letters, "_day", return_value=day),
        mock.patch.object(letters, "_office_page", return_value=url),
    ):
        words = letter(notice)
    return f"{words.subject}\n{words.body}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "line"), LINES, ids=lambda one: getattr(one, "step", one))
def test_a_notice_holds_a_reference_a_day_an_address_and_nothing_else(kind: str, line: Line, language: str) -> None:
    marks = {"reference": "\ue001", "day": "\ue002", "url": "\ue003"}
    words = rendered(kind, line, language=language, **marks)
    assert words.count(marks["reference"]) == 1
    assert not any(unicodedata.category(letter) == "Cc" for letter in words.partition("\n")[0])
    assert not set(words.partition("\n")[0]) & set(marks.values()), "nothing of a case stands in a subject"
    rest = re.sub("[\ue001-\ue003]", "", words)
    assert not re.search(r"\d|@|https?:|%\(|\{|\}", rest)
    if line.channel == SMS or line.audience in COMPANIES:
        assert marks["url"] not in words


@pytest.mark.parametrize("key", [key for key, text in TEXTS.items() if text.sms])
def test_a_text_message_is_one_segment_in_english(key: str) -> None:
    with translation.override("en"):
        words = str(TEXTS[key].sms) % {"reference": new_reference()}
    assert len(words) <= 160
    assert set(words) <= GSM


@pytest.fixture
def swahili(settings: Any, tmp_path: Path) -> None:
    folder = tmp_path / "sw" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=utf-8", "Plural-Forms": "nplurals=2; plural=(n != 1);"}
    catalogue.append(polib.POEntry(msgid=str(TEXTS["message"].what), msgstr="Kuna jambo jipya la kusoma."))
    catalogue.save_as_mofile(str(folder / "django.mo"))
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGES = [("en", "English"), ("sw", "Kiswahili")]


@pytest.mark.usefixtures("swahili")
@pytest.mark.parametrize(
    ("language", "expected"), [("sw", "Kuna jambo jipya"), ("en", "something new to read"), ("xx", "something new")]
)
def test_the_language_is_the_recipients_at_the_moment_of_sending(happen: Happen, language: str, expected: str) -> None:
    user = UserFactory.create(roles=[Role.HANDLER], language="en")
    notice = Notice(event=happen("message_arrived"), recipient=user, step="handler", channel="email")
    User.objects.filter(pk=user.pk).update(language=language)
    user.refresh_from_db()
    with translation.override("fr"):
        assert expected in letter(notice).body


def test_an_officer_is_given_the_page_of_the_case_and_the_day(happen: Happen, case: Case, handler: User) -> None:
    case.next_due_at = AT
    case.save()
    notice = Notice(event=happen("message_arrived"), recipient=handler, step="handler", channel="email")
    body = letter(notice).body
    assert f"{django_settings.SITE_URL}/office/admin/cases/case/{case.reference}/" in body
    assert "2 March 2026" in body


def test_a_company_reads_its_own_reference_and_never_that_of_the_case(
    happen: Happen, case: Case, party: Callable[..., Respondent], handler: User
) -> None:
    respondent = party("operator", "notified")
    notice = Notice(
        event=happen("respondent_notified", respondent=respondent),
        recipient=handler,
        respondent=respondent,
        step="respondent",
        channel="email",
    )
    body = letter(notice).body
    assert respondent.reference in body
    assert case.reference not in body
    assert "/office/" not in body
