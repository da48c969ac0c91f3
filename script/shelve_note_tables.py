"""Cuts the joined note table of the DCML corpora into one table a movement, on a shelf for `mvnet render --scores`.

The PyPI sdist of dimcat 3.4.1 brings the table along (docs/manual/dcml_corpora.zip; CC BY-NC-SA 4.0):

    python script/shelve_note_tables.py dcml_corpora.notes.tsv SHELF
    mvnet render --output PLAYED --scores SHELF --apart-from DATA/music/music.csv --clips 240 --works 80 --seed 5
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from itertools import groupby
from pathlib import Path

# Period, composer, and what of a piece's name is the work. Left out: Medtner, who stands between two periods.
CORPORA = {
    "ABC": ("classical", "Beethoven", r"(op\d+(?:-\d)?)"),
    "beethoven_piano_sonatas": ("classical", "Beethoven", r"(\d+)-"),
    "mozart_piano_sonatas": ("classical", "Mozart", r"(K\d+)"),
    "corelli": ("baroque", "Corelli", r"(op\d+n\d+)"),
    "chopin_mazurkas": ("romantic", "Chopin", r"(.+)"),
    "grieg_lyric_pieces": ("romantic", "Grieg", r"(.+)"),
    "dvorak_silhouettes": ("romantic", "Dvorak", r"(.+)"),
    "liszt_pelerinage": ("romantic", "Liszt", r"(.+)"),
    "schumann_kinderszenen": ("romantic", "Schumann", r"(.+)"),
    "tchaikovsky_seasons": ("romantic", "Tchaikovsky", r"(.+)"),
    "debussy_suite_bergamasque": ("modern", "Debussy", r"(.+)_"),
}
KEPT = ("quarterbeats", "duration_qb", "midi", "staff", "tied", "gracenote")


def main() -> int:
    """Cut the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("table", type=Path, help="joined notes, with the columns corpus and piece")
    parser.add_argument("shelf", type=Path, help="folder to write")
    args = parser.parse_args()
    csv.field_size_limit(1 << 24)
    count = 0
    with args.table.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        for (corpus, piece), notes in groupby(rows, key=lambda row: (row["corpus"], row["piece"])):
            if corpus not in CORPORA:
                continue
            period, composer, pattern = CORPORA[corpus]
            found = re.search(pattern, piece)
            work = f"{corpus.replace('_', ' ')} {found[1] if found else piece}"
            place = args.shelf / period / composer / work / f"{piece}.tsv"
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("w", encoding="utf-8", newline="") as out:
                writer = csv.DictWriter(out, KEPT, delimiter="\t", extrasaction="ignore")
                writer.writeheader()
                writer.writerows(notes)
            count += 1
    print(f"{count} tables are in {args.shelf}.")
    return 0 if count else 1


if __name__ == "__main__":
    sys.exit(main())
