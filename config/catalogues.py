"""Message catalogues: compiled at set-up without gettext tools, extracted for translators, checked for staleness."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
# A language in this list answers for every sentence; the others are drafts that may lag behind, but are never stale.
COMPLETE = frozenset({"ar", "fr", "sw"})
SOURCE = "X-Source-Hash"
EXTRACTED = (
    "accounts",
    "cases",
    "config",
    "grievance",
    "notifications",
    "supplychain",
    "templates",
    "manage.py",
    "locale",
)
# The moment of extraction would change every catalogue each time.
CHURN = "POT-Creation-Date"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def compile_all(locale: Path) -> list[Path]:
    """Compile each catalogue whose .mo is absent or of another content; return the files written."""
    return [target for source in sorted(locale.glob("*/LC_MESSAGES/*.po")) if (target := compile_one(source))]


def compile_one(source: Path) -> Path | None:
    target = source.with_suffix(".mo")
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    if target.exists() and compiled_from(target) == digest:
        return None
    catalogue = polib.pofile(str(source))
    catalogue.metadata[SOURCE] = digest
    fresh = target.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(catalogue.to_binary())
    fresh.replace(target)
    return target


def compiled_from(target: Path) -> str | None:
    with target.open("rb") as file:
        try:
            return GNUTranslations(file).info().get(SOURCE.lower())
        except (OSError, ValueError):
            return None


def extract(root: Path) -> dict[Path, str]:
    """What every catalogue under locale/ would hold after an extraction, made in a copy of the source."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder).resolve()
        for name in EXTRACTED:
            if (root / name).is_dir():
                shutil.copytree(root / name, copy / name, ignore=shutil.ignore_patterns("*.mo", "__pycache__", "*.pyc"))
            elif (root / name).exists():
                shutil.copy(root / name, copy / name)
        languages = sorted(path.name for path in (copy / "locale").iterdir() if path.is_dir())
        command = [sys.executable, "-c", MAKE_MESSAGES, *(f"--locale={language}" for language in languages)]
        subprocess.run(command, cwd=copy, check=True, stdout=subprocess.DEVNULL)
        return {po.relative_to(copy): without_churn(po) for po in sorted(copy.glob("locale/*/LC_MESSAGES/*.po"))}


# Extraction needs neither the product's settings nor its keys, only the places to read and to write.
MAKE_MESSAGES = """
import sys
import django
from pathlib import Path
from django.conf import settings
from django.core.management import call_command
settings.configure(LOCALE_PATHS=[Path("locale").resolve()], INSTALLED_APPS=[], USE_I18N=True)
django.setup()
call_command("makemessages", *sys.argv[1:], no_location=True, no_obsolete=True, extensions=["html", "txt", "py"])
"""


def without_churn(po: Path) -> str:
    lines = po.read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(f'"{CHURN}'))


def refresh(root: Path) -> list[Path]:
    """Write what an extraction finds into the catalogues; return those that changed."""
    changed = []
    for path, text in extract(root).items():
        if not (root / path).exists() or (root / path).read_text(encoding="utf-8") != text:
            (root / path).write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def faults(root: Path) -> Iterator[str]:
    """What is wrong with the catalogues, one sentence each; nothing is changed."""
    for path, text in extract(root).items():
        language = path.parts[1]
        fresh = polib.pofile(text)
        kept = {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in polib.pofile(str(root / path))}
        wanted = {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in fresh}
        for what, messages in (("lacks", wanted - kept), ("still holds", kept - wanted)):
            yield from (f"{path} {what} {message[1]!r}: run `make messages`" for message in sorted(messages, key=str))
        for entry in fresh:
            if entry.fuzzy and language != "en":
                yield f"{path} guesses {entry.msgid!r}: it is marked fuzzy and would not be shown"
            elif not entry.translated() and language in COMPLETE:
                yield f"{path} has no translation of {entry.msgid!r}"
            elif lost := lost_placeholders(entry):
                yield f"{path} translates {entry.msgid!r} with other placeholders: {', '.join(sorted(lost))}"


def lost_placeholders(entry: polib.POEntry) -> set[str]:
    """Placeholders that stand on one side only; a plural form may leave out the number."""
    allowed = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural))
    if entry.msgstr_plural:
        return {found for text in entry.msgstr_plural.values() for found in PLACEHOLDER.findall(text)} - allowed
    return set(PLACEHOLDER.findall(entry.msgstr)) ^ allowed if entry.msgstr else set()


def main(wish: str) -> int:
    if wish == "compile":
        compile_all(ROOT / "locale")
    elif wish == "refresh":
        sys.stdout.writelines(f"{path}\n" for path in refresh(ROOT))
    elif found := list(faults(ROOT)):
        sys.stdout.writelines(f"{fault}\n" for fault in found)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))
