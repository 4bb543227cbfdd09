"""Still pictures come out as the luma plane that a full decode gives."""

import io
import math
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageDraw, ImageOps

from tsunagu.domain.media import MediaFacts, MediaKind, MediaType, Refusal
from tsunagu.media.decoding import decode, decode_rgb, warm_up
from tsunagu.media.decoding.pictures import MIN_PLANE_SIDE, choose_reduction, choose_scale
from tsunagu.media.decoding.tags import clean_text
from tsunagu.media.messages import DecodeOptions, Refused
from tsunagu.media.picture import Picture
from tsunagu.media.probe import probe

PLAIN = DecodeOptions()


def scene(width=640, height=480):
    """A picture with smooth parts, edges and colour."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.ellipse((width // 8, height // 6, width // 2, height // 2), fill=(200, 40, 30))
    draw.rectangle((width // 2, height // 2, width - width // 10, height - height // 9), fill=(20, 90, 220))
    draw.line((0, height, width, 0), fill=(250, 250, 90), width=max(1, width // 60))
    return image


def saved(image, name, **options):
    item = io.BytesIO()
    image.save(item, name, **options)
    return item.getvalue()


def plane_of(content, media_type, options=PLAIN):
    facts, picture = decode(io.BytesIO(content), media_type, options)
    assert isinstance(facts, MediaFacts)
    assert isinstance(picture, Picture)
    assert (facts.width, facts.height) == (picture.width, picture.height)
    assert picture.luma.dtype == np.uint8
    assert picture.luma.flags.c_contiguous
    assert picture.luma.shape == (math.ceil(picture.height / picture.scale), math.ceil(picture.width / picture.scale))
    return picture


def block_means(image, scale):
    """The definition of `Picture.luma`: sums over each block, divided by its pixels."""
    full = np.asarray(image.convert("L"), dtype=np.float64)
    rows, columns = (np.arange(0, length, scale) for length in full.shape)

    def sums(of):
        return np.add.reduceat(np.add.reduceat(of, rows, axis=0), columns, axis=1)

    return sums(full) / sums(np.ones_like(full))


FORMATS = [
    (MediaType.JPEG, "JPEG", {"quality": 92}),
    (MediaType.PNG, "PNG", {}),
    (MediaType.GIF, "GIF", {}),
    (MediaType.WEBP, "WEBP", {"quality": 90}),
    (MediaType.WEBP, "WEBP", {"lossless": True}),
    (MediaType.TIFF, "TIFF", {}),
    (MediaType.TIFF, "TIFF", {"compression": "tiff_lzw"}),
    (MediaType.TIFF, "TIFF", {"compression": "jpeg"}),
    (MediaType.BMP, "BMP", {}),
    (MediaType.HEIC, "HEIF", {"quality": 90}),
    (MediaType.AVIF, "AVIF", {"quality": 90, "max_threads": 1}),
]


@pytest.mark.parametrize(("media_type", "name", "extra"), FORMATS)
@pytest.mark.parametrize("size", [(641, 479), (1, 1), (7, 3), (733, 1013)])
def test_the_plane_is_the_block_means_of_a_full_decode(media_type, name, extra, size):
    content = saved(scene(*size), name, **extra)
    picture = plane_of(content, media_type)
    oracle = Image.open(io.BytesIO(content)).convert("RGB")
    assert (picture.width, picture.height, picture.orientation) == (*size, 1)
    difference = np.abs(picture.luma - block_means(oracle, picture.scale))
    # The Y that JPEG stores differs from the luma of its RGB where RGB is clipped, at edges of strong colours.
    is_jpeg = media_type is MediaType.JPEG
    assert difference.mean() < (0.9 if is_jpeg else 0.51)
    assert difference.max() <= (26 if is_jpeg else 1.01)


@pytest.mark.parametrize("scale", [2, 4, 8])
def test_jpeg_is_scaled_while_decoded_and_stays_close_to_the_block_means(scale):
    side = scale * MIN_PLANE_SIDE
    image = scene(side + 3, side + 5)
    content = saved(image, "JPEG", quality=95)
    picture = plane_of(content, MediaType.JPEG)
    assert picture.scale == scale
    means = block_means(Image.open(io.BytesIO(content)), scale)
    assert np.abs(picture.luma - means).mean() < 0.7


@given(st.integers(1, 70_000), st.integers(1, 70_000))
def test_the_scale_leaves_enough_samples_and_no_more_than_needed(width, height):
    scale, reduction = choose_scale(width, height), choose_reduction(width, height)
    assert scale in {1, 2, 4, 8}
    assert scale <= reduction
    for chosen in (scale, reduction):
        assert chosen == 1 or min(width, height) // chosen >= MIN_PLANE_SIDE
    assert scale == 8 or min(width, height) < 2 * scale * MIN_PLANE_SIDE
    assert min(width, height) < (reduction + 1) * MIN_PLANE_SIDE


@pytest.mark.parametrize(("media_type", "name", "mode"), [
    (MediaType.PNG, "PNG", "1"), (MediaType.PNG, "PNG", "L"), (MediaType.PNG, "PNG", "LA"), (MediaType.PNG, "PNG", "P"),
    (MediaType.PNG, "PNG", "RGBA"), (MediaType.TIFF, "TIFF", "CMYK"), (MediaType.TIFF, "TIFF", "YCbCr"),
    (MediaType.TIFF, "TIFF", "LAB"), (MediaType.JPEG, "JPEG", "L"), (MediaType.JPEG, "JPEG", "CMYK"),
    (MediaType.WEBP, "WEBP", "RGBA"), (MediaType.HEIC, "HEIF", "RGBA"), (MediaType.HEIC, "HEIF", "L"),
    (MediaType.AVIF, "AVIF", "RGBA"), (MediaType.BMP, "BMP", "1"), (MediaType.BMP, "BMP", "P"),
    (MediaType.GIF, "GIF", "L"), (MediaType.TIFF, "TIFF", "1"),
])  # fmt: skip
def test_every_mode_looks_as_its_rgb_does(media_type, name, mode):
    image = scene(300, 200)
    drawn = Image.merge("LAB", (image.convert("L"),) * 3) if mode == "LAB" else image.convert(mode)
    extra = {"lossless": True} if name == "WEBP" else {"max_threads": 1} if name == "AVIF" else {}
    content = saved(drawn, name, **extra)
    oracle = Image.open(io.BytesIO(content))
    oracle = oracle.getchannel(0) if mode == "LAB" else oracle.convert("RGB").convert("L")
    picture = plane_of(content, media_type)
    assert np.abs(picture.luma.astype(int) - np.asarray(oracle)).max() <= 1


def test_alpha_is_dropped_and_not_blended():
    image = scene(64, 48)
    clear = image.convert("RGBA")
    clear.putalpha(Image.new("L", image.size, 0))
    assert np.array_equal(plane_of(saved(clear, "PNG"), MediaType.PNG).luma, np.asarray(image.convert("L")))


def test_a_palette_with_transparency_keeps_its_colours():
    image = scene(64, 48).convert("P", palette=Image.Palette.ADAPTIVE)
    expected = np.asarray(image.convert("RGB").convert("L"))
    for transparency in (3, bytes(range(256))):
        content = saved(image, "PNG", transparency=transparency)
        assert np.array_equal(plane_of(content, MediaType.PNG).luma, expected)


def test_sixteen_bits_are_scaled_and_not_clipped():
    wide = np.linspace(0, 65_535, 64 * 48).reshape(48, 64).astype(np.uint16)
    for media_type, name in ((MediaType.PNG, "PNG"), (MediaType.TIFF, "TIFF")):
        content = saved(Image.fromarray(wide), name)
        assert np.array_equal(plane_of(content, media_type).luma, (wide >> 8).astype(np.uint8))


@pytest.mark.parametrize("mode", ["I", "F"])
def test_samples_wider_than_sixteen_bits_fill_the_range(mode):
    wide = np.linspace(-3, 70_000, 64 * 48).reshape(48, 64)
    image = Image.fromarray(wide.astype(np.int32 if mode == "I" else np.float32))
    assert image.mode == mode
    luma = plane_of(saved(image, "TIFF"), MediaType.TIFF).luma
    assert (luma.min(), luma.max()) == (0, 255)
    assert (np.diff(luma.reshape(-1).astype(int)) >= 0).all()


def exif_with(orientation):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    return exif.tobytes()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
def test_plane_and_orientation_together_give_the_upright_picture(name, orientation):
    media_type = {"HEIF": MediaType.HEIC}.get(name) or MediaType[name]
    image = scene(96, 64)
    extra = {"lossless": True} if name == "WEBP" else {"max_threads": 1} if name == "AVIF" else {}
    content = saved(image, name, exif=exif_with(orientation), **extra)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("L")
    picture = plane_of(content, media_type)
    stored = Image.fromarray(picture.luma)
    turned = stored.copy()
    turned.getexif()[ExifTags.Base.Orientation] = picture.orientation
    turned = ImageOps.exif_transpose(turned)
    assert turned.size == upright.size
    difference = np.abs(np.asarray(turned, int) - np.asarray(upright, int))
    assert difference.mean() < 1
    assert difference.max() <= (26 if name == "JPEG" else 1)
    shown = decode_rgb(io.BytesIO(content), media_type, PLAIN, max_side=1000).pixels
    assert shown.shape == (*upright.size[::-1], 3)
    seen = np.asarray(Image.fromarray(shown).convert("L"), int)
    assert np.abs(seen - np.asarray(upright, int)).max() <= 2


def test_an_impossible_orientation_is_none():
    assert plane_of(saved(scene(9, 9), "JPEG", exif=exif_with(77)), MediaType.JPEG).orientation == 1


@pytest.mark.parametrize(("name", "media_type"), [
    ("GIF", MediaType.GIF), ("PNG", MediaType.PNG), ("WEBP", MediaType.WEBP), ("TIFF", MediaType.TIFF),
])  # fmt: skip
def test_of_several_frames_the_first_counts(name, media_type):
    first, second = Image.new("L", (40, 30), 200), Image.new("L", (40, 30), 20)
    content = saved(first, name, save_all=True, append_images=[second])
    assert np.abs(plane_of(content, media_type).luma.astype(int) - 200).max() <= 1


def test_of_a_multi_picture_jpeg_the_first_is_scaled_as_any_jpeg():
    content = saved(scene(1600, 1500), "MPO", save_all=True, append_images=[scene(60, 60)])
    assert probe(content) is MediaType.JPEG
    assert plane_of(content, MediaType.JPEG).scale == 4


def test_rgb_is_shrunk_to_the_longest_side_asked_for():
    content = saved(scene(900, 300), "JPEG")
    shown = decode_rgb(io.BytesIO(content), MediaType.JPEG, PLAIN, max_side=90).pixels
    assert shown.shape == (30, 90, 3)
    assert shown.dtype == np.uint8
    expected = np.asarray(scene(900, 300).resize((90, 30), Image.Resampling.LANCZOS), int)
    assert np.abs(shown - expected).mean() < 4


def test_rgb_of_what_is_no_picture_is_refused():
    with pytest.raises(Refused) as refused:
        decode_rgb(io.BytesIO(b"RIFF"), MediaType.WAV, PLAIN, max_side=9)
    assert refused.value.refusal is Refusal.UNKNOWN_TYPE


def png_header(width, height):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b"")


def refusal_of(content, media_type, options=PLAIN):
    with pytest.raises(Refused) as refused:
        list(decode(io.BytesIO(content), media_type, options))
    assert refused.value.__cause__ is None
    return refused.value.refusal


def test_a_header_of_too_many_pixels_is_refused_before_decoding():
    assert refusal_of(png_header(100_000, 100_000), MediaType.PNG) is Refusal.TOO_MANY_PIXELS
    small = DecodeOptions(max_pixels=640 * 480 - 1)
    for media_type, name, extra in FORMATS:
        content = saved(scene(), name, **extra)
        assert refusal_of(content, media_type, small) is Refusal.TOO_MANY_PIXELS, name
        assert plane_of(content, media_type, DecodeOptions(max_pixels=640 * 480)).width == 640
        with pytest.raises(Refused):
            decode_rgb(io.BytesIO(content), media_type, small, max_side=10)


@pytest.mark.parametrize("size", [(70_001, 1), (1, 70_001)])
def test_a_picture_with_too_long_a_side_is_refused_though_its_area_is_small(size):
    content = saved(Image.new("L", size), "PNG")
    bounds = DecodeOptions(max_side=70_000)
    with pytest.raises(Refused) as caught:
        plane_of(content, MediaType.PNG, bounds)
    assert caught.value.refusal is Refusal.TOO_MANY_PIXELS
    assert plane_of(content, MediaType.PNG, DecodeOptions(max_side=70_001)).luma.size == 70_001


def test_a_picture_of_another_type_than_it_is_tried_as_is_damaged():
    assert refusal_of(saved(scene(), "PNG"), MediaType.JPEG) is Refusal.DAMAGED
    assert refusal_of(saved(scene(), "JPEG"), MediaType.WEBP) is Refusal.DAMAGED


@pytest.mark.parametrize(("media_type", "name", "extra"), FORMATS)
def test_a_cut_file_is_damaged(media_type, name, extra):
    content = saved(scene(200, 150), name, **extra)
    for part in (0.2, 0.5, 0.9):
        assert refusal_of(content[: int(len(content) * part)], media_type) is Refusal.DAMAGED


def test_tags_are_a_bounded_choice_without_control_characters():
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Cam\x07era\n" + "x" * 5000
    exif[ExifTags.Base.Model] = "\0\0"
    exif[ExifTags.Base.ImageDescription] = "not asked for"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2020:02:03 04:05:06"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef] = (35.0, 39.0, 30.0), "S"
    gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef] = (139.0, 44.0, 24.0), "E"
    facts, _ = decode(io.BytesIO(saved(scene(), "JPEG", exif=exif.tobytes())), MediaType.JPEG, PLAIN)
    assert facts.tags["camera_make"] == "Camera" + "x" * 194
    assert facts.tags["position"] == "-35.658333, 139.740000"
    assert facts.tags["taken_at"] == "2020:02:03 04:05:06"
    assert set(facts.tags) == {"camera_make", "position", "taken_at"}


@given(st.one_of(st.text(), st.binary(), st.integers()))
def test_clean_text_is_one_short_line(value):
    text = clean_text(value)
    assert len(text) <= 200
    assert text.isprintable() or any(char.isspace() for char in text)
    assert not any(ord(char) < 32 or 0xD800 <= ord(char) < 0xE000 for char in text)


@given(data=st.data())
@settings(deadline=None, max_examples=60)
def test_broken_exif_does_not_make_the_pixels_unreadable(data):
    exif = bytearray(exif_with(6) + bytes(20))
    for at in data.draw(st.lists(st.integers(6, len(exif) - 1), max_size=6)):
        exif[at] = data.draw(st.integers(0, 255))
    picture = plane_of(saved(scene(16, 16), "JPEG", exif=bytes(exif)), MediaType.JPEG)
    assert 1 <= picture.orientation <= 8


def test_warming_up_leaves_no_thread_and_can_be_done_twice():
    before = set(os.listdir("/proc/self/task"))  # noqa: PTH208 - names, not paths
    warm_up()
    warm_up()
    assert set(os.listdir("/proc/self/task")) <= before  # noqa: PTH208 - likewise; those of other tests may end
    assert pillow_heif.options.DECODE_THREADS == 0


@pytest.mark.skipif("TSUNAGU_TEST_MEDIA" not in os.environ, reason="needs real media")
def test_real_pictures_all_decode():
    count = 0
    for path in sorted(Path(os.environ["TSUNAGU_TEST_MEDIA"]).rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        media_type = probe(content[:4096])
        if media_type is None or media_type.kind is not MediaKind.PICTURE:
            continue
        count += 1
        picture = plane_of(content, media_type)
        oracle = ImageOps.exif_transpose(Image.open(path)).convert("L")
        if picture.orientation == 1 and oracle.size == (picture.width, picture.height):
            expected = np.asarray(oracle.reduce(picture.scale), int)
            assert np.abs(picture.luma - expected).mean() < 1.0, path.name
    assert count > 100
