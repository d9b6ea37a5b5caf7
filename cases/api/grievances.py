"""Filing for one person, and where what was filed stands, as far as each person allows."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.tokens import Scope
from cases.api.door import KEY, LANGUAGE, SENT, Door, answers, invalid, key_of, number_in, only
from cases.api.filing import FiledShape, FilingShape, filed, read
from cases.api.problems import Trouble
from cases.api.shapes import Base
from cases.queries.programs import state, states
from cases.states import Stage
from grievance.codes import ConsentHow, MaySee
from grievance.commands.partners import file_under_key
from grievance.receipts import NotAReference, read_reference

MOST = 100
REFERENCE = OpenApiParameter("reference", str, OpenApiParameter.PATH, description="Such as R-7K3M-Q2XA.")


class StateShape(Base):
    """Where it stands. What the person did not allow you to see is null."""

    reference = serializers.CharField()
    received_at = serializers.DateTimeField()
    language = serializers.CharField()
    consent_how = serializers.ChoiceField(choices=[one.value for one in ConsentHow])
    may_see = serializers.ChoiceField(choices=[one.value for one in MaySee])
    drill = serializers.BooleanField()
    row = serializers.IntegerField(allow_null=True, help_text="Of the list with which it came.")
    stage = serializers.ChoiceField(choices=[one.value for one in Stage], allow_null=True)
    stage_label = serializers.CharField(allow_null=True)
    stage_sentence = serializers.CharField(allow_null=True, help_text="As the person reads it.")
    next_word_by = serializers.DateTimeField(
        allow_null=True, help_text="By when the person hears from the office at the latest."
    )
    answers = serializers.IntegerField(allow_null=True, help_text="How many answers of the office they have.")


class StatesShape(Base):
    items = StateShape(many=True)
    next = serializers.CharField(allow_null=True, help_text="What `after` takes for the next page.")


class Grievances(Door):
    @property
    def scope(self) -> Scope:  # type: ignore[override]
        return Scope.FILE if self.request.method == "POST" else Scope.FOLLOW

    @extend_schema(
        operation_id="list_grievances",
        parameters=[
            OpenApiParameter("after", str, description="`next` of a page."),
            OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": 50}),
            LANGUAGE,
        ],
        responses=answers({200: StatesShape}, "invalid"),
    )
    def get(self, request: Request) -> Response:
        """What your partner passed on, the newest first; what a person ended is not there any more."""
        only(request, ("after", "limit"))
        limit, after = number_in(request, "limit", 50, MOST), ""
        if "after" in request.query_params:
            after = called(request.query_params["after"])
            if not after:
                raise invalid("after")
        page = states(self.caller.partner, after=after, most=limit, at=self.at)
        if page is None:
            raise invalid("after")
        return Response(StatesShape({"items": page.items, "next": page.after or None}).data)

    @extend_schema(
        operation_id="file_grievance",
        request=FilingShape,
        parameters=[KEY, LANGUAGE],
        responses=answers({201: FiledShape, 200: FiledShape}, *SENT, "invalid", "key_reused", "key_spent", "no_drill"),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """File for one person. 200: it was here already, by the same key."""
        only(request, ())
        key, one = key_of(request), read(request.data, self.caller, self.at)
        relayed = file_under_key(
            partner=self.caller.partner,
            by=self.caller.user,
            one=one,
            key=key,
            at=self.at,
        )
        return Response(FiledShape(filed(relayed)).data, status=200 if relayed.filed.again else 201)


class OneGrievance(Door):
    scope = Scope.FOLLOW

    @extend_schema(
        operation_id="get_grievance",
        parameters=[REFERENCE, LANGUAGE],
        responses=answers({200: StateShape}, "not_found", "invalid"),
    )
    def get(self, request: Request, reference: str, **_more: Any) -> Response:
        only(request, ())
        found = state(self.caller.partner, called(reference), self.at)
        if found is None:
            raise Trouble("not_found")
        return Response(StateShape(found).data)


def called(typed: str) -> str:
    """ "" for what is no reference."""
    try:
        return read_reference(typed)
    except NotAReference:
        return ""
