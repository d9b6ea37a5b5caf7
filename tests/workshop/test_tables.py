"""The tables of a new database are those that its migrations make, down to the name of each index and the words of each
check."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from grievance.vault import make_keys

ROOT = Path(__file__).resolve().parents[2]
CHECK = re.compile(r'CONSTRAINT "[^"]+" CHECK .*?(?=, CONSTRAINT|\)$)')


def database(folder: Path, *command: str) -> Path:
    make_keys(folder / "keys")
    clean = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environment = clean | {"RECOURSE_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
    subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=True)
    return folder / "recourse.sqlite3"


def shape(path: Path) -> dict[str, list[object]]:
    """Of each table its columns, indexes, keys and checks, whatever their order."""
    found: dict[str, list[object]] = {}
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as held:
        tables = held.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
        for table, sql in tables:
            columns = held.execute('SELECT name, type, "notnull", pk FROM pragma_table_info(?)', (table,))
            keys = held.execute('SELECT "table", "from", "to", on_delete FROM pragma_foreign_key_list(?)', (table,))
            indexes = held.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ?", (table,))
            said = [one for (one,) in indexes if one]
            found[table] = [sorted(columns), sorted(keys), sorted(said), sorted(CHECK.findall(sql))]
    return found


@pytest.mark.long
def test_a_new_database_is_the_one_that_the_migrations_make(tmp_path: Path) -> None:
    once = "import django; django.setup(); from config.tables import bring_up_to_date; bring_up_to_date()"
    made = shape(database(tmp_path / "once", "-c", once))
    walked = shape(database(tmp_path / "walked", "manage.py", "migrate", "-v0"))
    assert len(made) > 100
    assert made == walked
    with closing(sqlite3.connect(tmp_path / "once" / "recourse.sqlite3")) as held:
        noted = held.execute("SELECT count(DISTINCT name) FROM django_migrations WHERE app = 'grievance'").fetchone()
    assert noted == (len(list((ROOT / "grievance" / "migrations").glob("0*.py"))),)
