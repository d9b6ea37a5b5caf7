"""Files in sealed chunks, and those that wait with their form."""

from django.db import models


class SealedFile(models.Model):
    """A file in sealed chunks. Its key is wrapped under the page's key while staged, under the data key once filed."""

    kind = models.CharField(max_length=40)  # by content, as kinds.Kind.stored: "image/jpeg", "" where none is known
    size = models.PositiveIntegerField()  # plain bytes
    sealed_key = models.BinaryField()
    # The digest of the content, and while it is staged the file's name; under the same key as sealed_key.
    sealed_name = models.BinaryField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class SealedChunk(models.Model):
    file = models.ForeignKey(SealedFile, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    body = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint("file", "number", name="one_chunk_a_number")]

    def __str__(self) -> str:
        return str(self.pk)


class StagedFile(models.Model):
    """A file kept for a day while its form is being corrected; only the page can open it."""

    file = models.OneToOneField(SealedFile, models.CASCADE, related_name="staged")
    nonce_hash = models.BinaryField(db_index=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.pk)
