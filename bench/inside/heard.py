"""What was heard of the texts that came in; given [number, words] of each that was sent, print how many are lost, were
heard twice, or were not answered exactly once, as JSON."""

import json
import sys
from collections import Counter

import django

django.setup()

from grievance import vault  # noqa: E402 - models need Django to be set up
from grievance.commands.bytext import answers_of  # noqa: E402
from grievance.keys import RING, data_key_for_office, open_json  # noqa: E402
from grievance.models import FormSession, InboundRequest, Reply, Writer  # noqa: E402
from grievance.talk import STATEMENT  # noqa: E402


def heard() -> Counter[tuple[str, str]]:
    """(number, words) of every conversation: here everybody wrote one text, which begins it."""
    numbers = {one.pk: vault.open_contact(RING, bytes(one.sealed_number)).decode() for one in Writer.objects.all()}
    rows = FormSession.objects.select_related("grievance")
    return Counter((numbers[row.writer_id], said(row)) for row in rows.iterator())


def said(session: FormSession) -> str:
    grievance = session.grievance
    if grievance is None:
        return answers_of(session)[STATEMENT]
    words: str = open_json(data_key_for_office(grievance.key_id), grievance.sealed_statement, STATEMENT)[STATEMENT]
    return words


def main() -> None:
    sent = Counter((number, words) for number, words in json.load(sys.stdin))
    found = heard()
    replies = Counter(Reply.objects.values_list("writer", flat=True))
    states = InboundRequest.State
    answer = {
        "texts": sum(found.values()),
        "lost": sum((sent - found).values()),
        "twice": sum((found - sent).values()),
        "not_once": sum(times != 1 for times in replies.values()) + abs(len(sent) - len(replies)),
        "doubtful": Reply.objects.filter(doubtful=True).count(),
        "unsent": Reply.objects.exclude(state=Reply.State.SENT).count(),
        "waiting": InboundRequest.objects.exclude(state=states.READ).count(),
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
