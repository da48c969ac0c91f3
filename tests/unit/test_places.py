"""Places in the noise: found where the pictures of a period lie, kept in checkpoint and export."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from torch import Tensor

from export.painter import painter_onnx
from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec
from mvnet.painter import Painter
from mvnet.painter_checkpoint import load_painter, weights_of
from mvnet.painter_config import PainterShape, PlacesConfig
from mvnet.painter_data import PainterData
from mvnet.periods import PERIODS
from mvnet.places import OWN_SHARE, find_places, log_odds, place, place_width

CONFIG = PlacesConfig(reach=2.0, emphasis=1.5, paintings=40, noises=300)


class MeanColours:
    """Sees the mean colour of each quarter of a picture."""

    name = "mean colours"
    size = 16

    def see(self, images: Tensor) -> tuple[Tensor, list[Tensor]]:
        quarters = torch.nn.functional.adaptive_avg_pool2d(images / 255, 2)
        return quarters.flatten(1), [quarters + 1e-3]


def painter_of_colours() -> Painter:
    """A painter whose first three numbers of noise are red, green and blue of the whole picture, more or less."""
    torch.manual_seed(0)
    return Painter(PainterShape(64, width=4, brush_width=4)).eval()


def data_of_colours(periods: tuple[int, ...] = (0, 1, 2, 3, 4)) -> PainterData:
    """Paintings of a period are darker or brighter than others', and as colourful as noise."""
    rng = np.random.default_rng(0)
    labels = np.repeat(periods, 40)
    base = np.stack([rng.integers(40, 200, 3) for _ in PERIODS])[labels]
    noise = rng.normal(0, 25, (len(labels), 3, 16, 16))
    images = (base[:, :, None, None] + noise).clip(0, 255).astype(np.uint8)
    embeddings = rng.standard_normal((len(labels), 10)).astype(np.float32)
    spread = np.ones(10, np.float32)
    return PainterData(MelSpec(), images, labels, embeddings, labels, spread, embeddings, labels, "synthetic")


def test_a_painter_without_places_paints_as_before() -> None:
    painter = painter_of_colours()
    noise = torch.randn(3, painter.noise_size)
    torch.testing.assert_close(painter.place(noise, torch.randn(3, 10)), noise)


def test_music_at_a_centre_goes_to_its_place_and_between_two_to_the_middle() -> None:
    painter = painter_of_colours()
    centres = torch.zeros(5, 10)
    centres[range(5), range(5)] = 4.0
    painter.period_centres.copy_(centres)
    places = torch.randn(5, painter.noise_size)
    painter.set_places(places, 0.5)
    noise = torch.randn(1, painter.noise_size)
    torch.testing.assert_close(painter.place(noise, centres[2:3]), noise + places[2])
    middle = (centres[1:2] + centres[3:4]) / 2
    torch.testing.assert_close(painter.place(noise, middle), noise + (places[1] + places[3]) / 2)


def test_emphasis_leads_away_from_the_middle_and_not_to_other_places() -> None:
    plain, loud = painter_of_colours(), painter_of_colours()
    for painter in (plain, loud):
        painter.period_centres.copy_(torch.randn(5, 10, generator=torch.Generator().manual_seed(2)))
        painter.set_places(torch.randn(5, painter.noise_size, generator=torch.Generator().manual_seed(3)), 1.0)
    loud.emphasis.fill_(3.0)
    middle = loud.period_centres.mean(0)
    noise, heard = torch.randn(4, plain.noise_size), torch.randn(4, 10)
    torch.testing.assert_close(loud.emphasise(heard), middle + 3 * (heard - middle))
    torch.testing.assert_close(loud.place(noise, heard), plain.place(noise, heard))
    with torch.no_grad():
        assert not torch.allclose(loud(noise, heard), plain(noise, heard))
        there = middle.expand(4, 10)  # of music in the middle nothing is made louder
        torch.testing.assert_close(loud(noise, there), plain(noise, there))


def test_pictures_of_a_place_are_judged_to_be_of_its_period() -> None:
    painter, data, network = painter_of_colours(), data_of_colours(), MeanColours()
    found = find_places(painter, data, CONFIG, network)
    assert np.linalg.norm(found.directions, axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    odds = log_odds(network.see(torch.from_numpy(data.images).float())[0].numpy(), data.periods)
    noise = torch.randn(200, painter.noise_size, generator=torch.Generator().manual_seed(1))
    embedding = torch.zeros(200, 10)

    def judged(moved: Tensor) -> np.ndarray:
        with torch.no_grad():
            pictures = ((painter(moved, embedding) + 1) * 127.5).round()
        return odds(network.see(pictures)[0].numpy())

    plain = judged(noise)
    gains = np.stack([judged(noise + 2 * torch.from_numpy(way)).mean(0) - plain.mean(0) for way in found.directions])
    gains -= gains.mean(1, keepdims=True)
    assert gains.argmax(0).tolist() == [0, 1, 2, 3, 4]  # no other period's way leads nearer to it
    assert (np.diag(gains) > 0).all()


def test_one_period_alone_has_no_place() -> None:
    data = data_of_colours((1,))
    with pytest.raises(MvnetError, match="fewer than two periods"):
        find_places(painter_of_colours(), data, CONFIG, MeanColours())


def test_music_at_a_centre_gets_mostly_its_own_place() -> None:
    centres = np.random.default_rng(3).standard_normal((5, 10))
    width = place_width(centres)
    nearness = np.exp(-((centres[:, None] - centres) ** 2).sum(2) / (2 * width**2))
    assert (np.diag(nearness) / nearness.sum(1)).min() == pytest.approx(OWN_SHARE, abs=1e-3)


def test_the_file_and_the_export_keep_the_places(tmp_path: Path) -> None:
    painter, data = painter_of_colours(), data_of_colours()
    painter.period_centres.copy_(torch.randn(5, 10))
    rest = {
        "format": 1,
        "kind": "painter",
        "shape": {"resolution": 64, "width": 4, "brush_width": 4, "noise_size": 64, "mapping": 128},
        "figures": {"images": 7},
        "config": {"trunk": {}},
        "encoder_digest": "synthetic",
        "spec": MelSpec().as_dict(),
    }
    figures = place(painter, data, CONFIG, tmp_path, rest, MeanColours(), commit="0")
    assert figures["images"] == 7
    assert (tmp_path / "samples.png").stat().st_size > 0
    again, content = load_painter(tmp_path)
    assert content["config"]["places"]["reach"] == 2.0
    assert torch.equal(again.places, painter.places)
    assert float(again.emphasis) == content["figures"]["places_emphasis"] == 1.5
    assert again.places.norm(dim=1) == pytest.approx(torch.full((5,), 2.0), abs=1e-4)
    session = onnxruntime.InferenceSession(painter_onnx(again, MelSpec()).SerializeToString())
    noise, embedding = torch.randn(4, 64), torch.randn(4, 10)
    with torch.no_grad():
        wanted = again(noise, embedding).numpy()
    (image,) = session.run(None, {"noise": noise.numpy(), "embedding": embedding.numpy()})
    np.testing.assert_allclose(image, wanted, atol=1e-3)


def test_a_file_from_before_places_is_read(tmp_path: Path) -> None:
    painter = painter_of_colours()
    late = ("places", "place_width", "emphasis")
    weights = {name: value for name, value in weights_of(painter).items() if name not in late}
    again = painter_of_colours()
    again.load_state_dict(weights)
    assert not again.places.any()
    assert float(again.emphasis) == 1
