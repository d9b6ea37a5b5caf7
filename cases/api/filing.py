"""The shape of one person's filing, from the one table of questions; its rules are those of the forms of the pages."""

import json
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.forms import Form
from django.http import QueryDict
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from rest_framework import serializers

from cases.api.shapes import Base, Code, Said, Several, Strict, Yes
from cases.forms.partners import BehalfForm, check_together
from cases.queries.programs import Caller
from grievance.codes import Authority, ConsentHow, MaySee
from grievance.commands.partners import Called, Relayed, Row
from grievance.forms import FilingForm
from grievance.queries import custody_pairs
from grievance.questions import QUESTIONS, Kind, Question
from grievance.receipts import group
from supplychain.queries import sites_called

# Of the form of the pages, by what it is called here.
BEHALF_FIELDS = {"consent": "consent_how", "standing": "authority", "call_back": "call_back_safe", "may_see": "may_see"}


def field_of(question: Question) -> serializers.Field[Any, Any, Any, Any]:
    given: dict[str, Any] = {"required": question.key == "statement", "help_text": str(question.words)}
    match question.kind:
        case Kind.TICK:
            return Yes(**given)
        case Kind.CHOICE:
            return Code(choices=[one.value for one in question.choices], **given)
        case Kind.CHOICES:
            values = [one.value for one in question.choices]
            return Several(child=Code(choices=values), max_length=len(values), **given)
        case Kind.COUNTRY:
            return Said(max_length=2, **{**given, "help_text": "ISO 3166-1 alpha-2, in capital letters."})
        case Kind.SITE:
            return Said(max_length=17, **{**given, "help_text": "`id` of a site of the list of sites."})
        case Kind.DAY:
            return Said(max_length=question.longest, **{**given, "help_text": "A day, best as 2026-03-31."})
        case Kind.POSITION:
            return Said(max_length=question.longest, **{**given, "help_text": "Such as -10.71, 25.47."})
        case _:
            return Said(max_length=question.longest, **given)


AnswersShape = type(
    "AnswersShape",
    (Strict,),
    {one.key: field_of(one) for one in QUESTIONS if one.kind != Kind.FILES} | {"__module__": __name__},
)


class BehalfShape(Strict):
    """For whom the partner speaks."""

    consent_how = Code(choices=[one.value for one in ConsentHow], help_text="How this person agreed that you tell us.")
    authority = Code(choices=[one.value for one in Authority], required=False, help_text="Why you speak for them.")
    call_back_safe = Yes(
        required=False, allow_null=True, help_text="Is it safe to call them or to send them a text? null: nobody said."
    )
    may_see = Code(
        choices=[one.value for one in MaySee], required=False, help_text="What they let you see of their case."
    )


class FilingShape(Strict):
    answers = AnswersShape()
    behalf = BehalfShape()
    language = Said(
        required=False, max_length=12, help_text="In which language they want an answer; else that of the call."
    )
    drill = Yes(required=False, help_text="It is practice, of a drill that runs now. What does not say so is real.")


class FiledShape(Base):
    reference = serializers.CharField(help_text="By which you call it. It opens nothing.")
    receipt = serializers.CharField(
        help_text="The number of the person, 20 digits in groups of four. Hand it to them and keep no copy."
    )
    answer_by = serializers.DateTimeField(help_text="By when a person of the office answers at the latest.")
    drill = serializers.BooleanField(help_text="It is practice, as the call said.")
    again = serializers.BooleanField(help_text="It was here already, by the same key.")


class Shared:
    """What the people of one list ask the database once, and only where somebody needs it."""

    def __init__(self) -> None:
        self.confidential = SimpleLazyObject(lambda: bool(custody_pairs()))
        self.named = cache(sites_called)


def read(said: Any, caller: Caller, at: datetime, shared: Shared | None = None, *, row: int = 1) -> Called:
    """One person's filing, checked. Raises `serializers.ValidationError` with what is wrong, by where it stands."""
    given = FilingShape(data=said).checked()
    data = _typed(given)
    language = translation.get_language() or settings.LANGUAGE_CODE
    asked = shared or Shared()
    form = FilingForm(data, today=at.date(), confidential=asked.confidential, named=asked.named)
    behalf = BehalfForm(_behalf(given), partner=caller.partner, language=language)
    form.is_valid()
    check_together(form, behalf)
    if form.errors or not behalf.is_valid():
        raise serializers.ValidationError(_wrong(form, behalf))
    one = Row(row, form.draft(behalf.spoken()), behalf.behalf(), practice=given.get("drill", False))
    return Called(one, same(said))


def same(said: Any) -> bytes:
    """The bytes of what a call said, however it was spelt."""
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def filed(relayed: Relayed) -> dict[str, Any]:
    return {
        "reference": relayed.reference,
        "receipt": group(relayed.filed.receipt),
        "answer_by": relayed.filed.answer_by,
        "drill": relayed.drill,
        "again": relayed.filed.again,
    }


def _typed(given: dict[str, Any]) -> QueryDict:
    """As the page would send it."""
    data = QueryDict(mutable=True)
    data["safe_way"] = "none"
    for key, value in given["answers"].items():
        if isinstance(value, list):
            data.setlist(key, value)
        elif value is not False and value != "":
            data[key] = "on" if value is True else value
    return data


def _behalf(given: dict[str, Any]) -> QueryDict:
    data = QueryDict(mutable=True)
    for field, name in BEHALF_FIELDS.items():
        value = given["behalf"].get(name)
        if value is not None:
            data[field] = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
    data["language"] = given.get("language", "")
    return data


def _wrong(form: Form, behalf: Form) -> dict[str, Any]:
    answers = {key: list(errors) for key, errors in form.errors.items()}
    about = {BEHALF_FIELDS[key]: list(errors) for key, errors in behalf.errors.items() if key in BEHALF_FIELDS}
    found = {"answers": answers, "behalf": about, "language": list(behalf.errors.get("language", ()))}
    return {place: wrong for place, wrong in found.items() if wrong}
