"""Catalogues are compiled where they changed, and a stale one is found without touching it."""

from pathlib import Path

import polib
import pytest

from config import catalogues

pytestmark = pytest.mark.long

HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

"""


@pytest.fixture
def product(tmp_path: Path) -> Path:
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "words.py").write_text(
        "from django.utils.translation import gettext as _\n"
        "print(_('Your case is open'))\n"
        "print(_('%(count)s people') % {'count': 3})\n"
    )
    folder = tmp_path / "locale" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    return tmp_path


def write(product: Path, body: str) -> Path:
    path = product / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    path.write_text(HEADER + body)
    return path


def translate(path: Path, translations: dict[str, str]) -> None:
    catalogue = polib.pofile(str(path))
    for entry in catalogue:
        entry.msgstr = translations[entry.msgid]
    catalogue.save()


def test_a_catalogue_is_compiled_once_and_again_when_it_changes(product: Path) -> None:
    path = write(product, 'msgid "Yes"\nmsgstr "Oui"\n')
    assert catalogues.compile_all(product / "locale") == [path.with_suffix(".mo")]
    assert catalogues.compile_all(product / "locale") == []
    write(product, 'msgid "Yes"\nmsgstr "Ouais"\n')
    assert catalogues.compile_all(product / "locale") == [path.with_suffix(".mo")]
    compiled = polib.mofile(str(path.with_suffix(".mo"))).find("Yes")
    assert compiled is not None
    assert compiled.msgstr == "Ouais"


def test_a_new_language_is_an_empty_folder_filled_by_extraction_and_a_second_one_changes_nothing(product: Path) -> None:
    assert catalogues.refresh(product) == [Path("locale/fr/LC_MESSAGES/django.po")]
    text = (product / "locale/fr/LC_MESSAGES/django.po").read_text()
    assert 'msgid "Your case is open"' in text
    assert "POT-Creation-Date" not in text
    assert "words.py" not in text
    assert catalogues.refresh(product) == []


def test_each_fault_is_named_and_nothing_is_changed(product: Path) -> None:
    path = write(
        product,
        'msgid "Gone"\nmsgstr "Parti"\n\n#, python-format\nmsgid "%(count)s people"\nmsgstr "%(number)s personnes"\n',
    )
    before = path.read_bytes()
    found = "\n".join(catalogues.faults(product))
    assert "lacks 'Your case is open'" in found
    assert "still holds 'Gone'" in found
    assert "has no translation of 'Your case is open'" in found
    assert "with other placeholders: %(count)s, %(number)s" in found
    assert path.read_bytes() == before


def test_a_complete_catalogue_has_no_fault(product: Path) -> None:
    catalogues.refresh(product)
    path = product / "locale/fr/LC_MESSAGES/django.po"
    translate(path, {"Your case is open": "Votre dossier est ouvert", "%(count)s people": "%(count)s personnes"})
    catalogues.refresh(product)
    assert list(catalogues.faults(product)) == []
