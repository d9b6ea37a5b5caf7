"""The office pages of this floor: notices and what reached nobody, and every text that we send."""

from notifications.admin.notices import NoticeAdmin, UnheardAdmin

__all__ = ["NoticeAdmin", "UnheardAdmin"]
