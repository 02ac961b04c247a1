"""Files that lie, burst or break must be refused with a reason, and must never end the program
that receives them."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from examday.domain.errors import MachineTrouble
from examday.reading.guards import (
    BadFile,
    Damaged,
    Empty,
    FileTooLarge,
    Limits,
    LockedPdf,
    NotAnImage,
    TookTooLong,
    TooManyPages,
    open_pages,
)
from examday.reading.sandbox import inspect


def grey_page(height: int = 300, width: int = 200) -> np.ndarray:
    return np.tile(np.linspace(0, 255, width).astype(np.uint8), (height, 1))


def saved(folder: Path, name: str, image: Image.Image, **options: object) -> Path:
    path = folder / name
    image.save(path, **options)
    return path


def png_bomb(path: Path, side: int = 20_000) -> Path:
    """A valid PNG of side x side black pixels in about 50 kilobytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    squeezer = zlib.compressobj(9)
    rows = b"".join(squeezer.compress(bytes(side // 8 + 1)) for _ in range(side)) + squeezer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )
    return path


def test_a_picture_that_unpacks_to_400_million_pixels_is_refused_before_decoding(
    tmp_path: Path,
) -> None:
    bomb = png_bomb(tmp_path / "sheet.png")
    assert bomb.stat().st_size < 100_000
    with pytest.raises(FileTooLarge):
        list(open_pages(bomb))


def test_a_picture_just_above_our_limit_is_refused_where_the_library_would_only_warn(
    tmp_path: Path,
) -> None:
    with pytest.raises(FileTooLarge):
        list(open_pages(png_bomb(tmp_path / "sheet.png", 9_200)))  # 84.6 Mpx, just over the limit


def test_an_a3_page_at_600_dpi_is_within_the_limits(tmp_path: Path) -> None:
    path = saved(
        tmp_path, "a3.tif", Image.new("1", (7016, 9921), 1), compression="group4", dpi=(600, 600)
    )
    (page,) = open_pages(path)
    assert page.grey.shape == (9921, 7016)
    assert page.dpi == 600


def test_a_jpeg_cut_short_is_called_damaged_and_not_filled_with_grey(tmp_path: Path) -> None:
    whole = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (600, 400), dtype=np.uint8)).save(
        whole, "JPEG"
    )
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])
    with pytest.raises(Damaged):
        list(open_pages(cut))


@pytest.mark.parametrize(
    "content", [b"MZ\x90\x00" * 100, b"<svg xmlns='x'/>", b"GIF89a" + bytes(50), b"\xff\xd8\xff"]
)
def test_what_is_no_scan_is_refused_whatever_its_name_says(tmp_path: Path, content: bytes) -> None:
    liar = tmp_path / "scan.jpg"
    liar.write_bytes(content)
    with pytest.raises((NotAnImage, Damaged)):
        list(open_pages(liar))


@pytest.mark.parametrize("kind", ["GIF", "BMP", "WEBP", "PPM", "TGA", "ICO", "PCX", "DDS", "SGI"])
def test_a_whole_picture_of_another_format_is_not_even_opened(tmp_path: Path, kind: str) -> None:
    saved(tmp_path, "scan.jpg", Image.new("RGB", (64, 64), "white"), format=kind)
    with pytest.raises(NotAnImage):
        list(open_pages(tmp_path / "scan.jpg"))


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    with pytest.raises(Empty):
        list(open_pages(tmp_path / "empty.jpg"))


def test_more_bytes_than_allowed_are_not_even_read(tmp_path: Path) -> None:
    path = saved(tmp_path, "big.png", Image.fromarray(grey_page()))
    with pytest.raises(FileTooLarge):
        list(open_pages(path, Limits(max_bytes=100)))


def test_a_tiff_with_too_many_frames_is_refused(tmp_path: Path) -> None:
    frames = [Image.new("1", (40, 40), 1) for _ in range(Limits().max_frames + 1)]
    path = saved(tmp_path, "many.tif", frames[0], save_all=True, append_images=frames[1:])
    with pytest.raises(TooManyPages):
        list(open_pages(path))


def test_a_tiff_with_two_frames_gives_two_pages(tmp_path: Path) -> None:
    second = Image.fromarray(grey_page(50, 60))
    path = saved(
        tmp_path, "two.tif", Image.fromarray(grey_page()), save_all=True, append_images=[second]
    )
    pages = list(open_pages(path))
    assert [(page.number, page.grey.shape) for page in pages] == [(1, (300, 200)), (2, (50, 60))]


def test_a_phone_photo_stands_as_its_camera_noted(tmp_path: Path) -> None:
    notes = Image.Exif()
    for orientation, quarter in ((1, 0), (3, 2), (6, 3), (8, 1)):
        notes[0x0112] = orientation
        path = saved(
            tmp_path, f"{orientation}.jpg", Image.fromarray(grey_page()), exif=notes, quality=95
        )
        (page,) = open_pages(path)
        wanted = np.rot90(grey_page(), quarter).astype(int)
        assert page.grey.shape == wanted.shape
        assert np.abs(page.grey.astype(int) - wanted).mean() < 3


def test_a_mirrored_photo_is_turned_as_pillow_turns_it(tmp_path: Path) -> None:
    from PIL import ImageOps

    notes = Image.Exif()
    for orientation in range(1, 9):
        notes[0x0112] = orientation
        image = Image.fromarray(np.outer(np.arange(64), np.arange(96)).astype(np.uint8))
        path = saved(tmp_path, f"{orientation}.jpg", image, exif=notes, quality=95)
        (page,) = open_pages(path)
        with Image.open(path) as again:
            wanted = np.asarray(ImageOps.exif_transpose(again).convert("L")).astype(int)
        assert np.abs(page.grey.astype(int) - wanted).mean() < 3


def test_transparent_paper_counts_as_white(tmp_path: Path) -> None:
    (page,) = open_pages(saved(tmp_path, "clear.png", Image.new("RGBA", (30, 30), (0, 0, 0, 0))))
    assert page.grey.min() == 255


def test_a_locked_pdf_and_a_pdf_as_large_as_a_wall_are_refused(tmp_path: Path) -> None:
    locked, wall = tmp_path / "locked.pdf", tmp_path / "wall.pdf"
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(200, 200))
    pdf.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    pdf.add_blank_page(page_size=(14_000, 14_000))
    pdf.save(wall)
    with pytest.raises(LockedPdf):
        list(open_pages(locked))
    with pytest.raises(FileTooLarge):
        list(open_pages(wall))


def test_a_pdf_page_is_rendered_at_300_dpi(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(72, 144))
    pdf.save(tmp_path / "small.pdf")
    (page,) = open_pages(tmp_path / "small.pdf")
    assert page.grey.shape == (600, 300)
    assert page.grey.min() == 255


@pytest.mark.slow
def test_a_decoder_that_runs_out_of_memory_ends_in_the_child_only(tmp_path: Path) -> None:
    huge = saved(tmp_path, "huge.png", Image.new("L", (8_000, 9_000), 255))
    with pytest.raises(BadFile):
        inspect(huge, tmp_path / "out", memory_mb=330)


@pytest.mark.release
def test_a_picture_that_eats_its_processor_time_is_stopped(tmp_path: Path) -> None:
    frames = [Image.fromarray(grey_page(4_000, 3_000))] * 30
    path = saved(
        tmp_path,
        "many.tif",
        frames[0],
        save_all=True,
        append_images=frames[1:],
        compression="tiff_adobe_deflate",
    )
    with pytest.raises(TookTooLong):
        inspect(path, tmp_path / "out", cpu_s=0.2)


def test_a_full_disk_is_not_the_scans_fault(tmp_path: Path) -> None:
    path = saved(tmp_path, "page.png", Image.fromarray(grey_page()))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "1.grey.jpg").symlink_to("/dev/full")
    with pytest.raises(MachineTrouble) as trouble:
        inspect(path, tmp_path / "out")
    assert trouble.value.params == {"what": "ENOSPC"}


@pytest.mark.slow
@pytest.mark.release
def test_the_parent_gets_the_childs_reason_and_its_pictures(tmp_path: Path) -> None:
    liar = tmp_path / "liar.png"
    liar.write_bytes(b"not a picture")
    with pytest.raises(BadFile) as refused:
        inspect(liar, tmp_path / "out")
    assert refused.value.code == "not-an-image"
    (page,) = inspect(saved(tmp_path, "page.png", Image.fromarray(grey_page())), tmp_path / "out")
    assert (page.width, page.height) == (200, 300)
    assert page.identity["code"] is None
    assert page.grey.exists() and page.preview.exists()
