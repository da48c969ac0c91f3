"""Running models: what encode and paint give, and which networks are refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from mvnet.frontend import MelSpec, encoder_input
from mvnet.periods import PERIODS
from tests.fakes import other_spec, reseal, tiny_encoder, tiny_generator, tiny_model_folder
from visualizer.errors import VisualizerError
from visualizer.painting import models, networks
from visualizer.painting.models import KEPT, ModelShelf, PaintingModel, load_model, pixels


@pytest.fixture
def model(tmp_path: Path) -> PaintingModel:
    return load_model(tiny_model_folder(tmp_path))


def band_window(period: int, spec: MelSpec) -> np.ndarray:
    """Encoder input [1, 3, 128, 256] with sound in one fifth of the bands only."""
    columns = np.full((spec.n_frames, spec.n_mels), spec.floor_db, np.float32)
    width = spec.n_mels // len(PERIODS)
    columns[:, period * width + 1 : (period + 1) * width] = -10.0
    return encoder_input(columns, spec)[None]


@pytest.mark.parametrize("index", range(len(PERIODS)))
def test_encode_hears_each_period(model: PaintingModel, index: int) -> None:
    embedding, period = model.encode(band_window(index, model.spec))
    assert embedding.shape == (1, 10)
    assert embedding.dtype == period.dtype == np.float32
    assert period.argmax() == index
    assert period.sum() == pytest.approx(1, abs=1e-6)


def test_batch_equals_singles(model: PaintingModel) -> None:
    windows = np.concatenate([band_window(index, model.spec) for index in range(3)])
    noise = np.random.default_rng(1).standard_normal((3, 100))
    embedding, period = model.encode(windows)
    images = model.paint(noise, embedding)
    for index in range(3):
        one, chances = model.encode(windows[index : index + 1])
        np.testing.assert_allclose(one[0], embedding[index], atol=1e-6)
        np.testing.assert_allclose(chances[0], period[index], atol=1e-6)
        alone = model.paint(noise[index : index + 1], one)[0].astype(int)
        assert np.abs(alone - images[index]).max() <= 1  # one rounding step


def test_paint_gives_pixels_that_depend_on_noise_and_embedding(model: PaintingModel) -> None:
    random = np.random.default_rng(0)
    noise, embedding = random.standard_normal((2, 100)), random.standard_normal((2, 10))
    first = model.paint(noise, embedding)
    assert first.shape == (2, 16, 16, 3)
    assert first.dtype == np.uint8
    assert first.flags.c_contiguous
    np.testing.assert_array_equal(first, model.paint(noise, embedding))
    assert (first != model.paint(noise[::-1], embedding)).any()
    assert (first != model.paint(noise, embedding[::-1])).any()


def test_pixels_span_the_whole_range_and_clip() -> None:
    image = np.array([-1.5, -1.0, 0.0, 1.0, 7.0], np.float32)[None, None, None, :].repeat(3, axis=1)  # [1, 3, 1, 5]
    image[0, 2] = -image[0, 2]
    levels = pixels(image)
    assert levels.shape == (1, 1, 5, 3)
    assert levels[0, 0, :, 0].tolist() == [0, 0, 128, 255, 255]
    assert levels[0, 0, :, 2].tolist() == [255, 255, 128, 0, 0]


def test_cpu_is_reported(tmp_path: Path) -> None:
    model = load_model(tiny_model_folder(tmp_path), provider="cpu", threads=1)
    assert (model.provider, model.provider_reason) == ("CPU", "the processor was asked for")


@pytest.mark.parametrize("provider", ["auto", "cuda"])
def test_provider_is_the_one_that_runs(tmp_path: Path, provider: Any) -> None:
    model = load_model(tiny_model_folder(tmp_path), provider=provider)
    assert (model.provider == "CUDA") == (model.provider_reason == "CUDA works")


def test_loading_is_silent_and_needs_no_onnx(tmp_path: Path) -> None:
    tiny_model_folder(tmp_path)
    code = (
        "import sys, pathlib, visualizer.painting.models as m\n"
        "assert 'onnxruntime' not in sys.modules\n"
        "m.load_model(pathlib.Path(sys.argv[1]), provider='cuda')\n"
        "assert not {'onnx', 'torch', 'PyQt6'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_shared_encoder(tmp_path: Path) -> None:
    tiny_model_folder(tmp_path / "one")
    model = load_model(tiny_model_folder(tmp_path / "two", encoder="../one/encoder.onnx", image_size=8))
    assert model.paint(np.zeros((1, 100)), np.zeros((1, 10))).shape == (1, 8, 8, 3)


def test_other_spec_is_honoured(tmp_path: Path) -> None:
    model = load_model(tiny_model_folder(tmp_path, spec=other_spec(n_mels=64, n_frames=384, scale="power")))
    assert model.encode(np.zeros((1, 3, 64, 128), np.float32))[1].shape == (1, 5)


def replaced(folder: Path, file: str, network: onnx.ModelProto | bytes) -> Path:
    """The folder with another network in it, checksums brought up to date."""
    (folder / file).write_bytes(network if isinstance(network, bytes) else network.SerializeToString())
    reseal(folder)
    return folder


def test_damaged_network_with_right_checksum(tmp_path: Path) -> None:
    with pytest.raises(VisualizerError, match=r"encoder\.onnx is no usable network"):
        load_model(replaced(tiny_model_folder(tmp_path), "encoder.onnx", b"not a network"))


def test_truncated_network_is_found_without_checksums(tmp_path: Path) -> None:
    folder = tiny_model_folder(tmp_path)
    path = folder / "generator.onnx"
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(VisualizerError, match=r"generator\.onnx is no usable network"):
        load_model(folder, verify=False)


@pytest.mark.parametrize(
    ("file", "network", "cause"),
    [
        (
            "encoder.onnx",
            tiny_generator(16, 100),
            r"has the inputs noise \[N, 100\].*its card needs mel \[N, 3, 128, 256\]",
        ),
        ("encoder.onnx", tiny_encoder(other_spec(n_mels=96)), r"mel \[N, 3, 96, 256\].*needs mel \[N, 3, 128, 256\]"),
        ("generator.onnx", tiny_generator(32, 100), r"outputs image \[N, 3, 32, 32\].*needs image \[N, 3, 16, 16\]"),
        ("generator.onnx", tiny_generator(16, 99), r"noise \[N, 99\].*needs noise \[N, 100\]"),
        ("encoder.onnx", tiny_encoder(other_spec(hop=200)), "says hop 256 instead of 200"),
        ("generator.onnx", tiny_generator(16, 100, other_spec(floor_db=-90.0)), "says floor_db -80.0 instead of -90.0"),
    ],
)
def test_networks_that_do_not_fit_are_refused(tmp_path: Path, file: str, network: onnx.ModelProto, cause: str) -> None:
    with pytest.raises(VisualizerError, match=cause):
        load_model(replaced(tiny_model_folder(tmp_path), file, network))


@pytest.mark.parametrize("text", [None, "{", '{"hop": -1}', "[]", "null"])
def test_network_without_spec_is_refused(tmp_path: Path, text: str | None) -> None:
    network = tiny_encoder(MelSpec())
    del network.metadata_props[:]
    helper.set_model_props(network, {} if text is None else {"mvnet.spec": text})
    with pytest.raises(VisualizerError, match=r"does not say how its sound was prepared"):
        load_model(replaced(tiny_model_folder(tmp_path), "encoder.onnx", network))


def test_nan_is_refused_when_verifying(tmp_path: Path) -> None:
    network = tiny_generator(16, 100)
    weights = next(item for item in network.graph.initializer if item.name == "weights")
    weights.CopyFrom(numpy_helper.from_array(np.full(tuple(weights.dims), np.nan, np.float32), "weights"))
    folder = replaced(tiny_model_folder(tmp_path), "generator.onnx", network)
    with pytest.raises(VisualizerError, match="gives values of image that are no numbers"):
        load_model(folder)


def test_periods_that_are_no_probabilities_are_refused(tmp_path: Path) -> None:
    network = tiny_encoder(MelSpec())
    softmax = next(node for node in network.graph.node if node.op_type == "Softmax")
    softmax.op_type = "Relu"
    del softmax.attribute[:]
    with pytest.raises(VisualizerError, match="gives periods that are no probabilities"):
        load_model(replaced(tiny_model_folder(tmp_path), "encoder.onnx", network))


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files whose networks are made, in order, and those whose models are run once to be warm."""
    files: list[Path] = []
    session, warm_up = networks._session, PaintingModel.warm_up

    def recorded(runtime: Any, card: Any, threads: int, providers: list[str], path: Path) -> Any:
        files.append(path.resolve())
        return session(runtime, card, threads, providers, path)

    def warmed(model: PaintingModel) -> None:
        files.append(model.card.folder)
        warm_up(model)

    monkeypatch.setattr(networks, "_session", recorded)
    monkeypatch.setattr(models.PaintingModel, "warm_up", warmed)
    return files


def test_a_model_of_the_shelf_is_not_made_again_and_shares_its_encoder(tmp_path: Path, made: list[Path]) -> None:
    one = tiny_model_folder(tmp_path / "one")
    two = tiny_model_folder(tmp_path / "two", encoder="../one/encoder.onnx", image_size=8)
    shelf = ModelShelf()
    assert shelf.model(one).card.folder == one
    assert sorted(made[:2]) == [one / "encoder.onnx", one / "generator.onnx"]
    assert shelf.model(two).paint(np.zeros((1, 100)), np.zeros((1, 10))).shape == (1, 8, 8, 3)
    assert made[2:] == [one, two / "generator.onnx", two]
    del made[:]
    assert [shelf.model(folder).card.folder for folder in (one, two, two, one)] == [one, two, two, one]
    again = shelf.model(one)
    assert again.generator is shelf.model(one).generator
    assert again.paint_s is not None  # as it was when it was made warm
    assert again.paint_s > 0
    assert made == []


def test_a_model_that_was_exported_anew_is_loaded_anew(tmp_path: Path, made: list[Path]) -> None:
    folder, shelf = tiny_model_folder(tmp_path), ModelShelf()
    shelf.model(folder)
    del made[:]
    tiny_model_folder(tmp_path, image_size=8)
    model = shelf.model(folder)
    assert model.card.image_size == (8, 8)
    assert model.paint(np.zeros((1, 100)), np.zeros((1, 10))).shape == (1, 8, 8, 3)
    assert folder / "generator.onnx" in made
    assert made[-1] == folder


def test_damage_on_disk_is_noticed_though_the_model_is_on_the_shelf(tmp_path: Path) -> None:
    folder, shelf = tiny_model_folder(tmp_path), ModelShelf()
    kept = shelf.model(folder)
    (folder / "generator.onnx").write_bytes(b"damaged")
    with pytest.raises(VisualizerError, match=r"generator\.onnx .*is damaged"):
        shelf.model(folder)
    assert kept.paint(np.zeros((1, 100)), np.zeros((1, 10))).shape == (1, 16, 16, 3)


def test_the_shelf_lets_go_of_the_model_that_was_not_used_longest(tmp_path: Path, made: list[Path]) -> None:
    folders = [tiny_model_folder(tmp_path / str(number)) for number in range(KEPT + 1)]
    shelf = ModelShelf()
    for folder in folders[:KEPT]:
        shelf.model(folder)
    shelf.model(folders[0])
    shelf.model(folders[KEPT])  # takes the place of folders[1]
    del made[:]
    shelf.model(folders[0])
    assert made == []
    shelf.model(folders[1])
    assert made == [folders[1] / "encoder.onnx", folders[1] / "generator.onnx", folders[1]]


def test_a_model_that_does_not_run_is_not_kept(tmp_path: Path) -> None:
    network = tiny_generator(16, 100)
    weights = next(item for item in network.graph.initializer if item.name == "weights")
    weights.CopyFrom(numpy_helper.from_array(np.full(tuple(weights.dims), np.nan, np.float32), "weights"))
    folder, shelf = replaced(tiny_model_folder(tmp_path), "generator.onnx", network), ModelShelf()
    for _ in range(2):
        with pytest.raises(VisualizerError, match="are no numbers"):
            shelf.model(folder)
