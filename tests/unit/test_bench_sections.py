"""The made piece, heard by the real analysis: its one change of section is found, soon and once."""

from pathlib import Path

from bench.sections import RATE, STEPS_PER_S, made_piece, section_times
from tests.fakes import tiny_model_folder
from visualizer.painting.models import load_model


def test_the_section_of_a_made_piece_is_heard(tmp_path: Path) -> None:
    model, piece, step = load_model(tiny_model_folder(tmp_path)), made_piece("AB", 12.0), RATE // STEPS_PER_S
    times = section_times(((piece[at : at + step], RATE) for at in range(0, len(piece), step)), model)
    assert len(times) == 1
    assert 12 < times[0] < 15
