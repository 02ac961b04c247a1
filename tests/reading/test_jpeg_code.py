"""A JPEG whose code is hurt is set aside, though its decoder draws it without a word."""

import io
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from examday.reading.bad_files import Damaged
from examday.reading.brightness_steps import slips
from examday.reading.complaints import check_jpeg, no_complaints
from examday.reading.guards import open_pages
from examday.reading.jpeg import decode_jpeg
from examday.reading.jpeg_end import lengthened
from examday.reading.jpeg_steps import check_steps
from examday.reading.jpeg_words import check_words
from examday.reading.second_decoder import brightness, check_waves


@pytest.fixture(scope="module")
def paper() -> np.ndarray:
    """A sheet with lines of print on it, as a scanner sees it."""
    page = np.random.default_rng(3).normal(215, 3, (640, 480))
    for line in range(40, 600, 32):
        page[line : line + 10, 40:440:7] = 40
    return np.clip(page, 0, 255).astype(np.uint8)


def coded(page: np.ndarray, **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(page).save(out, "JPEG", quality=85, **options)
    return out.getvalue()


def with_hole(data: bytes, at: float, size: int) -> bytes:
    hurt = bytearray(data)
    start = int(at * len(hurt))
    hurt[start : start + size] = bytes(size)
    return bytes(hurt)


def is_whole(data: bytes) -> bool:
    try:
        decode_jpeg(data)
    except Damaged:
        return False
    return True


def silent(data: bytes) -> bool:
    """Whether the usual decoder draws the file without a complaint."""
    try:
        with no_complaints(data[:-2]):
            cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    except Damaged:
        return False
    return True


def test_holes_that_the_usual_decoder_draws_over_are_found_by_the_second(paper: np.ndarray) -> None:
    whole = coded(paper, progressive=True)
    holes = [with_hole(whole, at / 100, size) for at in range(20, 90) for size in (64, 300)]
    passed = [hurt for hurt in holes if silent(hurt)]
    assert passed, "else nothing is tested"
    assert sum(not is_whole(hurt) for hurt in passed) >= 0.8 * len(passed)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
@pytest.mark.parametrize("end", [b"", b"\0" * 7, b"\xff" * 7])
def test_a_whole_file_is_whole_for_both(
    paper: np.ndarray, options: dict[str, object], end: bytes
) -> None:
    whole = coded(paper, **options)
    found = decode_jpeg(whole[:-2] + end + b"\xff\xd9")
    assert found is not None and abs(found.astype(int) - paper).mean() < 4


def drawn_by_the_second(data: bytes) -> np.ndarray | None:
    return brightness(data, check_jpeg(data))


@pytest.mark.parametrize("turn", [1, 6])
def test_grey_code_that_ends_with_its_pixels_is_drawn_by_one_decoder_as_it_is_stored(
    paper: np.ndarray, turn: int
) -> None:
    exif = Image.Exif()
    exif[0x112] = turn
    stored = paper[:637, :475]
    found = drawn_by_the_second(coded(stored, exif=exif))
    assert found is not None and found.shape == stored.shape
    assert abs(found.astype(int) - stored).mean() < 4


@pytest.mark.parametrize("options", [{"progressive": True}, {"restart_marker_rows": 1}])
def test_code_whose_end_cannot_be_told_is_left_to_both(
    paper: np.ndarray, options: dict[str, object]
) -> None:
    assert drawn_by_the_second(coded(paper, **options)) is None
    colours = np.dstack([paper, paper, paper])
    assert drawn_by_the_second(coded(colours)) is None


def test_what_the_usual_decoder_complains_of_is_never_drawn_by_the_second_alone(
    paper: np.ndarray,
) -> None:
    whole, random = coded(paper[:200, :240]), np.random.default_rng(5)
    code = whole.index(b"\xff\xda") + 10
    complained = 0
    for size in (1, 2, 8, 64, 300) * 40:
        at = int(random.integers(code, len(whole) - 2 - size))
        strange, rest = random.bytes(size), whole[at + size :]
        for hurt in (
            whole[:at] + strange + rest,
            whole[:at] + rest,
            whole[: at + size] + whole[at:],
        ):
            with suppress(Damaged):
                end = check_jpeg(hurt)
                complained += not silent(hurt)
                assert silent(hurt) or brightness(hurt, end) is None
    assert complained > 200, "else nothing is tested"


OTHER_PROGRAM = bytes.fromhex(
    "0002010303020402060703040206027301020311040005211231415106136122718114"
    "3291a10715b14223c152d1e1331662f0247282f12543345392a2b26373c235442793a3"
    "b33617546474c3d2e2082683090a1819849445"
    "46a4b456d355281af2e3f3c4d4e4f465758595a5b5c5d5e5f566768696a6b6c6d6e6f6"
    "37475767778797a7b7c7d7e7f738485868788898a8b8c8d8e8f829394959697989"
    "99a9b9c9d9e9f92a3a4a5a6a7a8a9aaabacadaeafa"
)
"""A list of code words, in no order, that a widespread program writes into all of its files."""


def with_words(data: bytes, change: Callable[[bytearray], None]) -> bytes:
    """A JPEG whose first list of words for fine structure was changed."""
    at = data.index(b"\xff\xc4\x00\xb5\x10") + 5
    words = bytearray(data[at : at + 178])
    change(words)
    return data[:at] + bytes(words) + data[at + 178 :]


@pytest.mark.parametrize("pair", [(0x04, 0x14), (0x08, 0x48), (0x31, 0x41), (0x02, 0x61)])
def test_exchanged_code_words_are_damage(paper: np.ndarray, pair: tuple[int, int]) -> None:
    """Those of equal weight: the code is used up to its last bit, and no decoder finds a fault."""

    def exchange(words: bytearray) -> None:
        one, other = (words.index(word, 16) for word in pair)
        words[one], words[other] = words[other], words[one]

    whole = coded(paper)
    check_words(whole)
    with pytest.raises(Damaged):
        check_words(with_words(whole, exchange))


def test_code_words_in_a_program_s_own_order_are_no_damage(paper: np.ndarray) -> None:
    def replace(words: bytearray) -> None:
        words[:] = OTHER_PROGRAM

    check_words(with_words(coded(paper), replace))


@pytest.mark.parametrize("by", [-40, -9, 9, 30])
@pytest.mark.parametrize(("row", "column"), [(3, 5), (43, 31), (71, 50)])
def test_brightness_that_slips_at_a_block_is_a_fault(
    paper: np.ndarray, by: int, row: int, column: int
) -> None:
    hurt = paper.astype(int)
    hurt[8 * row : 8 * row + 8, 8 * column :] += by
    hurt[8 * row + 8 :] += by
    assert slips(np.clip(hurt, 0, 255).astype(np.uint8))


@pytest.mark.parametrize(("row", "column"), [(3, 5), (43, 31), (60, 50)])
def test_what_slips_beyond_white_shows_no_step_and_is_told_by_the_grain_that_ends(
    row: int, column: int
) -> None:
    """Light print is gone below, the dots of cells first; darker print goes on in grey."""
    light = np.random.default_rng(2).normal(252, 1.0, (640, 480)).clip(0, 254)
    light[20::40, 40:200] = 30
    hurt = light.copy()
    hurt[8 * row : 8 * row + 8, 8 * column :] += 90
    hurt[8 * row + 8 :] += 90
    assert slips(np.clip(hurt, 0, 255).astype(np.uint8))
    assert not slips(light.astype(np.uint8))


def test_white_that_was_filled_in_below_a_slanted_sheet_is_no_slip() -> None:
    sheet = np.random.default_rng(2).normal(245, 2.0, (640, 480)).clip(0, 254)
    sheet[20::40, 40:200] = 30
    for x in range(480):
        sheet[200 + x // 60 :, x] = 255
    assert not slips(sheet.astype(np.uint8))


@pytest.mark.parametrize("lid", [60, 200, 240])
@pytest.mark.parametrize("dust", [False, True])
def test_the_slanted_edge_of_a_bleached_sheet_below_a_scanner_lid_is_no_slip(
    lid: int, dust: bool
) -> None:
    """Within one row of blocks it is lid on the left and white paper on the right."""
    down, across = np.mgrid[:640, :480]
    sheet = np.random.default_rng(2).normal(lid, 2.0, (640, 480)).clip(0, 254)
    if dust:
        sheet[4:40:8, ::60] = 20
    sheet[down >= 46.5 - across * 0.01] = 255
    sheet[80::40, 40:200] = 30
    assert is_whole(coded(cv2.GaussianBlur(sheet, (0, 0), 1.0).astype(np.uint8)))


@pytest.mark.parametrize("grows", [40, 150])
def test_light_that_grows_to_white_down_a_photo_is_no_slip(grows: int) -> None:
    sheet = np.random.default_rng(2).normal(225, 2.0, (640, 480))
    sheet[20::40, 40:200] = 30
    down, across = np.mgrid[:640, :480]
    lit = sheet + np.clip(down / 640 - 0.3, 0, 1) * grows + 0.004 * across
    assert not slips(np.clip(lit, 0, 255).astype(np.uint8))


def test_the_edge_of_a_sheet_and_ruled_lines_are_no_slip(paper: np.ndarray) -> None:
    assert not slips(paper)
    edge = paper.copy()
    # the table above the sheet, at the height of a block: no fault, though it looks like one
    edge[:160] = 90
    assert not slips(edge)
    slanted = paper.copy()
    for x in range(480):
        slanted[: 160 + x // 20, x] = 90
    assert not slips(slanted)
    ruled = paper.copy()
    ruled[81::64] = 120
    assert not slips(ruled)


def test_brightness_that_slips_in_a_strip_of_a_tiff_is_damage(
    paper: np.ndarray, tmp_path: Path
) -> None:
    slipped = paper.astype(int)
    slipped[208:216, 200:] -= 30  # drawn as behind one wrong number, to the end of its strip
    slipped[216:224] -= 30
    for page, hurt in ((paper, False), (np.clip(slipped, 0, 255).astype(np.uint8), True)):
        file = tmp_path / "scan.tif"
        Image.fromarray(page).save(
            file, "TIFF", compression="jpeg", quality=85, strip_size=480 * 32
        )
        with Image.open(file) as image:
            assert image.tag_v2[278] == 32, "a strip by itself is too low to tell"
        with pytest.raises(Damaged) if hurt else nullcontext():
            assert len(list(open_pages(file))) == 1


def test_code_of_some_blocks_too_many_is_damage_though_every_decoder_is_content() -> None:
    strip = np.full((640, 160), 255, np.uint8)
    strip[40:600:32, 40:120] = 40
    longer = np.vstack([strip, np.full((8, 160), 255, np.uint8)])
    # With a code of its own a white block takes two bits: twenty of them are five bytes.
    whole, more = (coded(page, optimize=True) for page in (strip, longer))
    hurt = more.replace((648).to_bytes(2, "big"), (640).to_bytes(2, "big"), 1)
    assert is_whole(whole) and is_whole(more)
    assert silent(hurt) and not is_whole(hurt)


def test_where_code_was_filled_up_or_comes_in_scans_its_end_is_not_asked(paper: np.ndarray) -> None:
    for data in (
        coded(paper, progressive=True),
        coded(paper, restart_marker_rows=1),
        coded(paper)[:-2] + b"\0\0\xff\xd9",
    ):
        assert lengthened(data, len(data) - 2) is None


def test_a_picture_that_cannot_be_called_higher_is_not_asked(paper: np.ndarray) -> None:
    out = io.BytesIO()
    Image.fromarray(paper).convert("RGB").save(out, "JPEG", subsampling=0)
    high = bytearray(out.getvalue())
    frame = high.index(b"\xff\xc0")
    high[frame + 11] = 0x14  # four blocks above each other in a unit
    for rows, asked in ((65535 - 64, True), (65535 - 63, False)):
        high[frame + 5 : frame + 7] = rows.to_bytes(2, "big")
        assert (lengthened(bytes(high), len(high) - 2) is not None) == asked


def test_a_colour_jpeg_ends_with_its_last_unit_of_blocks(paper: np.ndarray) -> None:
    for subsampling in (0, 1, 2):
        out = io.BytesIO()
        Image.fromarray(paper[:-3]).convert("RGB").save(out, "JPEG", subsampling=subsampling)
        data = out.getvalue()
        assert lengthened(data, len(data) - 2) is not None
        assert is_whole(data)


def test_strange_bytes_in_jpeg_2000_are_damage(paper: np.ndarray) -> None:
    out = io.BytesIO()
    Image.fromarray(paper).save(out, "JPEG2000", irreversible=True, quality_layers=[8])
    whole = out.getvalue()
    check_waves(whole)
    for at in (0.4, 0.6, 0.8):
        hurt = bytearray(whole)
        start = int(at * len(hurt))
        hurt[start : start + 512] = bytes(hurt[start : start + 512])[::-1]
        with pytest.raises(Damaged):
            check_waves(bytes(hurt))


def test_steps_that_are_out_of_order_are_damage(paper: np.ndarray) -> None:
    data = bytearray(coded(paper))
    at = data.index(b"\xff\xdb\x00\x43") + 5
    steps = bytes(data[at : at + 64])
    for wrong in (steps[::-1], bytes(np.random.default_rng(33).permutation(list(steps)))):
        data[at : at + 64] = wrong
        assert not is_whole(bytes(data))
    # Steps that are all alike have no order; no writer of whole files is refused.
    flat = coded(paper, qtables=[[8] * 64])
    assert is_whole(flat) and is_whole(coded(paper)) and is_whole(coded(paper, subsampling=0))


@pytest.mark.parametrize("quality", [5, 40, 75, 95, 100])
def test_the_steps_of_every_quality_grow_with_frequency(paper: np.ndarray, quality: int) -> None:
    out = io.BytesIO()
    Image.fromarray(np.dstack([paper] * 3)).save(out, "JPEG", quality=quality)
    check_steps(out.getvalue())


def test_a_table_that_is_cut_short_is_damage(paper: np.ndarray) -> None:
    data = bytearray(coded(paper))
    at = data.index(b"\xff\xdb\x00\x43")
    data[at + 2 : at + 4] = (40).to_bytes(2, "big")
    with pytest.raises(Damaged):
        check_steps(bytes(data))
