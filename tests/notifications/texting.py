"""A grievance by text, as the end of a conversation makes it."""

from grievance.commands.bytext import file_by_text, sealed_answers
from grievance.models import FormSession, Grievance, Writer
from grievance.receipts import new_reference
from grievance.talk import STATEMENT
from tests.factories import AT


def filed_by_text(writer: Writer) -> Grievance:
    answers = {STATEMENT: "Maji machafu", "safe": "1"}
    session = FormSession.objects.create(
        writer=writer, language="sw", reference=new_reference(), step="pin", started_at=AT, ends_at=AT, ended_at=AT,
        sealed_answers=sealed_answers(answers),
    )  # fmt: skip
    return file_by_text(session, answers, at=AT)
