"""What a file is, by its first bytes: what the sender says of it decides nothing alone."""

from collections.abc import Callable

#: So many bytes are enough to tell.
HEAD = 512

_OFFICE_ZIP = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_OLE = ("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint")
#: Shown in the browser; everything else is only saved.
SHOWN = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})


def mime_of(head: bytes) -> str | None:
    """The type that these first bytes have; None for none that is known."""
    for mime, matches in _SIGNATURES:
        if matches(head):
            return mime
    return "text/plain" if _is_text(head) else None


def kept_as(kind: str, declared: str | None, head: bytes) -> str | None:
    """The type under which a file of this kind is kept; None when it is not what it is said to be.

    ``kind`` is image, audio, video, sticker or document.
    """
    found = mime_of(head)
    claimed = (declared or "").partition(";")[0].strip().lower()
    if found is None:
        return None
    match kind:
        case "image":
            return found if found in SHOWN else None
        case "sticker":
            return found if found == "image/webp" else None
        case "video":
            return found if found in ("video/mp4", "video/3gpp") else None
        case "audio":
            # The container of films holds sound alone, too.
            return "audio/mp4" if found == "video/mp4" else found if found.startswith("audio/") else None
        case "document":
            return _document(found, claimed)
    return None


def _document(found: str, claimed: str) -> str | None:
    if found == "application/zip":
        return claimed if claimed.startswith((_OFFICE_ZIP, _OPEN_DOCUMENT)) else None
    if found == "application/x-ole-storage":
        return claimed if claimed in _OLE else None
    if found == "text/plain":
        # Whatever is written in it, it is kept and given out as plain text.
        return found if claimed.startswith("text/") else None
    claims_other = claimed.startswith(("application/pdf", _OFFICE_ZIP, _OPEN_DOCUMENT, *_OLE)) and found != claimed
    return None if claims_other else found


def _starts(*beginnings: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(beginnings)


def _riff(kind: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[:4] == b"RIFF" and head[8:12] == kind


def _is_mpeg_sound(head: bytes) -> bool:
    return len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0


def _is_film(*brands: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[4:8] == b"ftyp" and (not brands or head[8:11] in brands)


def _is_text(head: bytes) -> bool:
    try:
        # The last character may be cut.
        text = head.decode("utf-8", "strict") if len(head) < HEAD else head[:-4].decode("utf-8", "ignore")
    except UnicodeDecodeError:
        return False
    return bool(text) and not any(sign < " " and sign not in "\t\r\n\f" for sign in text)


_SIGNATURES: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("image/jpeg", _starts(b"\xff\xd8\xff")),
    ("image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    ("image/gif", _starts(b"GIF87a", b"GIF89a")),
    ("image/webp", _riff(b"WEBP")),
    ("application/pdf", _starts(b"%PDF-")),
    ("application/zip", _starts(b"PK\x03\x04")),
    ("application/x-ole-storage", _starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")),
    ("audio/ogg", _starts(b"OggS")),
    ("audio/amr", _starts(b"#!AMR")),
    ("audio/aac", _starts(b"\xff\xf1", b"\xff\xf9")),
    ("audio/mpeg", lambda head: head.startswith(b"ID3") or _is_mpeg_sound(head)),
    ("video/3gpp", _is_film(b"3gp", b"3g2")),
    ("video/mp4", _is_film()),
)
