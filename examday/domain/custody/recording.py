"""The recording of a spoken answer (R24): what is a sound file, and who answers for its protocol.

The program keeps name, size and SHA-256 of the file; the sound itself stays on its carrier in the
envelope. By the digest the file can be proven later to be the one that was recorded that day.
"""

from collections.abc import Collection
from dataclasses import dataclass

from examday.domain.errors import Invalid
from examday.domain.messages import N_

FIRST_BYTES = 16
"""So many bytes tell the kind: a recording has hundreds of megabytes, which nobody should read for
that."""
_OPENINGS = (
    b"ID3",
    b"OggS",
    b"fLaC",
    b"#!AMR",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
    b"\x1a\x45\xdf\xa3",
)
"""MP3 with a title, OGG and OPUS, FLAC, AMR, WMA, WEBM. The ending of a name proves nothing, so
the bytes are asked."""
_MPEG_FRAMES = frozenset(b"\xfb\xfa\xf3\xf2\xe3\xe2\xfd\xfc\xf5\xf4\xf1\xf9\xf0\xf8")
"""Second byte of an MP3 or AAC frame. Only these, for others also begin a text of two-byte
letters."""
_SOUND_BRANDS = (b"M4A", b"M4B", b"mp4", b"isom", b"iso", b"3gp", b"3g2", b"dash", b"qt  ")
"""How the kind of a file begins that shares its frame with M4A. Pictures of phones have that frame too,
under ever new names: what is not named here is no sound."""
LEAST_BYTES = 1024
"""Of two seconds in the smallest kind that is known (AMR, 600 bytes a second). What is smaller holds the
beginning of a file and no answer: the recorder was not running."""
KNOWN_FORMATS = "WAV, MP3, M4A, AAC, OGG, OPUS, FLAC, AMR, WMA, WEBM"
"""As a refusal names them, so that whoever copies the recorder's card knows what to look for."""


@dataclass(frozen=True)
class Recording:
    """One sound file: its name where it came from, its bytes, its digest."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Protocol:
    """Who recorded, who wrote the protocol, who held it against the recording; pages written."""

    recorded_by: str
    written_by: str
    compared_by: str
    pages: int


def is_sound(first: bytes) -> bool:
    """Return whether a file that begins so is a sound file of a known kind."""
    if first.startswith(_OPENINGS):
        return True
    if first[:4] in (b"RIFF", b"FORM"):
        return first[8:12] in (b"WAVE", b"AIFF", b"AIFC")
    if first[4:8] == b"ftyp":
        return first[8:12].startswith(_SOUND_BRANDS)
    return first[:1] == b"\xff" and first[1:2] != b"" and first[1] in _MPEG_FRAMES


def check_protocol(said: Protocol, scribes: Collection[str], most_pages: int) -> None:
    """Refuse a protocol that nobody answers for. `scribes`: ids of those who may be named.

    Who wrote it is not the one who held it against the recording: an own slip is not heard.
    """
    for field, person in (
        ("recorded_by", said.recorded_by),
        ("written_by", said.written_by),
        ("compared_by", said.compared_by),
    ):
        # Nobody else: a name that stands for no scribe of today would be an empty line of the act.
        if person not in scribes:
            raise Invalid(N_("Choose a name."), code="nobody-named", field=field)
    if said.written_by == said.compared_by:
        raise Invalid(
            N_("Somebody else holds the protocol against the recording than who wrote it."),
            code="own-protocol",
            field="compared_by",
            advice=N_(
                "Choose a second person, who has listened to the recording with the protocol in hand."
            ),
        )
    if not 1 <= said.pages <= most_pages:
        raise Invalid(
            N_("Write how many pages the protocol has: from 1 to %(most)s."),
            code="protocol-pages",
            field="pages",
            params={"most": most_pages},
        )
