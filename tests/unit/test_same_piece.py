"""Whether two names mean one piece: held-out music must not come back under another collection's name."""

from __future__ import annotations

import pytest

from mvnet.same_piece import PieceName, any_same, may_be_same

BEETHOVEN = "Ludwig van Beethoven"


def name(composer: str, *names: str) -> PieceName:
    return PieceName(composer, names)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (name("Johann Sebastian Bach", "Chorale BWV102.7"), name("Bach", "bach bwv102.7")),
        (name("Mozart", "String Quartet No.18 in A major, K.464"), name("Mozart, Wolfgang Amadeus", "k464 movement1")),
        (name(BEETHOVEN, "String Quartet No.3, Op.18 No.3"), name(BEETHOVEN, "opus18no3")),
        (name(BEETHOVEN, "Sonata op. 27"), name(BEETHOVEN, "Piano Sonata No. 14 Op. 27 No. 2")),
        (name("Palestrina", "Missa Inviolata", "Gloria_77_a"), name("Giovanni Pierluigi da Palestrina", "Credo_77")),
        (name("Claudio Monteverdi", "Madrigal", "5-04e"), name("Monteverdi", "madrigal.5.4")),
        (name("Frédéric Chopin", "Träumerei"), name("Chopin", "traumerei")),
        (name("", "Der Lindenbaum"), name("Franz Schubert", "Lindenbaum")),
    ],
)
def test_one_piece_under_two_names(one: PieceName, other: PieceName) -> None:
    assert may_be_same(one, other)
    assert may_be_same(other, one)
    assert any_same(one, [name("Verdi", "La donna e mobile"), other])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (name(BEETHOVEN, "String Quartet No.3, Op.18 No.3"), name(BEETHOVEN, "opus18no4")),
        (name("Joseph Haydn", "String Quartet Op.1 No.5"), name("Mozart", "String Quartet Op.1 No.5")),
        (name("Johann Sebastian Bach", "Fugue bwv 856"), name("Johann Sebastian Bach", "bwv102.7")),
        (name("Claudio Monteverdi", "Madrigal", "5-04e"), name("Monteverdi", "madrigal.4.5")),
        (name("Mozart", "Piano Sonata in A minor"), name("Mozart", "Piano Sonata in C major, second movement")),
    ],
)
def test_two_pieces(one: PieceName, other: PieceName) -> None:
    assert not may_be_same(one, other)
    assert not any_same(one, [other])
