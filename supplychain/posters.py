"""Posters at the gates of sites: for each language a QR code with the address of the form, which carries the site."""

from dataclasses import dataclass

import segno
from django.conf import settings
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from supplychain.models import Site


@dataclass(frozen=True)
class Sheet:
    """``drawing``: an SVG of our own making, without any text of others in it."""

    code: str
    dir: str
    address: str
    drawing: SafeString


def sheets_of(site: Site) -> list[Sheet]:
    return [_sheet(site, code) for code, _name in settings.LANGUAGES]


def _sheet(site: Site, code: str) -> Sheet:
    info = translation.get_language_info(code)
    address = f"{settings.PUBLIC_URL}/{code}/file/?site={site.poster}"
    drawing = segno.make(address, error="m").svg_inline(scale=4, border=4, omitsize=True)
    return Sheet(code, "rtl" if info["bidi"] else "ltr", address, mark_safe(drawing))  # noqa: S308 - made above
