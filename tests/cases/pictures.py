"""A picture as a phone sends it, with where it was taken, sealed as the public pages seal it."""

import io

import piexif
from PIL import Image

from grievance.uploads import SealedUpload

KOLWEZI = {piexif.GPSIFD.GPSLatitudeRef: b"S", piexif.GPSIFD.GPSLatitude: ((10, 1), (42, 1), (0, 1))}


def jpeg(words: str = "") -> bytes:
    body = io.BytesIO()
    exif = piexif.dump({"GPS": KOLWEZI, "0th": {piexif.ImageIFD.ImageDescription: words.encode()}})
    Image.new("RGB", (64, 48), "teal").save(body, "JPEG", exif=exif)
    return body.getvalue()


def upload(name: str = "IMG_0001.jpg", words: str = "") -> SealedUpload:
    """The caller closes it."""
    sealed = SealedUpload(name, "image/jpeg")
    sealed.receive(jpeg(words))
    sealed.complete()
    return sealed
