"""The one table of questions, in every language that it is asked in."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.tokens import Scope
from cases.api.door import LANGUAGE, Door, answers, invalid, only
from grievance.codes import Authority, ConsentHow, MaySee
from grievance.questions import QUESTIONS, Kind, Question, asked_when
from grievance.rules import FILES_MOST

if TYPE_CHECKING:
    Base = serializers.Serializer[Any]
else:
    Base = serializers.Serializer

LANGUAGES = [code for code, _name in settings.LANGUAGES]
# Asked of the partner about each person; by the name of its field under `behalf`.
BEHALF = {"consent_how": ConsentHow, "authority": Authority, "may_see": MaySee}


class ChoiceShape(Base):
    value = serializers.CharField()
    words = serializers.CharField()
    sentence = serializers.CharField(allow_blank=True)


class QuestionShape(Base):
    key = serializers.CharField(help_text="The name of the field under `answers`.")
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    words = serializers.CharField()
    hint = serializers.CharField(allow_blank=True)
    required = serializers.BooleanField()  # type: ignore[assignment]  # what the table calls it
    longest = serializers.IntegerField(allow_null=True, help_text="Characters; for files how many.")
    choices = ChoiceShape(many=True)
    asked_when = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="Asked where one of these keys has one of these answers; of everybody where it is empty.",
    )


class AskedShape(Base):
    key = serializers.CharField(help_text="The name of the field under `behalf`.")
    choices = ChoiceShape(many=True)


class QuestionsShape(Base):
    language = serializers.ChoiceField(choices=LANGUAGES)
    languages = serializers.ListField(child=serializers.CharField(), help_text="In which this can be asked for.")
    questions = QuestionShape(many=True)
    behalf = AskedShape(many=True)


class Questions(Door):
    scope = Scope.READ

    @extend_schema(
        operation_id="list_questions",
        parameters=[OpenApiParameter("language", {"type": "string", "enum": LANGUAGES}), LANGUAGE],
        responses=answers({200: QuestionsShape}, "invalid"),
    )
    def get(self, request: Request) -> Response:
        """What somebody is asked, in plain words. Without `language`, in that of the call."""
        only(request, ("language",))
        usual = translation.get_language() or settings.LANGUAGE_CODE
        language = request.query_params.get("language", usual)
        if language not in LANGUAGES:
            raise invalid("language")
        with translation.override(language):
            body = {
                "language": language,
                "languages": LANGUAGES,
                "questions": [_question(one) for one in QUESTIONS],
                "behalf": [
                    {"key": key, "choices": [_choice(one.value, one.label) for one in codes]}
                    for key, codes in BEHALF.items()
                ],
            }
            return Response(QuestionsShape(body).data, headers={"Content-Language": language})


def _question(question: Question) -> dict[str, Any]:
    longest = FILES_MOST if question.kind == Kind.FILES else question.longest or None
    return {
        "key": question.key,
        "kind": question.kind.value,
        "words": str(question.words),
        "hint": str(question.hint),
        "required": question.required,
        "longest": longest,
        "choices": [_choice(one.value, one.label, one.sentence) for one in question.choices],
        "asked_when": asked_when(question),
    }


def _choice(value: str, words: str | Promise, sentence: str | Promise = "") -> dict[str, str]:
    return {"value": value, "words": str(words), "sentence": str(sentence)}
