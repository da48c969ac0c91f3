"""Painting files to square images."""

import numpy as np
import pytest
from PIL import Image

from mvnet.datasets import Painting, load_paintings
from mvnet.errors import MvnetError
from mvnet.pictures import square_image


def save(path, width, height, **options):
    """Left third red, middle third green, right third blue (or top to bottom, when it stands upright)."""
    long = max(width, height)
    line = np.zeros((long, 3), np.uint8)
    for colour in range(3):
        line[colour * long // 3 : (colour + 1) * long // 3, colour] = 255
    pixels = line[None].repeat(height, 0) if width >= height else line[:, None].repeat(width, 1)
    Image.fromarray(pixels).save(path, **options)
    return path


@pytest.mark.parametrize(("width", "height"), [(240, 80), (80, 240)])
def test_the_middle_square_is_kept(tmp_path, width, height):
    image = square_image(save(tmp_path / "a.png", width, height), 16)
    assert image.shape == (3, 16, 16)
    assert image.dtype == np.uint8
    assert image.reshape(3, -1).mean(axis=1) == pytest.approx(
        [0, 255, 0], abs=4
    )  # the resize looks a little beyond its box


def test_a_photograph_is_turned_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # taken with the camera on its side
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[:, :32] = 255  # the stored left half is the top of the picture
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=exif)
    image = square_image(tmp_path / "a.png", 64)
    assert image[:, :30].min() == 255
    assert image[:, 34:].max() == 0


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "RGBA", "I;16"])
def test_every_mode_becomes_red_green_blue(tmp_path, mode):
    source = Image.new("I;16", (64, 64), 30_000) if mode == "I;16" else Image.new("RGB", (64, 64), "gray").convert(mode)
    path = tmp_path / ("a.jpg" if mode == "CMYK" else "a.png")
    source.save(path)
    assert square_image(path, 32).shape == (3, 32, 32)


def test_broken_pictures_are_skipped_with_their_reason(tmp_path, capsys):
    good = save(tmp_path / "good.webp", 90, 70)
    cut = save(tmp_path / "cut.jpg", 600, 400)
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    text = tmp_path / "text.jpg"
    text.write_text("not a picture")
    tiny = save(tmp_path / "tiny.png", 20, 20)
    paths = [cut, good, text, tiny, tmp_path / "gone.png"]
    paintings = [Painting(path, index % 5, "someone", "val") for index, path in enumerate(paths)]
    loaded = load_paintings(paintings, 64, tmp_path / "cache")
    assert loaded.paintings == [paintings[1]]
    assert loaded.images.shape == (1, 3, 64, 64)
    assert loaded.periods.tolist() == [1]
    assert loaded.indices("val").tolist() == [0]
    reasons = {item.path.name: item.reason for item in loaded.skipped}
    assert reasons.pop("cut.jpg").startswith("is a broken picture (")
    assert reasons == {
        "text.jpg": "is not a picture that Pillow reads",
        "tiny.png": "is 20 pixels on its short side: at least 32 are needed",
        "gone.png": "is missing",
    }
    assert capsys.readouterr().err.splitlines()[-1] == "4 of 5 paintings skipped"


def test_sizes_are_cached_apart(tmp_path):
    paintings = [Painting(save(tmp_path / "a.png", 90, 70), 0, "", "train")]
    small, large = (load_paintings(paintings, size, tmp_path / "cache", progress=False) for size in (32, 64))
    assert (small.images.shape, large.images.shape) == ((1, 3, 32, 32), (1, 3, 64, 64))
    with pytest.raises(MvnetError, match="image size is 0"):
        load_paintings(paintings, 0, tmp_path / "cache")
    with pytest.raises(MvnetError, match="none of 1 paintings can be used"):
        load_paintings([Painting(tmp_path / "gone.png", 0, "", "train")], 32, tmp_path / "cache", progress=False)
