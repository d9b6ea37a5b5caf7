"""Recordings, films and papers made here, with marked secrets in every place where such files keep words."""

import zlib
from fractions import Fraction
from io import BytesIO
from typing import Any

import av
import pikepdf

MARK = b"MARKED-SECRET"
WORDS = {name: MARK.decode() for name in ("title", "artist", "comment", "location", "make", "encoder")}


def sound(container: str, codec: str, rate: int = 48_000) -> bytes:
    """Half a second of nothing, with words about it."""
    target = BytesIO()
    with av.open(target, "w", format=container) as made:
        made.metadata.update(WORDS)
        _add_sound(made, codec, rate)
    return target.getvalue()


def film(container: str, codec: str = "libx264") -> bytes:
    """Ten grey pictures."""
    target = BytesIO()
    with av.open(target, "w", format=container) as made:
        made.metadata.update(WORDS)
        pictures: Any = made.add_stream(codec, rate=10)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
        pictures.metadata["title"] = MARK.decode()
        pictures.metadata["handler_name"] = MARK.decode()
        for number in range(10):
            frame = av.VideoFrame(64, 48, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([number * 20]) * plane.buffer_size)
            frame.pts, frame.time_base = number, Fraction(1, 10)
            made.mux(pictures.encode(frame))
        made.mux(pictures.encode(None))
    return target.getvalue()


def samples(recording: bytes) -> int:
    """How much sound is in it, as a player would play it."""
    with av.open(BytesIO(recording), "r") as opened:
        return sum(frame.samples for frame in opened.decode(audio=0))


def pictures(recording: bytes) -> list[bytes]:
    with av.open(BytesIO(recording), "r") as opened:
        return [bytes(frame.planes[0]) for frame in opened.decode(video=0)]


def _add_sound(made: Any, codec: str, rate: int) -> None:
    stream: Any = made.add_stream(codec, rate=rate)
    stream.metadata["title"] = MARK.decode()
    form, layout = stream.codec_context.format, stream.codec_context.layout
    size = stream.codec_context.frame_size or 1024
    for number in range(20):
        frame = av.AudioFrame(format=form.name if form else "s16", layout=layout.name, samples=size)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate, frame.pts, frame.time_base = rate, number * size, Fraction(1, rate)
        made.mux(stream.encode(frame))
    made.mux(stream.encode(None))


def paper(picture: bytes, *, program: bytes = b"app.alert('MARKED-SECRET')") -> bytes:
    """A page with a photo, with words about it and a program in every place that has room for them."""
    target, mark = BytesIO(), MARK.decode()
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=(200, 200))
        photo = made.make_stream(
            picture,
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=80,
            Height=40,
            ColorSpace=pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
            Metadata=made.make_stream(MARK),
            Filter=pikepdf.Name.DCTDecode,
        )
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Photo=photo))
        page.obj.Contents = made.make_stream(b"q 80 0 0 40 10 10 cm /Photo Do Q")
        action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=program.decode())
        page.obj.Annots = [
            made.make_indirect(
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot,
                    Subtype=pikepdf.Name.Link,
                    Rect=[0, 0, 9, 9],
                    Contents=mark,
                    T=mark,
                    A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=f"http://example.org/{mark}"),
                    AA=pikepdf.Dictionary(E=action),
                )
            )
        ]
        page.obj.AA = pikepdf.Dictionary(O=action)
        page.obj.PieceInfo = pikepdf.Dictionary(Maker=pikepdf.Dictionary(Private=mark))
        made.Root.OpenAction = action
        made.Root.Lang = mark
        made.attachments["hidden.txt"] = pikepdf.AttachedFileSpec(made, MARK, filename=f"{mark}.txt")
        made.Root.Names.JavaScript = pikepdf.Dictionary(Names=["go", action])
        made.Root.AF = [made.attachments["hidden.txt"].obj]
        with made.open_metadata() as about:
            about["dc:creator"] = [mark]
        made.docinfo["/Author"] = mark
        made.save(target, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return target.getvalue()


def filled_paper() -> bytes:
    """A form, filled in: what was typed stands in the look of its field."""
    target = BytesIO()
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=(200, 200))
        look = made.make_stream(
            b"/Tx BMC q BT /F1 9 Tf (Wages of March) Tj ET Q EMC",
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Form,
            BBox=[0, 0, 100, 20],
        )
        field = made.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T="wages",
                V="Wages of March",
                F=4,
                Rect=[10, 10, 110, 30],
                AP=pikepdf.Dictionary(N=look),
            )
        )
        page.obj.Annots = [field]
        made.Root.AcroForm = pikepdf.Dictionary(Fields=[field])
        made.save(target)
    return target.getvalue()


def swelling_paper() -> bytes:
    """A few hundred kilobytes that become hundreds of megabytes when they are unpacked, with a photo around them."""
    target = BytesIO()
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=(200, 200))
        packed = zlib.compress(zlib.compress(bytes(400_000_000), 9), 9)
        photo = made.make_stream(packed, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
        photo.Filter = [pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode, pikepdf.Name.DCTDecode]
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Photo=photo))
        page.obj.Contents = made.make_stream(b"/Photo Do")
        made.save(target, compress_streams=False)
    return target.getvalue()
