"""What a first start prepares: keys, tables, catalogues, static files and the demo; its answer is how to log in to it.

Each step is safe to repeat, and finds done what is done.
"""

import io
import os
import sys
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection

from config.catalogues import compile_all
from config.tables import bring_up_to_date
from grievance.vault import KeyRingError, make_keys

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    var = Path(os.environ.get("RECOURSE_VAR") or ROOT / "var")
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    if refused := make_keys_once(var):
        sys.stderr.write(f"{refused}\n")
        return 1
    compile_all(ROOT / "locale")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    wanted = os.environ.get("DEMO", "1").lower() not in {"0", "false", "no", "off"}
    unfinished = var / "demo.unfinished"
    if wanted and not connection.introspection.table_names():
        unfinished.touch()
    bring_up_to_date()
    call_command("collectstatic", interactive=False, verbosity=0)
    if unfinished.exists():
        call_command("demo", stdout=sys.stderr)
        unfinished.unlink()
        (var / "demo.loaded").touch()
    if wanted and (var / "demo.loaded").exists():
        sys.stdout.write(logins())
    return 0


def make_keys_once(var: Path) -> str:
    """Make the keys of the embedded default; return the reason not to, or nothing."""
    keys = Path(os.environ.get("RECOURSE_KEYS") or var / "keys")
    if not (keys / "office.pub").exists() and (var / "recourse.sqlite3").exists():
        return f"There is a database but no key in {keys}: new keys could not open it. Put the keys back."
    try:
        make_keys(keys)
    except KeyRingError as error:
        return f"The keys in {keys} can not be used: {error}"
    return ""


def logins() -> str:
    answer = io.StringIO()
    call_command("demo", logins=True, stdout=answer)
    return answer.getvalue()


if __name__ == "__main__":
    sys.exit(main())
