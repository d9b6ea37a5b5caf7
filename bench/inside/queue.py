"""How many questions the officers' queue, or their desk, asks of the database, and how long it takes; as JSON."""

import json
import sys
from statistics import median
from time import perf_counter

import django
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

django.setup()

from bench.inside.lists import officer  # noqa: E402 - models need Django to be set up

# The page by its name, with what stands on it.
PAGES = {"queue": ("/office/admin/cases/case/", b"R-"), "desk": ("/office/admin/", b"?show=overdue")}
VISITS = 5


def main() -> None:
    path, shown = PAGES[sys.argv[1]]
    desk = Client(SERVER_NAME="127.0.0.1")
    desk.force_login(officer())
    times = []
    # As at home: the demo's officers have no second factor on this machine.
    with override_settings(DEMO=True):
        for _ in range(VISITS):
            began = perf_counter()
            with CaptureQueriesContext(
                connection,
            ) as asked:
                page = desk.get(path)
            times.append((perf_counter() - began) * 1000)
    if page.status_code != 200 or shown not in page.content:
        raise RuntimeError(f"{path} answered {page.status_code}")
    json.dump({"queries": len(asked), "ms": median(times)}, sys.stdout)


if __name__ == "__main__":
    main()
