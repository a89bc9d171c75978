"""A voice message without a microphone: two seconds of silence as Opus in Ogg (RFC 6716, RFC 7845, RFC 3533)."""

import struct

#: One frame of 20 ms, silent, mono.
SILENCE = b"\xf8\xff\xfe"
FRAMES_PER_S, SAMPLES_PER_FRAME = 50, 960
_POLYNOMIAL = 0x04C11DB7


def silence(seconds: int = 2) -> bytes:
    """The file's bytes."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48_000, 0, 0)
    vendor = b"silence"
    tags = b"OpusTags" + struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", 0)
    frames = FRAMES_PER_S * seconds
    return b"".join(
        (
            _page([head], 0, 0, first=True),
            _page([tags], 1, 0),
            _page([SILENCE] * frames, 2, frames * SAMPLES_PER_FRAME, last=True),
        )
    )


def _page(packets: list[bytes], number: int, position: int, *, first: bool = False, last: bool = False) -> bytes:
    """One page; each packet is shorter than 255 bytes, so it has one entry in the table of segments."""
    flags = 2 * first | 4 * last
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, position, 1, number, 0)
    table = bytes([len(packets), *(len(packet) for packet in packets)])
    page = bytearray(head + table + b"".join(packets))
    page[22:26] = struct.pack("<I", _checksum(bytes(page)))
    return bytes(page)


def _checksum(page: bytes) -> int:
    """Ogg's own CRC-32: not reflected, starting from zero."""
    crc = 0
    for byte in page:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ _POLYNOMIAL) & 0xFFFFFFFF if crc & 0x80000000 else crc << 1
    return crc
