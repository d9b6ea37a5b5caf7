"""To which addresses numbers, words and keys may go."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from grievance.gateways.errors import NoGateway


def checked(value: Any, name: str) -> str:
    """Over TLS, or in clear within one's own network; raises `NoGateway`, which names the part and no value."""
    if not isinstance(value, str) or not value:
        raise NoGateway(f"{name} is missing")
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        raise NoGateway(f"{name} is no address") from None
    if parts.username is not None or parts.password is not None:
        raise NoGateway(f"{name} holds a login: put it into its own fields")
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and _is_near(host))):
        raise NoGateway(f"{name} is https, or http to a private address")
    return value


def _is_near(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_loopback or address.is_private
