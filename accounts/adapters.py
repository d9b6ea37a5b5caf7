"""What allauth may do here: let in who has an account, and hold the second factor sealed."""

import hmac
import ipaddress
from base64 import b64decode, b64encode
from hashlib import blake2b
from time import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from nacl.secret import SecretBox

from accounts.models import User

REAUTHENTICATION_TIMEOUT = 300  # seconds, as allauth's own


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: a programme lead makes the account. The rate limits are allauth's."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """What the rate limits count by, in the keys of a cache: one address, without saying which address."""
        address = _network(_address(request))
        return hmac.digest(settings.SECRET_KEY.encode(), b"client address\0" + address.encode(), "sha256").hex()[:32]

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who proved themselves a moment ago, by logging in, is not asked to do it again."""
        records = get_authentication_records(self.request, self.request.user)
        fresh = any(time() - record["at"] < REAUTHENTICATION_TIMEOUT for record in records)
        return not fresh and super().is_reauthentication_required(app=app, **kwargs)


class SecondFactorAdapter(DefaultMFAAdapter):
    """A stolen table alone gives nobody's second factor: its secret is sealed under the office's secret key."""

    def get_totp_label(self, user: User) -> str:
        return user.get_username()

    def encrypt(self, text: str) -> str:
        return b64encode(_box().encrypt(text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(b64decode(encrypted_text)).decode()


def _address(request: HttpRequest) -> str:
    """The address that the nearest machine we trust saw: the last one that our own proxy wrote, or the peer itself."""
    last = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() if settings.BEHIND_PROXY else ""
    address: str = last or request.META.get("REMOTE_ADDR", "")
    if not address:
        raise PermissionDenied
    return address


def _network(address: str) -> str:
    """Of IPv6 the /64, as allauth counts it: whoever has one address there has all of them."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.IPv6Network((found, 64), strict=False)) if found.version == 6 else str(found)


def _box() -> SecretBox:
    return SecretBox(blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=b"second factor").digest())
