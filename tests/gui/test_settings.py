"""Settings: what is saved comes back, whatever it is; what is damaged is set aside."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from visualizer.errors import VisualizerError
from visualizer.gui.settings import APPEARANCES, MOTIONS, RECENT_KEPT, Settings, SettingsFile
from visualizer.picture.hanging import FITS

text = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=30)
anything = st.builds(
    Settings,
    volume=st.floats(0, 1),
    muted=st.booleans(),
    input_name=text,
    model=text,
    plot=st.booleans(),
    desk=st.booleans(),
    fit=st.sampled_from(FITS),
    limited=st.booleans(),
    motion=st.sampled_from(MOTIONS),
    wildness=st.floats(0, 1),
    sensitivity=st.floats(0, 1),
    period=st.integers(-1, 4),
    transition_s=st.floats(0.2, 30),
    offsets=st.dictionaries(text, st.integers(-500, 500), max_size=4),
    display=text,
    queue=st.lists(text, min_size=2, max_size=5).map(tuple),
    piece=st.integers(0, 1),
    position_s=st.floats(0, 1e5),
    left=st.booleans(),
    keys=st.dictionaries(text, st.lists(text, max_size=3).map(tuple), max_size=4),
    appearance=st.sampled_from(APPEARANCES),
    geometry=st.binary(max_size=60).map(bytes.hex),
    recent=st.lists(text, max_size=RECENT_KEPT).map(tuple),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(saved=anything)
def test_what_is_saved_comes_back(tmp_path: Path, saved: Settings) -> None:
    path = tmp_path / "settings.ini"
    SettingsFile(path).save(saved)
    file = SettingsFile(path)
    assert file.load() == saved
    assert file.warning == ""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(min_size=1, max_size=300))
def test_a_damaged_file_is_set_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.ini"
    path.write_bytes(content)
    file = SettingsFile(path)
    assert file.load() == Settings()
    assert str(path.with_suffix(".damaged.ini")) in file.warning
    assert path.with_suffix(".damaged.ini").read_bytes() == content
    assert not path.exists()


@pytest.mark.parametrize(
    "line",
    [
        "fit=upside",
        "period=9",
        "transition_s=0",
        "offsets=[]",
        'keys={"a": 1}',
        "wildness=nan",
        "volume=loud",
        "volume=7",
        "volume=nan",
        "plot=perhaps",
        "appearance=pink",
        "recent=[1]",
        "geometry=xyz",
    ],
)
def test_a_value_out_of_place_is_damage(tmp_path: Path, line: str) -> None:
    path = tmp_path / "settings.ini"
    path.write_text(f"[General]\nformat=1\n{line}\n")
    file = SettingsFile(path)
    assert file.load() == Settings()
    assert "damaged" in file.warning


def test_no_file_is_no_damage(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "none" / "settings.ini")
    assert file.load() == Settings()
    assert file.warning == ""


def test_a_newer_value_is_ignored_and_a_missing_one_is_the_default(tmp_path: Path) -> None:
    path = tmp_path / "settings.ini"
    path.write_text("[General]\nformat=1\nvolume=0.5\nlater=1\n")
    assert SettingsFile(path).load() == Settings(volume=0.5)


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(VisualizerError, match="settings are not kept"):
        SettingsFile(tmp_path / "file" / "settings.ini").save(Settings())


def test_recent_files_are_newest_first_without_doubles() -> None:
    recent: tuple[str, ...] = ()
    for name in [*map(str, range(20)), "15"]:
        recent = Settings(recent=recent).with_recent(name)
    assert recent[:3] == ("15", "19", "18")
    assert len(recent) == RECENT_KEPT == len(set(recent))
