"""A million things that were told: a notice in state "sent" and its delivery for the first N events."""

import sys
from datetime import datetime

import django
from django.utils import timezone

django.setup()

from cases.management.sheets import Sheet, chunk, in_a_hurry, renumber, rows_of  # noqa: E402 - models need Django
from notifications.models import Delivery, Notice  # noqa: E402

CHUNK = 20_000


def main(number: int, at: datetime) -> None:
    events = rows_of(f"SELECT id FROM cases_caseevent ORDER BY id LIMIT {number}")  # noqa: S608 - a number
    people = [row[0] for row in rows_of("SELECT user_id FROM accounts_rolegrant")]
    notice = Sheet(
        Notice, "event", "recipient", "message_id", "step", "channel", "made_at", "state", "tries", "done_at",
    )  # fmt: skip
    delivery = Sheet(Delivery, "notice", "started_at", "ended_at", "outcome")
    told = notice.ready(step="made", channel="email", made_at=at, state=Notice.State.SENT, tries=1, done_at=at)
    sent = delivery.ready(started_at=at, ended_at=at, outcome=Delivery.Outcome.ACCEPTED)
    with in_a_hurry():
        for start in range(0, len(events), CHUNK):
            with chunk():
                for (event,) in events[start : start + CHUNK]:
                    pk = notice.add(event, people[event % len(people)], f"<made-{event}@bench.invalid>", *told)
                    delivery.add(pk, *sent)
                notice.flush()
                delivery.flush()
        renumber([Notice, Delivery])


if __name__ == "__main__":
    main(int(sys.argv[1]), timezone.now())
