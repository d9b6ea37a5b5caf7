"""What was heard of the texts that came in; given [number, words] of each that was sent, print how many are lost, were
heard twice, or were not answered exactly once, as JSON."""

import json
import sys
from collections import Counter, defaultdict

import django

django.setup()

from grievance import vault  # noqa: E402 - models need Django to be set up
from grievance.keys import RING  # noqa: E402
from grievance.models import InboundRequest, InboundText, Reply, Writer  # noqa: E402


def heard() -> Counter[tuple[str, str]]:
    """(number, words) of every text, its parts put together in their order; what came twice counts once."""
    numbers = {one.pk: vault.open_contact(RING, bytes(one.sealed_number)).decode() for one in Writer.objects.all()}
    parts: dict[tuple[int, bytes], list[str]] = defaultdict(list)
    rows = InboundText.objects.filter(twin_of=None).exclude(heard_at=None).order_by("part", "pk")
    for row in rows.iterator():
        whole = bytes(row.part_of) if row.part_of is not None else str(row.pk).encode()
        parts[row.writer_id, whole].append(vault.open_contact(RING, bytes(row.sealed_body)).decode())
    return Counter((numbers[writer], "".join(words)) for (writer, _whole), words in parts.items())


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
