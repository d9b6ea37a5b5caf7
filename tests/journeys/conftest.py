"""A running product and a real Chromium, with JavaScript off as on the phones that matter."""

import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import piexif
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.journeys.stack import Stack, prepare

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a product that has its keys, its chain and its cast, and no case yet."""
    folder = tmp_path_factory.mktemp("prepared")
    prepare(folder)
    return folder


@pytest.fixture
def stack(prepared: Path, tmp_path: Path) -> Iterator[Stack]:
    """A product of this journey's own: what another journey filed stands in no queue here."""
    running = Stack(shutil.copytree(prepared, tmp_path / "stack"))
    try:
        running.open_page()
        yield running
    finally:
        running.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """An old phone: small, and no JavaScript."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 640})
    yield context
    context.close()


@pytest.fixture
def desk(browser: Browser) -> Iterator[BrowserContext]:
    """An officer's screen; the office works without JavaScript too."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A JPEG as a phone makes it, with the place where it was taken."""
    gps = {
        piexif.GPSIFD.GPSLatitudeRef: b"S", piexif.GPSIFD.GPSLatitude: ((10, 1), (42, 1), (5, 1)),
        piexif.GPSIFD.GPSLongitudeRef: b"E", piexif.GPSIFD.GPSLongitude: ((25, 1), (24, 1), (11, 1)),
    }  # fmt: skip
    zeroth = {piexif.ImageIFD.Make: b"Zwj-phone"}
    body = BytesIO()
    Image.effect_noise((640, 480), 60).convert("RGB").save(body, "JPEG", exif=piexif.dump({"0th": zeroth, "GPS": gps}))
    path = tmp_path / "picha ya shimo.jpg"
    path.write_bytes(body.getvalue())
    return path
