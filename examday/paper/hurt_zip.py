"""What the library of ZIP archives raises at a damaged one."""

import struct
import zipfile
import zlib

HURT_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    struct.error,
    # A name that is said to be UTF-8 and is not.
    UnicodeDecodeError,
)
"""It promises the first alone; damaged files have raised each of the others."""
