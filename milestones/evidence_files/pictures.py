"""Pictures: whether they are whole and of a sane size, without decoding them."""

import struct

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .kinds import FileRefused
from .reading import head, tail

LARGEST_SIDE = 30_000
"""In pixels; a poster scanned at 600 dots per inch has fewer."""

MOST_SEGMENTS = 1_000

DAMAGED = gettext_lazy(
    "This picture is damaged or cut off. Save or download it again, and choose it."
)

# Frames of a JPEG that say its size: all of the row from C0 to CF but three of another meaning.
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})


def checked_png(file: File) -> str:
    """Return the key of PNG. Raises FileRefused for a picture that is damaged."""
    start = head(file, 33)
    if start[8:16] != b"\x00\x00\x00\rIHDR" or b"IEND\xaeB`\x82" not in tail(file, 4096):
        raise FileRefused(DAMAGED)
    _check_sides(*struct.unpack(">II", start[16:24]))
    return "png"


def checked_jpeg(file: File) -> str:
    """Return the key of JPEG. Raises FileRefused for a picture that is damaged."""
    # Cameras append a preview and notes behind the end of the picture.
    if b"\xff\xd9" not in tail(file, 256 * 1024):
        raise FileRefused(DAMAGED)
    file.seek(2)
    for _number in range(MOST_SEGMENTS):
        mark = file.read(2)
        while mark == b"\xff\xff":
            mark = mark[1:] + file.read(1)
        if len(mark) < 2 or mark[0] != 0xFF:
            break
        if mark[1] in WITHOUT_LENGTH:
            continue
        length = int.from_bytes(file.read(2), "big")
        if mark[1] in FRAMES:
            frame = file.read(5)
            if len(frame) == 5:
                _check_sides(*struct.unpack(">xHH", frame))
                return "jpeg"
            break
        if length < 2 or mark[1] in {0xD9, 0xDA}:
            break
        file.seek(length - 2, 1)
    raise FileRefused(DAMAGED)


def _check_sides(*sides: int) -> None:
    if not all(sides):
        raise FileRefused(DAMAGED)
    if max(sides) > LARGEST_SIDE:
        sentence = _("This picture is larger than %(side)s pixels on a side. Make it smaller.")
        raise FileRefused(sentence % {"side": intcomma(LARGEST_SIDE)})
