"""How many calls of gateways are kept, as JSON."""

import json
import sys

import django

django.setup()

from grievance.models import InboundRequest  # noqa: E402 - models need Django to be set up

if __name__ == "__main__":
    json.dump({"rows": InboundRequest.objects.count()}, sys.stdout)
