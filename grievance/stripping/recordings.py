"""Sound and film taken out of their file, packet by packet and unchanged, and put into a new one that says nothing of
who, where and when. Runs in the child alone and imports nothing of this product."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import av
import av.audio.codeccontext
import av.audio.stream
import av.bitstream
import av.error
import av.stream
import av.subtitles.codeccontext
import av.subtitles.stream
import av.video.codeccontext
import av.video.stream

# The imports above that nothing here names are those that PyAV makes when it meets such a stream: no file opens then.
# Read by its own demuxer alone: none is guessed, so that no playlist is taken for a recording.
DEMUXERS = {
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "mov",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "video/mp4": "mov",
    "video/3gpp": "mov",
    "video/quicktime": "mov",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
}
# Formats of which it is known where they can hide words, and these are taken out. No other is copied.
SOUNDS = frozenset(
    {"opus", "vorbis", "flac", "mp3", "aac", "alac", "amrnb", "amrwb", "pcm_s16le", "pcm_u8", "pcm_s16be"}
)
FILMS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "h263"})
NAMES = {"amr_nb": "amrnb", "amr_wb": "amrwb", "mp3float": "mp3", "libdav1d": "av1"}
# Words between the pictures: supplemental information of H.264 and H.265, metadata of AV1.
FILTERS = {
    "h264": "filter_units=remove_types=6",
    "hevc": "filter_units=remove_types=39-40",
    "av1": "filter_units=remove_types=5",
}
WEBM = frozenset({"vp8", "vp9", "opus", "vorbis"})
_USER_DATA = re.compile(rb"\x00\x00\x01\xb2.*?(?=\x00\x00\x01|\Z)", re.DOTALL)  # ISO 14496-2, 6.2.2
_BIT_RATES = {  # kbit/s of layer III: ISO 11172-3 and 13818-3
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def answer_for(original: bytes, kind: str) -> bytes:
    """What the child writes: see stripping._understand."""
    if kind not in DEMUXERS:
        return b"NO not_known\n"
    try:
        media, body = _copy(original, DEMUXERS[kind])
    except MemoryError:
        return b"NO too_much_memory\n"
    except (av.error.FFmpegError, ValueError, NotImplementedError, OSError, EOFError, IndexError):
        return b"NO damaged\n"
    return b"OK %s 0 0\n" % media.encode() + body


def _copy(original: bytes, demuxer: str) -> tuple[str, bytes]:
    target = BytesIO()
    with av.open(BytesIO(original), "r", format=demuxer, metadata_errors="ignore") as source:
        streams = [stream for stream in source.streams if stream.type in {"audio", "video"} and not _is_cover(stream)]
        codecs = [_codec(stream) for stream in streams]
        if not streams or not set(codecs) <= SOUNDS | FILMS:
            raise ValueError("a recording of a kind that is not copied")
        muxer, media = _container(codecs, demuxer)
        options = {"fflags": "+bitexact", "write_xing": "0", "id3v2_version": "0"}
        known = {name: value for name, value in options.items() if name == "fflags" or muxer == "mp3"}
        with av.open(target, "w", format=muxer, options=known) as made:
            ways = {stream.index: _way(stream, made, codec) for stream, codec in zip(streams, codecs, strict=True)}
            copied = 0
            for packet in source.demux(streams):
                for fresh in ways[packet.stream.index](packet):
                    made.mux_one(fresh)
                    copied += 1
    if not copied:
        raise ValueError("nothing to be heard or seen")
    return media, target.getvalue()


def _is_cover(stream: Any) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _codec(stream: Any) -> str:
    name = stream.codec_context.name if stream.codec_context is not None else ""
    return NAMES.get(name, name)


def _container(codecs: list[str], demuxer: str) -> tuple[str, str]:
    """The muxer and the media type of the copy."""
    if films := FILMS.intersection(codecs):
        if set(codecs) <= WEBM:
            return "webm", "video/webm"
        return ("3gp", "video/3gpp") if films == {"h263"} or {"amrnb", "amrwb"} & set(codecs) else ("mp4", "video/mp4")
    (sound,) = set(codecs)  # several tracks of one kind at most
    if sound in {"opus", "vorbis"}:
        return ("ogg", "audio/ogg")
    if sound == "aac" and demuxer == "aac":
        return "adts", "audio/aac"
    return {
        "flac": ("flac", "audio/flac"),
        "mp3": ("mp3", "audio/mpeg"),
        "aac": ("ipod", "audio/mp4"),
        "alac": ("ipod", "audio/mp4"),
        "amrnb": ("amr", "audio/amr"),
        "amrwb": ("amr", "audio/amr"),
    }.get(sound, ("wav", "audio/wav"))


def _way(stream: Any, made: Any, codec: str) -> Callable[[Any], Iterator[Any]]:
    """From a packet of the source to those of the copy."""
    target = made.add_stream_from_template(stream, opaque=True)
    target.metadata.clear()
    clean = CLEANERS.get(codec, _as_it_is)
    if codec in HEADS and stream.codec_context.extradata:
        target.codec_context.extradata = HEADS[codec](stream.codec_context.extradata)
    words = av.bitstream.BitStreamFilterContext(FILTERS[codec], stream) if codec in FILTERS else None

    def fresh_ones(packet: Any) -> Iterator[Any]:
        if packet.size == 0 and words is None:
            return
        for one in words.filter(packet if packet.size else None) if words is not None else [packet]:
            # A new packet, so that nothing hangs on it but its bytes and its moment.
            body = clean(bytes(one))
            if not body:
                continue
            fresh = av.Packet(body)
            fresh.time_base = one.time_base or stream.time_base
            fresh.pts, fresh.dts, fresh.duration = one.pts, one.dts, one.duration or 0
            fresh.is_keyframe = one.is_keyframe
            fresh.stream = target
            yield fresh

    return fresh_ones


def _as_it_is(body: bytes) -> bytes:
    return body


def _without_user_data(body: bytes) -> bytes:
    return _USER_DATA.sub(b"", body)


def _one_mp3_frame(body: bytes) -> bytes:
    """The frame without what was hidden behind it; nothing for what is none. ISO 11172-3, 2.4.2.3."""
    if len(body) < 4 or body[0] != 0xFF or body[1] & 0xE6 != 0xE2:
        return b""
    version, padding = body[1] >> 3 & 3, body[2] >> 1 & 1
    rate, bits = body[2] >> 2 & 3, body[2] >> 4
    if version == 1 or rate == 3 or bits in {0, 15}:
        return b""
    kilobits = _BIT_RATES[version == 3][bits]
    return body[: (144 if version == 3 else 72) * kilobits * 1000 // _RATES[version][rate] + padding]


def _one_adts_frame(body: bytes) -> bytes:
    """As above, for AAC in ADTS frames; in other files a packet is the frame alone. ISO 13818-7, 6.2."""
    if len(body) < 7 or body[0] != 0xFF or body[1] & 0xF6 != 0xF0:
        return body
    return body[: (body[3] & 3) << 11 | body[4] << 3 | body[5] >> 5]


def _silent_vorbis(extradata: bytes) -> bytes:
    """The three headers of Vorbis in Xiph's lacing, with an empty comment as the second."""
    if not extradata.startswith(b"\x02"):
        raise ValueError("no lacing")
    sizes, at = [], 1
    for _header in range(2):
        size = 0
        while extradata[at] == 255:
            size, at = size + 255, at + 1
        sizes.append(size + extradata[at])
        at += 1
    first = extradata[at : at + sizes[0]]
    setup = extradata[at + sum(sizes) :]
    comment = b"\x03vorbis" + bytes(8) + b"\x01"
    return b"\x02" + bytes([len(first), len(comment)]) + first + comment + setup


def _hevc_head(extradata: bytes) -> bytes:
    """The decoder's record (ISO 14496-15, 8.3.3.1.2) without supplemental information."""
    if extradata[0] != 1:
        raise ValueError("no record")
    kept, at = [], 23
    for _array in range(extradata[22]):
        start, count = at, int.from_bytes(extradata[at + 1 : at + 3], "big")
        at += 3
        for _unit in range(count):
            at += 2 + int.from_bytes(extradata[at : at + 2], "big")
        if extradata[start] & 0x3F not in {39, 40}:
            kept.append(extradata[start:at])
    return extradata[:22] + bytes([len(kept)]) + b"".join(kept)


HEADS: dict[str, Callable[[bytes], bytes]] = {
    "vorbis": _silent_vorbis,
    "hevc": _hevc_head,
    "mpeg4": _without_user_data,
}
CLEANERS: dict[str, Callable[[bytes], bytes]] = {
    "mp3": _one_mp3_frame,
    "aac": _one_adts_frame,
    "mpeg4": _without_user_data,
}
