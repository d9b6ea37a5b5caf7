"""One thing that an officer may do on the case page: the button, its form, and the one command behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from accounts.models import User
from accounts.roles import Act
from cases.forms import office
from cases.models import Case

Text = str | Promise
Run = Callable[[Case, dict[str, Any], User, datetime], object]


@dataclass(frozen=True)
class Deed:
    """``run`` gets the case, the cleaned form, who and when. ``done`` is the message afterwards, without content."""

    slug: str
    act: Act
    label: Text
    hint: Text
    done: Text
    form: type[office.ActForm]
    run: Run


def plain(command: Callable[..., object]) -> Run:
    """A command of the case that takes nothing more; the form has no fields of its own."""

    def run(case: Case, given: dict[str, Any], by: User, at: datetime) -> None:
        command(case=case, by=by, at=at)

    return run


def with_form(command: Callable[..., object]) -> Run:
    """The command of the case with the form's fields as its arguments."""

    def run(case: Case, given: dict[str, Any], by: User, at: datetime) -> None:
        command(case=case, by=by, at=at, **given)

    return run


def of_record(command: Callable[..., object]) -> Run:
    """The command of one record of the case (a respondent, a hearing …), which the form has chosen."""

    def run(case: Case, given: dict[str, Any], by: User, at: datetime) -> None:
        command(by=by, at=at, **given)

    return run
