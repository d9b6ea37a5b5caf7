"""Filing for a list of people: who can be filed for is, and of everybody else it is said what is wrong."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import Refused
from accounts.tokens import Scope
from cases.api.door import KEY, LANGUAGE, SENT, Door, answers, key_of, only
from cases.api.filing import FiledShape, FilingShape, Shared, filed, read
from cases.api.problems import Trouble, Wrong, of_refusal, written, wrongs
from cases.api.shapes import Base, ProblemShape, Several, Strict
from grievance.commands.partners import Called, Relayed, list_under_key
from grievance.rules import CALL_LIST_LONGEST


class ListShape(Strict):
    rows = Several(child=FilingShape(), min_length=1, max_length=CALL_LIST_LONGEST)


class _Rows(Strict):
    """The list as such; each row is looked at by itself."""

    rows = Several(min_length=1, max_length=CALL_LIST_LONGEST)


class RowShape(Base):
    """Either `filed` or `problem` is there."""

    row = serializers.IntegerField(help_text="From 1.")
    filed = FiledShape(required=False)
    problem = ProblemShape(required=False)


class FiledListShape(Base):
    rows = RowShape(many=True)


class Batches(Door):
    scope = Scope.FILE

    @extend_schema(
        operation_id="file_batch",
        request=ListShape,
        parameters=[KEY, LANGUAGE],
        responses=answers({200: FiledListShape}, *SENT, "invalid", "other_list", "no_drill"),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """File for each person of a list of at most a hundred. Send the whole list again under the same key to put
        right what was wrong: who was filed for already is not filed for twice."""
        only(request, ())
        key, rows = key_of(request), _Rows(data=request.data).checked()["rows"]
        people, wrong = self._read(rows)
        done = list_under_key(
            partner=self.caller.partner, by=self.caller.user, people=people, listed=len(rows), key=key, at=self.at
        )
        answer = [_row(number, done.get(number) or wrong[number]) for number in range(1, len(rows) + 1)]
        return Response({"rows": answer})

    def _read(self, rows: list[Any]) -> tuple[list[Called], dict[int, Trouble]]:
        people, wrong, shared = [], {}, Shared()
        for number, said in enumerate(rows, start=1):
            try:
                people.append(read(said, self.caller, self.at, shared, row=number))
            except serializers.ValidationError as error:
                wrong[number] = Trouble("invalid", errors=list(wrongs(error.detail, f"#/rows/{number - 1}")))
        return people, wrong


def _row(number: int, what: Relayed | Refused | Trouble) -> dict[str, Any]:
    if isinstance(what, Relayed):
        return {"row": number, "filed": FiledShape(filed(what)).data}
    trouble = of_refusal(what) if isinstance(what, Refused) else what
    if not trouble.errors:
        trouble = Trouble(trouble.code, trouble.detail, [Wrong(trouble.detail, f"#/rows/{number - 1}")])
    return {"row": number, "problem": written(trouble)}
