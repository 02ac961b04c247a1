"""Valid sheets with bytes changed, lost, doubled and mixed: the reader ends, and never reads a
code that is not there."""

import io
import random
import time
from collections import Counter
from pathlib import Path

from PIL import Image

from examday.paper.trial import draw, kit_code
from examday.reading.guards import BadFile
from examday.reading.sandbox import inspect

ENDINGS = {"JPEG": ".jpg", "PNG": ".png", "TIFF": ".tif", "PDF": ".pdf"}


def test_a_hurt_file_never_names_another_candidate(
    dice: random.Random, seconds: float, tmp_path: Path
) -> None:
    codes = [kit_code(n) for n in (7001, 7002)]
    good = [(code, kind, whole(code, kind)) for code in codes for kind in ENDINGS]
    end, said = time.monotonic() + seconds, Counter[str]()
    while not said or time.monotonic() < end:
        code, kind, data = dice.choice(good)
        path = tmp_path / f"file{ENDINGS[kind]}"
        path.write_bytes(hurt(data, dice))
        try:
            pages = inspect(path, tmp_path / "out")
        except BadFile as bad:
            said[bad.code] += 1
            continue
        for page in pages:
            found = page.identity["code"]
            assert found in (None, "", code), f"{kind}: {found} instead of {code}"
            said["right code" if found else "no code"] += 1
    print(f"\n{sum(said.values())} hurt files: {dict(said)}")


def whole(code: str, kind: str) -> bytes:
    out = io.BytesIO()
    picture: Image.Image = draw(code, "A4")
    picture.save(out, format=kind, resolution=150, dpi=(150, 150))
    return out.getvalue()


def hurt(data: bytes, dice: random.Random) -> bytes:
    """One to five changes: bytes overwritten, cut out, doubled, the end lost, a part from elsewhere."""
    content = bytearray(data)
    for _change in range(dice.randint(1, 5)):
        at, length = dice.randrange(len(content)), dice.choice([1, 1, 4, 64, 4096])
        how = dice.choice(["noise", "zero", "cut", "double", "end", "move", "huge"])
        if how == "noise":
            content[at : at + length] = dice.randbytes(length)
        elif how == "zero":
            content[at : at + length] = bytes(length)
        elif how == "cut":
            del content[at : at + length]
        elif how == "double":
            content[at:at] = content[at : at + length]
        elif how == "end":
            del content[max(at, len(content) // 2) :]
        elif how == "move":
            other = dice.randrange(len(content))
            content[at : at + length] = content[other : other + length]
        else:
            content[min(at, 200) : min(at, 200) + 4] = b"\xff\xff\xff\x7f"
        if not content:
            return b"\0"
    return bytes(content)
