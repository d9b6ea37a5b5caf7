"""What an officer may do on the case page, as one table: the button, its form, and the one command behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Act
from cases.commands import casework, respondents
from cases.forms import office
from cases.models import Case, Filing
from cases.queries import CasePage

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


def _screen(case: Case, given: dict[str, Any], by: User, at: datetime) -> None:
    casework.screen(case=case, by=by, at=at)


def _acknowledge(case: Case, given: dict[str, Any], by: User, at: datetime) -> None:
    casework.acknowledge(case=case, by=by, at=at)


def _bring_back(case: Case, given: dict[str, Any], by: User, at: datetime) -> None:
    casework.bring_back(case=case, by=by, at=at)


def _with_form(command: Callable[..., object]) -> Run:
    """The command of the case with the form's fields as its arguments."""

    def run(case: Case, given: dict[str, Any], by: User, at: datetime) -> None:
        command(case=case, by=by, at=at, **given)

    return run


def _of_respondent(command: Callable[..., object]) -> Run:
    """The command of one respondent, which the form has chosen among those of the case."""

    def run(case: Case, given: dict[str, Any], by: User, at: datetime) -> None:
        command(by=by, at=at, **given)

    return run


DEEDS = {
    deed.slug: deed
    for deed in (
        Deed(
            "screen", Act.TRIAGE, _("Begin screening"), _("You have read the words and look at how we can help."),
            _("Screening has begun."), office.ActForm, _screen,
        ),
        Deed(
            "acknowledge", Act.ACKNOWLEDGE, _("Acknowledge"),
            _("The person is told that a human has their words. Feedback is then due in three months."),
            _("The person is told that their words were read."), office.ActForm, _acknowledge,
        ),
        Deed(
            "reply", Act.REPLY, _("Send reply"), _("They read it on their page, with their number."),
            _("The reply is on the person's page."), office.ReplyForm, _with_form(casework.reply),
        ),
        Deed(
            "assign", Act.ASSIGN, _("Assign"), _("Only people free of conflict with every party can be chosen."),
            _("The case has a handler."), office.AssignForm, _with_form(casework.assign),
        ),
        Deed(
            "site", Act.NAME_SITE, _("Name the site"), _("Then the supply chain says who answers for it."),
            _("The site is named, and the case is routed."), office.SiteForm, _with_form(casework.name_site),
        ),
        Deed(
            "approve", Act.APPROVE_RESPONDENT, _("Approve company"),
            _("Everybody who filed must have agreed. Fewer than ten people who fit need a second signature first."),
            _("The company may be told."), office.ApproveForm, _of_respondent(respondents.approve),
        ),
        Deed(
            "countersign", Act.APPROVE_RESPONDENT, _("Sign too"),
            _("The second signature, for facts that fewer than ten people fit."),
            _("Your signature is on record."), office.CountersignForm, _of_respondent(respondents.countersign),
        ),
        Deed(
            "notify", Act.NOTIFY_RESPONDENT, _("Tell company"),
            _("Its deadline runs from the day it is told: one to five days from now, unless the person is open."),
            _("The company will be told."), office.NotifyForm, _of_respondent(respondents.notify),
        ),
        Deed(
            "aside", Act.SET_ASIDE, _("Set aside"), _("This is no complaint. It can be brought back."),
            _("The case is set aside."), office.AsideForm, _with_form(casework.set_aside),
        ),
        Deed(
            "bring-back", Act.BRING_BACK, _("Bring back"), _("It was a complaint after all: back to screening."),
            _("The case is back in screening."), office.ActForm, _bring_back,
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """One deed with the form that stands on the page; ``open`` where something was typed and refused."""

    deed: Deed
    form: office.ActForm
    open: bool = False


def offers(page: CasePage, user: User, filing: Filing | None, posted: "Offer | None" = None) -> list[Offer]:
    """What this person may do now; a form that was refused is always among it, with what was typed."""
    found = []
    for deed in DEEDS.values():
        # A refused button that holds nothing typed is not drawn again once its time is over.
        if posted is not None and posted.deed is deed and (deed.act in page.acts or posted.form.fields):
            found.append(posted)
        elif deed.act in page.acts:
            form = deed.form(slug=deed.slug, page=page, user=user, filing=filing)
            if form.offered:
                found.append(Offer(deed, form))
    return found
