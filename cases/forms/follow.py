"""The shape of what a person types on the follow page: an answer, and each of their choices."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cases.codes import SafetyAnswer
from cases.queries import FollowPage
from grievance import vault
from grievance.codes import MaySee, RecipientKind
from grievance.forms import Words, picture_problems
from grievance.queries import Staged
from grievance.rules import FILES_MOST, MESSAGE_LONGEST
from grievance.uploads import SealedUpload


class FollowForm(forms.Form):
    """One thing that a person may do on their page; it knows the page, so that nobody answers what is not theirs."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        page: FollowPage,
        uploads: Sequence[SealedUpload] = (),
        staged: Sequence[Staged] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.page, self.uploads, self.staged = page, uploads, staged
        self.prepare()

    def prepare(self) -> None:
        """Fill in the choices that this page leaves."""

    @property
    def typed(self) -> bool:
        """Does it hold what somebody typed or chose and has not sent yet?"""
        return self.is_bound or bool(self.initial)


def choose(field: forms.Field, rows: Iterable[Model]) -> None:
    """Whoever posts may name one of these rows alone; ``cleaned_data`` holds the row itself."""
    held = {str(row.pk): row for row in rows}
    assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - for the type checker
    field.choices = [(pk, pk) for pk in held]
    field.coerce = held.__getitem__


def _yes_or_no() -> forms.TypedChoiceField:
    """One of two buttons."""
    choices = [("yes", "yes"), ("no", "no")]
    missing = {"required": _("Please press one of the two buttons.")}
    return forms.TypedChoiceField(choices=choices, coerce=lambda typed: typed == "yes", error_messages=missing)


class AnswerForm(FollowForm):
    """A further message; words or files, or both."""

    body = Words(longest=MESSAGE_LONGEST, required=False)
    photos = forms.Field(required=False)

    def clean_photos(self) -> None:
        errors = picture_problems(self.uploads, FILES_MOST - len(self.staged))
        if errors:
            raise ValidationError(errors)

    def clean(self) -> None:
        if self.errors or self.uploads or self.staged:
            return
        if not self.cleaned_data["body"].strip():
            self.add_error("body", _("Please write something, or add a file."))


class SafetyForm(FollowForm):
    """Are you safe: one of three answers, and words if they want."""

    answer = forms.TypedChoiceField(
        choices=SafetyAnswer.choices(),
        coerce=SafetyAnswer,
        error_messages={"required": _("Please choose one of the three answers.")},
    )
    body = Words(longest=MESSAGE_LONGEST, required=False)


class ConsentForm(FollowForm):
    """May one company, or (without one) every company that answers, be told what happened?"""

    organisation = forms.TypedChoiceField(required=False, empty_value=None)
    kind = forms.ChoiceField(required=False, choices=[("", ""), *RecipientKind.choices()])
    given = _yes_or_no()
    # The question that they answer said that few people fit, and that they may be recognised.
    informed = forms.BooleanField(required=False)
    identity = forms.BooleanField(required=False)  # not what happened, but who they are

    def prepare(self) -> None:
        asking = (*self.page.recipients, *self.page.known_to)
        companies = {str(one.organisation.pk): one.organisation for one in asking if one.organisation}
        field = self.fields["organisation"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - for the type checker
        field.choices = [("", ""), *((pk, pk) for pk in companies)]
        field.coerce = companies.__getitem__


class DialogueForm(FollowForm):
    wanted = _yes_or_no()


class InquiryForm(FollowForm):
    agreed = _yes_or_no()


class CallForm(FollowForm):
    allowed = _yes_or_no()


class PartnerForm(FollowForm):
    """What the partner may see that passed their words on; "end" is the end of it."""

    may_see = forms.ChoiceField(
        choices=[*MaySee.choices(), ("end", "end")],
        error_messages={
            "required": _("Please choose one of these."),
            "invalid_choice": _("Please choose one of these."),
        },
    )


class MinutesForm(FollowForm):
    """Are the minutes right? Who says no says what is wrong."""

    hearing = forms.TypedChoiceField()
    right = _yes_or_no()
    body = Words(longest=MESSAGE_LONGEST, required=False)

    def prepare(self) -> None:
        shown = self.page.to_check
        held = {str(shown.hearing.pk): shown.hearing} if shown is not None and shown.hearing is not None else {}
        field = self.fields["hearing"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(pk, pk) for pk in held]
        field.coerce = held.__getitem__

    def clean(self) -> None:
        if self.cleaned_data.get("right") is False and not self.cleaned_data.get("body", "").strip():
            self.add_error("body", _("Please write what is wrong."))


class StepForm(FollowForm):
    """Was it done? ``version``: of the answer that the page showed, so that of two phones the first one counts."""

    step = forms.TypedChoiceField()
    confirmed = _yes_or_no()
    version = forms.IntegerField(min_value=0)
    body = Words(longest=MESSAGE_LONGEST, required=False)

    def prepare(self) -> None:
        choose(self.fields["step"], [one.step for one in self.page.promises.steps if one.counts])

    @property
    def posted_for(self) -> int | None:
        """The step whose form holds what was typed and not taken yet."""
        typed = str(self["step"].value() or "") if self.typed else ""
        return int(typed) if typed.isdecimal() else None


class PlanForm(FollowForm):
    agrees = _yes_or_no()
    body = Words(longest=MESSAGE_LONGEST, required=False)


class MoneyForm(FollowForm):
    payment = forms.TypedChoiceField()
    received = _yes_or_no()

    def prepare(self) -> None:
        choose(self.fields["payment"], self.page.promises.payments)


PRESSED = [("", _("I do not want to say")), ("no", _("No")), ("yes", _("Yes"))]


class WithdrawForm(FollowForm):
    pressed = forms.TypedChoiceField(
        choices=PRESSED, required=False, coerce=lambda typed: typed == "yes", empty_value=None
    )
    body = Words(longest=MESSAGE_LONGEST, required=False)


SCORES = [(1, _("Very badly")), (2, _("Badly")), (3, _("In between")), (4, _("Well")), (5, _("Very well"))]


class RateForm(FollowForm):
    score = forms.TypedChoiceField(
        choices=SCORES, coerce=int, error_messages={"required": _("Please choose one of the five.")}
    )


class AppealForm(FollowForm):
    body = Words(longest=MESSAGE_LONGEST, error_messages={"required": _("Please write why you do not agree.")})


class ShowForm(FollowForm):
    """Show the first words, or make the copy to print; with the extra word where there is one."""

    word = forms.CharField(required=False, strip=False)


class SetWordForm(FollowForm):
    """Set, change or take away the extra word; ``word`` is the one that holds now."""

    word = forms.CharField(required=False, strip=False)
    new = forms.CharField(required=False, strip=False)
    away = forms.BooleanField(required=False)

    def clean(self) -> None:
        new = self.cleaned_data.get("new", "")
        length = len(vault.plain_word(new).replace(" ", ""))
        if self.cleaned_data["away"]:
            self.cleaned_data["new"] = ""
        elif not length >= vault.WORD_SHORTEST or len(new) > vault.WORD_LONGEST:
            self.add_error("new", _("Please choose a word of at least four letters or digits."))


class StopForm(FollowForm):
    """Nobody gets a new number."""


class ForgetForm(FollowForm):
    """Delete how they can be reached."""

    sure = forms.BooleanField(error_messages={"required": _("Please tick that you are sure.")})
