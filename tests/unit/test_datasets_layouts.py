"""Layouts: which files are found, and what is known of them. Files are empty: nothing is decoded here."""

from collections import Counter

import pytest

from mvnet.datasets import LAYOUTS, NothingFound, read_music, read_paintings
from mvnet.errors import MvnetError
from mvnet.periods import PERIODS


def touch(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_author_layout_keeps_splits_and_numbers_in_order(tmp_path):
    touch(tmp_path, *(f"train/baroque/a{k}.mp3" for k in range(1, 12)), "test/baroque/a1.mp3")
    touch(tmp_path, *(f"train/baroque/i{k}.jpg" for k in range(1, 4)), "test/modern/i1.jpg")
    music = read_music(tmp_path)
    assert [item.path.name for item in music if item.split == "train"] == [f"a{k}.mp3" for k in range(1, 12)]
    assert [item.path.parent.parent.name for item in music if item.split == "val"] == ["test"]
    assert {item.period for item in music} == {PERIODS.index("baroque")}
    assert len({item.piece for item in music}) == 12
    paintings = read_paintings(tmp_path)
    assert [(item.path.name, item.period, item.split) for item in paintings if item.split == "val"] == [
        ("i1.jpg", 4, "val")
    ]
    assert len(paintings) == 4


def test_manifest_in_the_mediums_own_folder(tmp_path):
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "music.csv").write_text(
        "\ufefffile,period,split,composer,piece_id,kind,start_s,source\n"
        "baroque/b.opus,baroque,train,Bach,bwv-1,rendered,12.5,Mutopia\n"
        "modern/s.opus,Modern,test,Satie,gnossienne,recorded,,\n",
        encoding="utf-8",
    )
    (tmp_path / "paintings.csv").write_text("file,period,split,artist\nx.webp,classical,val,Vigée\n", encoding="utf-8")
    first, second = read_music(tmp_path)
    assert first.path == tmp_path / "music" / "baroque" / "b.opus"
    assert (first.period, first.split, first.piece, first.kind) == (1, "train", "bwv-1", "rendered")
    assert (first.start_s, first.composer, first.source) == (12.5, "Bach", "Mutopia")
    assert (second.period, second.split, second.start_s) == (4, "val", 0.0)
    assert read_music(tmp_path / "music") == [first, second]
    (painting,) = read_paintings(tmp_path)
    assert (painting.painter, painting.period, painting.split) == ("Vigée", 2, "val")


def test_manifest_by_year_or_decade(tmp_path, capsys):
    table = tmp_path / "works.csv"
    table.write_text("filename,decade\na.mp3,1750s\nb.jpg,ca. 1749\nc.mp3,1910\nd.mp3,unknown\n")
    assert [item.period for item in read_music(tmp_path)] == [2, 4]
    assert [item.period for item in read_paintings(table)] == [1]
    assert "1 rows without a period or year left out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("header", "row", "message"),
    [
        ("file,period", "a.mp3,rococo", "line 2: 'rococo' is not a period"),
        ("file,period,split", "a.mp3,modern,hold", "split 'hold' is unknown"),
        ("file,period,kind", "a.mp3,modern,live", "kind 'live' is unknown"),
        ("file,period,start_s", "a.mp3,modern,soon", "start_s 'soon' is not a number"),
        ("name,era", "a.mp3,modern", "needs a column file"),
    ],
)
def test_manifest_mistakes_are_named(tmp_path, header, row, message):
    (tmp_path / "music.csv").write_text(f"{header}\n{row}\n")
    with pytest.raises(MvnetError, match=message):
        read_music(tmp_path)


def test_manifest_in_another_encoding(tmp_path):
    (tmp_path / "music.csv").write_bytes("file,period,composer\na.mp3,modern,Dvořák\n".encode("utf-16"))
    with pytest.raises(MvnetError, match=r"music\.csv cannot be read as a CSV table in UTF-8"):
        read_music(tmp_path)


def test_period_folders_know_pieces_and_painters(tmp_path):
    touch(tmp_path, "music/Modern/satie/1.ogg", "music/Modern/satie/2.ogg", "music/Modern/lone.flac")
    touch(tmp_path, "paintings/modern/claude-monet_water-lilies-1906.jpg", "paintings/modern/munch/1.png")
    touch(tmp_path, "paintings/modern/IMG_0001.jpg", "paintings/modern/notes.txt", "music/jazz/x.mp3")
    assert Counter(item.piece for item in read_music(tmp_path)).most_common(1) == [("satie", 2)]
    assert sorted(item.painter for item in read_paintings(tmp_path)) == ["", "claude-monet", "munch"]


def test_decades_at_any_depth(tmp_path):
    touch(tmp_path, "image/1650/a.jpg", "image/1890s/b.jpg", "meta/1650.json")
    name = "1867_String Quartet No.5, Op.138 (Raff, Joachim)_ {}.mp3"
    touch(tmp_path, f"music/1860/{name.format('I. Allegro')}", f"music/1860/{name.format('II. Presto')}")
    assert [PERIODS[item.period] for item in read_paintings(tmp_path)] == ["baroque", "romantic"]
    music = read_music(tmp_path)
    assert {(item.piece, item.composer) for item in music} == {
        ("String Quartet No.5, Op.138 (Raff, Joachim)", "Raff, Joachim")
    }
    touch(tmp_path / "deep", "europe/music/1720s/x.wav")
    assert [PERIODS[item.period] for item in read_music(tmp_path / "deep")] == ["baroque"]


def test_a_forced_layout_looks_nowhere_else(tmp_path):
    touch(tmp_path, "modern/a.mp3")
    assert len(read_music(tmp_path, "periods")) == 1
    for layout in set(LAYOUTS) - {"periods"}:
        with pytest.raises(NothingFound, match=layout):
            read_music(tmp_path, layout)


def test_bad_arguments(tmp_path):
    with pytest.raises(MvnetError, match="does not exist"):
        read_music(tmp_path / "nowhere")
    with pytest.raises(MvnetError, match="layout 'guess' is unknown"):
        read_music(tmp_path, "guess")
    with pytest.raises(MvnetError, match="cannot be split by 'title'"):
        read_paintings(tmp_path, split_by="title")
    with pytest.raises(NothingFound, match="holds no recordings"):
        read_music(tmp_path)
    touch(tmp_path, "modern/a.mp3")
    with pytest.raises(MvnetError, match=r"share of held-out items is 1\.5"):
        read_music(tmp_path, val_share=1.5)


def test_painters_stay_on_one_side_where_asked(tmp_path):
    rows = "".join(f"{k}.jpg,modern,{'val' if k % 4 == 0 else 'train'},painter {k % 6}\n" for k in range(24))
    (tmp_path / "paintings.csv").write_text("file,period,split,artist\n" + rows)
    kept = read_paintings(tmp_path)
    assert Counter(item.split for item in kept) == {"train": 18, "val": 6}
    apart = read_paintings(tmp_path, split_by="painter")
    sides = {(item.painter, item.split) for item in apart}
    assert len(sides) == len({painter for painter, _ in sides})
