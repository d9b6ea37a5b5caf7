"""The one table of questions: what is asked, of whom, in which order, and where the answer is kept.

It drives the form, the preview, what is sealed, and what the office reads.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from grievance.codes import Harmed, RecipientKind
from grievance.questions.families import FAMILIES

Text = str | Promise
Answers = Mapping[str, Any]  # by the key of the question


class Kind(StrEnum):
    """How an answer is given."""

    WORDS = "words"
    LINE = "line"
    CHOICE = "choice"
    CHOICES = "choices"
    TICK = "tick"
    DAY = "day"
    SITE = "site"
    COUNTRY = "country"
    POSITION = "position"
    PHONE = "phone"
    EMAIL = "email"
    FILES = "files"


class Stored(StrEnum):
    """Where an answer is kept."""

    SEALED = "sealed"  # with the statement, under the data key
    COLUMN = "column"  # of the grievance, in plain: codes, days and places that are on record
    WAY = "way"  # of the person: by which way they can be reached, a code
    CONTACT = "contact"  # under the contact key, for workers alone
    NAME = "name"  # for custodians, or under the data key, as the person chose
    CONSENT = "consent"  # a row for each kind of recipient; "ask me first" is none
    FILES = "files"
    TEXT = "text"  # with what brings back somebody who files by text


@dataclass(frozen=True)
class Choice:
    value: str
    label: Text
    sentence: Text = ""
    drawing: str = ""


def everybody(_answers: Answers) -> bool:
    return True


def who_speaks_for_others(answers: Answers) -> bool:
    return answers.get("harmed") in {"other", "group"}


def who_can_be_reached(answers: Answers) -> bool:
    return (answers.get("openness") or "anonymous") != "anonymous"


@dataclass(frozen=True)
class ByText:
    """How a conversation by text asks this: one message. ``place``: when, the lowest first; ``words``: None where the
    text that began it has said it; ``wrong``: what is said where an answer means nothing, None where every one is good.
    """

    place: int
    words: Text | None = None
    wrong: Text | None = None


@dataclass(frozen=True)
class Question:
    """``key``: the name of the field; ``stored_as``: of the column, or in the JSON. ``asks``: of whom, by the answers
    so far. ``short``: the name of its letter in a structured text (`data/letters.csv`), "" for none; ``example``: what
    stands behind that letter in the short guide, "" where only the printed one has it; ``by_text``: how a conversation
    by text asks it, None where it does not. ``again``: what a preview and the office call it where the question alone
    says too little."""

    key: str
    step: str
    words: Text
    kind: Kind
    stored: Stored
    hint: Text = ""
    choices: tuple[Choice, ...] = ()
    longest: int = 0
    required: bool = False
    asks: Callable[[Answers], bool] = everybody
    short: str = ""
    example: Text = ""
    by_text: ByText | None = None
    name: str = ""
    again: Text = ""

    @property
    def stored_as(self) -> str:
        return self.name or self.key

    @property
    def title(self) -> Text:
        return self.again or self.words


@dataclass(frozen=True)
class Step:
    """What stands together on one page. ``note``: a template with what has to be said there."""

    key: str
    words: Text
    hint: Text = ""
    note: str = ""
    asks: Callable[[Answers], bool] = everybody


STEPS = (
    Step("safe", _("Is it safe to write here now?"), note="grievance/steps/safe.html"),
    Step("what", _("What happened?"), _("Use your own words and your own language.")),
    Step("where", _("Where did it happen?")),
    Step("when", _("When did it happen?")),
    Step("who", _("Who was harmed?")),
    Step("kind", _("What is it about?"), _("Choose all that fit. If you are not sure, choose none.")),
    Step("danger", _("Is somebody in danger now?"), note="grievance/steps/danger.html"),
    Step("wanted", _("What do you want to happen?"), _("What would put it right, or make it stop?")),
    Step("files", _("Do you have pictures, a recording or papers?")),
    Step("openness", _("Who may know who you are?")),
    Step("contact", _("How can we reach you safely?"), asks=who_can_be_reached),
    Step(
        "consent",
        _("Whom may we tell what happened?"),
        _("They can put it right only when they know of it. We tell them the facts, never your name. Where you choose "
          "nothing, we ask you first."),
    ),
)  # fmt: skip

SAFE_WAYS = (
    Choice("none", _("Do not contact me: I will come back with my number")),
    Choice("sms", _("Text message")),
    Choice("call", _("Phone call")),
    Choice("email", _("Email")),
    Choice("trusted", _("Somebody I trust")),
)
OPENNESS = (
    Choice("anonymous", _("Anonymous"), _("Nobody asks for your name. You come back with your number.")),
    Choice(
        "confidential",
        _("Confidential"),
        _("We lock your name away. Only two people from two different organisations can open it, together."),
    ),
    Choice("open", _("Open"), _("The people who work on your case see your name. The companies do not.")),
)
TELLING = (Choice("yes", _("Yes")), Choice("ask", _("Ask me first")), Choice("no", _("No")))

YES_OR_NO = _("Please answer 1 for yes or 2 for no.")

QUESTIONS = (
    Question("statement", "what", _("What happened?"), Kind.WORDS, Stored.SEALED, required=True, longest=40_000,
             short="what", example=_("what happened"), by_text=ByText(0)),
    Question("place", "where", _("Name of the place or of the company"), Kind.LINE, Stored.SEALED,
             _("The mine, plant, village or town, as people there call it. If you do not know the name, write how one "
               "gets there."),
             longest=500, short="where", example=_("place"), again=_("Where, in your own words"),
             by_text=ByText(2, _("Where did it happen? Write the name of the mine, plant or village."))),
    Question("country", "where", _("Country"), Kind.COUNTRY, Stored.COLUMN),
    Question("site", "where", _("Is it one of these?"), Kind.SITE, Stored.COLUMN, again=_("Place that we know")),
    Question("position", "where", _("Or its position, from the map of a phone"), Kind.POSITION, Stored.SEALED,
             _("Such as -10.71, 25.47. We keep it only to about a kilometre, and locked."),
             longest=60, again=_("Position, to about a kilometre")),
    Question("day", "when", _("The day, if you know it"), Kind.DAY, Stored.COLUMN,
             _("Day, month and year, such as 31/3/2026."), longest=40, short="when", example=_("day"),
             name="happened_on",
             by_text=ByText(3, _("When did it happen? Write the day, or about when."))),
    Question("about", "when", _("Or about when"), Kind.LINE, Stored.SEALED,
             _("In your own words, such as “last rainy season”."), longest=200, again=_("About when")),
    Question("ongoing", "when", _("It is still going on"), Kind.TICK, Stored.COLUMN),
    Question("harmed", "who", _("Who was harmed?"), Kind.CHOICE, Stored.COLUMN,
             choices=tuple(Choice(one.value, one.label) for one in Harmed), short="who"),
    Question("authority", "who", _("How come that you speak for them?"), Kind.LINE, Stored.SEALED,
             _("For example: they asked you, you are family, or you are from their union. You may leave it empty: "
               "nobody is turned away."),
             longest=500, asks=who_speaks_for_others),
    Question("families", "kind", _("What is it about?"), Kind.CHOICES, Stored.COLUMN,
             choices=tuple(Choice(one.code, one.label, drawing=one.drawing) for one in FAMILIES), short="kind"),
    Question("urgent", "danger", _("Yes, somebody’s life, health or freedom is in danger"), Kind.TICK, Stored.COLUMN,
             short="danger", example="2", again=_("Is somebody in danger now?"),
             by_text=ByText(4, _("Is somebody in danger now? Answer 1 for yes, 2 for no."), YES_OR_NO)),
    Question("wanted", "wanted", _("What do you want to happen?"), Kind.WORDS, Stored.SEALED, longest=5_000,
             short="wanted", example=_("wish")),
    Question("photos", "files", _("Do you have pictures, a recording or papers?"), Kind.FILES, Stored.FILES,
             again=_("Your files")),
    Question("openness", "openness", _("Who may know who you are?"), Kind.CHOICE, Stored.COLUMN, choices=OPENNESS,
             required=True),
    Question("name", "contact", _("Your name"), Kind.LINE, Stored.NAME, longest=200, asks=who_can_be_reached),
    Question("safe_way", "contact", _("Is there a safe way to reach you?"), Kind.CHOICE, Stored.WAY, choices=SAFE_WAYS,
             asks=who_can_be_reached),
    Question("phone", "contact", _("Your phone number"), Kind.PHONE, Stored.CONTACT, longest=40,
             asks=who_can_be_reached),
    Question("email", "contact", _("Your email address"), Kind.EMAIL, Stored.CONTACT, longest=200,
             asks=who_can_be_reached),
    Question("trusted", "contact", _("Somebody you trust: who, and how we reach them"), Kind.LINE, Stored.CONTACT,
             longest=200, asks=who_can_be_reached),
    Question("times", "contact", _("On which days and at which hours is it safe?"), Kind.LINE, Stored.CONTACT,
             longest=200, asks=who_can_be_reached),
    Question("word", "contact", _("A word of your own that we say, so that you know it is us"), Kind.LINE,
             Stored.CONTACT, longest=60, asks=who_can_be_reached),
    *(
        Question(f"tell_{kind}", "consent", kind.label, Kind.CHOICE, Stored.CONSENT, choices=TELLING, name=kind.value,
                 again=format_lazy("{}: {}", _("May be told what happened"), kind.label))
        for kind in RecipientKind
    ),
)  # fmt: skip

# Of a phone, and of nobody who sits before a page.
OF_PHONES = (
    Question("safe", "", _("Is it safe to get texts from us on this phone?"), Kind.TICK, Stored.TEXT, short="safe",
             example="1",
             by_text=ByText(1, _("Is it safe to get texts from us on this phone? Answer 1 for yes, 2 for no."),
                            YES_OR_NO)),
    Question("pin", "", _("A PIN of six digits"), Kind.LINE, Stored.TEXT,
             by_text=ByText(5, _("Choose a PIN of six digits, and tell nobody. With it you can ask how it stands."),
                            _("A PIN has six digits and is not easy to guess, such as 123456 or 111111. Please choose "
                              "another one."))),
)  # fmt: skip

BY_KEY = {question.key: question for question in QUESTIONS}
STEP_OF = {step.key: step for step in STEPS}


def questions_of(step: str) -> list[Question]:
    return [question for question in QUESTIONS if question.step == step]


def steps_for(answers: Answers) -> list[str]:
    """The steps that somebody with these answers is taken through, one page each."""
    return [step.key for step in STEPS if step.asks(answers)]


def step_after(step: str, answers: Answers) -> str | None:
    """None behind the last one."""
    order = [one.key for one in STEPS]
    later = order[order.index(step) + 1 :]
    return next((key for key in later if key in steps_for(answers)), None)


def step_before(step: str, answers: Answers) -> str | None:
    order = [one.key for one in STEPS]
    earlier = order[: order.index(step)]
    return next((key for key in reversed(earlier) if key in steps_for(answers)), None)


def asked_when(question: Question) -> dict[str, list[str]]:
    """For a program: by which answers to which question this one is asked; {} for what everybody is asked."""
    if question.asks({}):
        return {}
    found = {one.key: [choice.value for choice in one.choices if question.asks({one.key: choice.value})]
             for one in QUESTIONS if one.kind == Kind.CHOICE}  # fmt: skip
    return {key: values for key, values in found.items() if values}


def _place(question: Question) -> int:
    return question.by_text.place if question.by_text else -1


# In the order in which they are asked: safety first, the PIN last.
BY_TEXT = tuple(sorted((one for one in (*QUESTIONS, *OF_PHONES) if one.by_text is not None), key=_place))
