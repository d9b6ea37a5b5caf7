"""One table of words."""

from typing import ClassVar

from django.db import models


class Line(models.Model):
    """What somebody wrote, as it came."""

    words = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    objects: "ClassVar[models.Manager[Line]]" = models.Manager()

    def __str__(self) -> str:
        return str(self.pk)
