"""Field partners: kept by programme leads; filing for others, on pages, by an interface and by text; drills."""

from grievance.commands.partners.keyed import Called, add_files, file_under_key, forget_keys, list_under_key
from grievance.commands.partners.relaying import Behalf, Relayed, Row, file_for, file_many

__all__ = [
    "Behalf",
    "Called",
    "Relayed",
    "Row",
    "add_files",
    "file_for",
    "file_many",
    "file_under_key",
    "forget_keys",
    "list_under_key",
]
