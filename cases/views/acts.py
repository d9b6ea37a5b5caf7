"""What a person may do on their page, as one table: the form, the one command behind it, and where the page goes on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict

from cases.commands import choices, coming, consent, leaving, safety
from cases.commands.appeals import file_appeal
from cases.commands.remedy import saying
from cases.commands.remedy.plan import answer_consultation
from cases.forms import follow as forms
from grievance.commands import word
from grievance.commands.conversation import write
from grievance.commands.following import Following
from grievance.commands.partners import dropping
from grievance.uploads import SealedUpload


@dataclass(frozen=True)
class Sent:
    """What came with one press of a button: who, the cleaned form, pictures, and in which language the page was."""

    following: Following
    given: dict[str, Any]
    language: str
    nonce: str
    uploads: Sequence[SealedUpload]
    at: datetime


@dataclass(frozen=True)
class FollowAct:
    """``shown``: the place of the page where the person sees what they did."""

    slug: str
    form: type[forms.FollowForm]
    run: Callable[[Sent], object]
    shown: str
    page: str = ""  # the template that answers in place, with the first words in it; else the page is opened anew


def plain(command: Callable[..., object]) -> Callable[[Sent], object]:
    """The command with the fields of the form as its arguments."""
    return lambda sent: command(following=sent.following, at=sent.at, **sent.given)


def _write(sent: Sent) -> object:
    return write(
        following=sent.following,
        body=sent.given["body"],
        language=sent.language,
        uploads=sent.uploads,
        nonce=sent.nonce,
        at=sent.at,
    )


def _say_how_it_is(sent: Sent) -> object:
    return safety.answer(following=sent.following, answer=sent.given["answer"], words=sent.given["body"], at=sent.at)


def _check_minutes(sent: Sent) -> object:
    given = sent.given
    return choices.check_minutes(
        following=sent.following,
        hearing=given["hearing"],
        right=given["right"],
        words=given["body"],
        language=sent.language,
        at=sent.at,
    )


def _appeal(sent: Sent) -> object:
    return file_appeal(following=sent.following, grounds=sent.given["body"], at=sent.at)


def _say_of_plan(sent: Sent) -> object:
    given = sent.given
    return answer_consultation(following=sent.following, agrees=given["agrees"], words=given["body"], at=sent.at)


def _say_of_step(sent: Sent) -> object:
    given = {**sent.given}
    return saying.say(following=sent.following, words=given.pop("body"), at=sent.at, **given)


def _leave(sent: Sent) -> object:
    given = sent.given
    return leaving.withdraw(following=sent.following, pressed=given["pressed"], words=given["body"], at=sent.at)


def _check_word(sent: Sent) -> None:
    word.check_word(following=sent.following, typed=sent.given["word"], at=sent.at)


def _set_word(sent: Sent) -> None:
    given = sent.given
    word.set_word(following=sent.following, word=given["new"], typed=given["word"], at=sent.at)


def _tell_partner(sent: Sent) -> None:
    if sent.given["may_see"] == "end":
        dropping.drop_partner(following=sent.following, at=sent.at)
    else:
        dropping.let_partner_see(following=sent.following, may_see=sent.given["may_see"], at=sent.at)


def _forget(sent: Sent) -> None:
    coming.forget_contact(following=sent.following, at=sent.at)


def _stop(sent: Sent) -> None:
    coming.stop_number(following=sent.following, at=sent.at)


WRITE = FollowAct("write", forms.AnswerForm, _write, "sent")
ACTS: dict[str, FollowAct] = {
    act.slug: act
    for act in (
        WRITE,
        FollowAct("safety", forms.SafetyForm, _say_how_it_is, "heard"),
        FollowAct("consent", forms.ConsentForm, plain(consent.answer), "telling"),
        FollowAct("dialogue", forms.DialogueForm, plain(choices.answer_dialogue), "kept"),
        FollowAct("inquiry", forms.InquiryForm, plain(choices.answer_inquiry), "kept"),
        FollowAct("minutes", forms.MinutesForm, _check_minutes, "kept"),
        FollowAct("appeal", forms.AppealForm, _appeal, "kept"),
        FollowAct("plan", forms.PlanForm, _say_of_plan, "kept"),
        FollowAct("step", forms.StepForm, _say_of_step, "kept"),
        FollowAct("money", forms.MoneyForm, plain(saying.say_of_payment), "kept"),
        FollowAct("partner", forms.PartnerForm, _tell_partner, "partner"),
        FollowAct("withdraw", forms.WithdrawForm, _leave, "kept"),
        FollowAct("rate", forms.RateForm, plain(leaving.rate), "kept"),
        FollowAct("call", forms.CallForm, plain(choices.allow_call), "call"),
        FollowAct("show", forms.ShowForm, _check_word, "first", "cases/follow.html"),
        FollowAct("copy", forms.ShowForm, _check_word, "first", "cases/copy.html"),
        FollowAct("word", forms.SetWordForm, _set_word, "word"),
        FollowAct("forget", forms.ForgetForm, _forget, "reach"),
        FollowAct("stop", forms.StopForm, _stop, "kept"),
    )
}


# Words have a field of their own there; files wait sealed; an extra word is typed again.
NOT_CARRIED = frozenset({"body", "photos", "word", "new"})


def kept_fields(data: QueryDict) -> dict[str, Any]:
    """Of what was posted all that the person typed or chose, to be carried through the door: ``body`` is their words,
    ``carried`` the other fields of the act."""
    act = ACTS.get(data.get("act", ""), WRITE)
    names = [*act.form.base_fields, "act", "nonce"]
    carried = [(name, data[name]) for name in names if name not in NOT_CARRIED and data.get(name)]
    return {"body": data.get("body", ""), "carried": carried}
