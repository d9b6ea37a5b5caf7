"""A worker was killed: what it held is free now, and not when its lease runs out, so that nobody waits for that."""

import django
from django.utils import timezone

django.setup()

from grievance.models import Reply  # noqa: E402 - models need Django to be set up

if __name__ == "__main__":
    Reply.objects.filter(state=Reply.State.LEASED).update(next_try_at=timezone.now())
