"""The content security policies: nothing runs on a public page, and on an office page only our own files."""

import re
from typing import Any

OFFICE_PREFIX = "/office/"

PUBLIC: dict[str, Any] = {
    "default-src": ["'none'"],
    "script-src": ["'none'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
OFFICE: dict[str, Any] = {
    **PUBLIC,
    "script-src": ["'self'"],
    "connect-src": ["'self'"],  # the choices of a field that completes itself
    "media-src": ["'self'"],  # recordings are played on the page of their case
    "img-src": ["'self'", "data:"],  # the QR code of the second factor is a data: picture
}

ONION = re.compile(r"https?://[a-z2-7]{56}\.onion")  # version 3: the key itself is the name, in base 32

# What a page may ask of the device: nothing.
PERMISSIONS = "camera=(), geolocation=(), microphone=()"


def is_onion(address: str) -> bool:
    return ONION.fullmatch(address) is not None
