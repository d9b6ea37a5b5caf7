"""Files that lie at a gateway: fetched from its own hosts alone, over TLS, with no redirect, from no private address.

Where it may be deleted or struck out there, it is, once we have it.
"""

import base64
import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from urllib.parse import SplitResult, urlencode, urlsplit

from django.conf import settings

from grievance.gateways import twilio
from grievance.gateways.errors import GatewayError
from grievance.gateways.setup import Setup
from grievance.gateways.wire import post, refused

HOSTS: Mapping[str, frozenset[str]] = {"twilio": frozenset({"api.twilio.com"})}
TIMEOUT, LONGEST = 15.0, 60.0  # seconds: of each step, of the whole
PIECE = 64 * 1024
GONE = frozenset({403, 404, 410})


def hosts_of(kind: str, setup: Setup) -> frozenset[str]:
    """Where files of this gateway may lie: its own hosts, those that the office named, and its own server."""
    named = setup.options.get("media_hosts") or []
    return _own_hosts(kind, setup) | {str(one).lower() for one in named}


def headers_for(kind: str, setup: Setup, url: str) -> dict[str, str]:
    """What shows that we may: for the hosts of the provider alone, not for others where its files may lie."""
    if kind not in HOSTS or urlsplit(url).hostname not in _own_hosts(kind, setup):
        return {}
    login = f"{setup.credential('account')}:{setup.credential('token')}"
    return {"Authorization": "Basic " + base64.b64encode(login.encode()).decode()}


def _own_hosts(kind: str, setup: Setup) -> frozenset[str]:
    server = urlsplit(setup.option("base_url")).hostname if kind in HOSTS else None
    return HOSTS.get(kind, frozenset()) | ({server} if server else set())


def fetch(
    url: str, *, hosts: frozenset[str], headers: Mapping[str, str], most: int, take: Callable[[bytes], None]
) -> str:
    """Give each piece to ``take``; returns the type that the gateway calls it.

    Raises `GatewayError`, permanent for what is refused here.
    """
    parts, tls = _checked(url, hosts)
    host, port = parts.hostname or "", parts.port or (443 if tls else 80)
    connection = _Pinned(host, port, _address(host, port), tls=tls)
    ends = time.monotonic() + LONGEST
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path or "/", headers={"User-Agent": "Recourse", "Accept": "*/*", **headers})
        response = connection.getresponse()
        if response.status != http.client.OK:
            raise _means(response.status)
        read = 0
        while piece := response.read(PIECE):
            read += len(piece)
            if read > most:
                raise GatewayError("too_large", permanent=True)
            if time.monotonic() > ends:
                raise GatewayError("slow")
            take(piece)
        if response.length:  # it broke off, and a read does not say so itself
            raise GatewayError("half_answer")
        return response.headers.get_content_type()
    except TimeoutError:
        raise GatewayError("timeout") from None
    except (http.client.HTTPException, OSError):
        raise GatewayError("connection") from None
    finally:
        connection.close()


def delete_file(kind: str, url: str, setup: Setup) -> None:
    """Delete it at its gateway, where that can be. Raises `GatewayError`; what is gone already is gone."""
    if login := headers_for(kind, setup, url):
        _checked(url, hosts_of(kind, setup))
        _at_provider(url, b"", login, method="DELETE")


def strike_words(kind: str, provider_id: str, setup: Setup) -> None:
    """Strike out the words of a text at its gateway, where that can be. Raises as `delete_file`."""
    if kind == "twilio" and provider_id:
        base, account = setup.address(twilio.API), setup.credential("account")
        url = f"{base}/2010-04-01/Accounts/{account}/Messages/{provider_id}.json"
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        _at_provider(url, urlencode({"Body": ""}).encode(), headers_for(kind, setup, url) | form)


def _at_provider(url: str, data: bytes, headers: Mapping[str, str], method: str = "POST") -> None:
    post(url, data, headers, TIMEOUT, method=method, means=lambda status, _body: _means(status))


def _means(status: int) -> GatewayError:
    return GatewayError(str(status), permanent=True) if status in GONE else refused(status)


def _checked(url: str, hosts: frozenset[str]) -> tuple[SplitResult, bool]:
    """The address, and whether it is spoken to over TLS: always, but on this machine where a setting allows it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise GatewayError("address", permanent=True) from None
    if (parts.hostname or "") not in hosts or parts.username is not None:
        raise GatewayError("host", permanent=True)
    tls = parts.scheme == "https"
    if not tls and not (settings.GATEWAY_LOOPBACK and parts.scheme == "http"):
        raise GatewayError("no_tls", permanent=True)
    if port not in {None, 443} and not settings.GATEWAY_LOOPBACK:
        raise GatewayError("port", permanent=True)
    return parts, tls


def _address(host: str, port: int) -> str:
    """The one to which we connect: looked up once, so that another answer cannot come between look and leap."""
    try:
        found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError:
        raise GatewayError("no_such_host") from None
    if not found or not all(map(_is_open_to, found)):
        raise GatewayError("private_address", permanent=True)
    return found[0]


def _is_open_to(address: str) -> bool:
    known = ipaddress.ip_address(address.partition("%")[0])
    known = getattr(known, "ipv4_mapped", None) or known
    if settings.GATEWAY_LOOPBACK and known.is_loopback:
        return True
    return known.is_global and not known.is_multicast


class _Pinned(http.client.HTTPConnection):
    """Connects to an address that was looked at, under the name of its host."""

    def __init__(self, host: str, port: int, address: str, *, tls: bool) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self._to, self._tls = address, tls

    def connect(self) -> None:
        self.sock = socket.create_connection((self._to, self.port), TIMEOUT)
        if self._tls:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
