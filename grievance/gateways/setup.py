"""How one gateway is set up: what anybody of the office may read, what proves that it calls us, what we send with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from grievance.gateways.addresses import checked
from grievance.gateways.errors import GatewayError, NoGateway

INBOUND, STATUS = "inbound", "status"


def address_of(slug: str, what: str, secret: str = "") -> str:
    """Where the provider calls us: with texts, or with what became of ours. A worker and the office write it too, which
    serve no such address."""
    whole = f"{settings.PUBLIC_URL}/sms/{slug}/{what}"
    return f"{whole}/{secret}" if secret else whole


@dataclass(frozen=True, repr=False)
class Setup:
    """``secret``: proves that a call is the gateway's, "" where this process does not verify. ``credentials``: empty
    where this process does not send. ``options``: everything that is no secret, such as the sender's name."""

    secret: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    credentials: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Nothing of it: a traceback must not show a secret."""
        return "Setup()"

    def option(self, name: str, otherwise: str = "") -> str:
        return str(self.options.get(name) or otherwise)

    def address(self, otherwise: str) -> str:
        """Of the provider, or of a server that stands in for it. Raises `GatewayError` where nothing may go there: the
        text can be sent once it was mended."""
        try:
            return checked(self.option("base_url", otherwise), "base_url")
        except NoGateway:
            raise GatewayError("address") from None

    def credential(self, name: str) -> str:
        """Raises `GatewayError` where it is missing: the text can be sent once it was entered."""
        value = self.credentials.get(name, "")
        if not value:
            raise GatewayError("credentials")
        return value
