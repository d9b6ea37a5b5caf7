"""Given pairs of receipt and statement, count the receipts that do not open exactly these words."""

import json
import sys

import django
from django.utils import timezone

django.setup()

from accounts.errors import Refused  # noqa: E402 - models need Django to be set up
from grievance.commands.following import end_session, open_session, resume  # noqa: E402
from grievance.queries import first_words  # noqa: E402


def opens(receipt: str, statement: str) -> bool:
    at = timezone.now()
    try:
        session = open_session(receipt=receipt, at=at)
    except Refused:
        return False
    following = resume(session_key=session, at=at)
    words = first_words(grievance=following.grievance, data_key=following.data_key)
    end_session(session_key=session)
    return words["statement"] == statement.strip()


def main() -> None:
    pairs: list[tuple[str, str]] = json.load(sys.stdin)
    twice = len(pairs) - len({receipt for receipt, _statement in pairs})
    json.dump({"lost": twice + sum(not opens(*pair) for pair in pairs)}, sys.stdout)


if __name__ == "__main__":
    main()
