"""The pictures of a run folder, as the paper's figures 4 to 8: curves, embeddings, sheets of paintings.

Drawn with matplotlib's Agg canvas through the object interface, so no window system and no global
state is touched. Runs in the training process, process 0.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from mvnet.periods import PERIODS

if TYPE_CHECKING:
    from mvnet.course import Course

COLOURS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#aa3377")  # Tol's bright scheme: safe for colour blindness
MOST_PANELS = 6


def save_curves(path: Path, records: Sequence[Mapping[str, Any]], names: Mapping[str, str], title: str) -> None:
    """Losses over steps (figures 5 and 6): each line of the log as a point.

    Args:
        records: lines of log.jsonl; those without any of the names are left out.
        names: label of each loss in the picture, by its name in the log.
    """
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    for name, label in names.items():
        points = [(record["step"], record[name]) for record in records if name in record]
        if points:
            steps, values = np.array(points, float).T
            (line,) = axes.plot(steps, values, linewidth=0.6, alpha=0.4)
            axes.plot(steps, _smooth(values), linewidth=1.6, color=line.get_color(), label=label)
    axes.set(title=title, xlabel="step", ylabel="loss")
    axes.grid(alpha=0.3)
    if axes.get_legend_handles_labels()[0]:
        axes.legend()
    _save(figure, path)


def _smooth(values: np.ndarray) -> np.ndarray:
    """Mean over a fiftieth of the curve around each point."""
    width = max(1, len(values) // 50)
    kernel = np.ones(width)
    return np.convolve(values, kernel, "same") / np.convolve(np.ones(len(values)), kernel, "same")


def save_embedding_maps(path: Path, epochs: Sequence[tuple[int, np.ndarray]], periods: np.ndarray) -> None:
    """Embeddings of the same clips after several epochs (figure 4), coloured by period.

    All panels share the two main directions of the last epoch, so movement from panel to panel is real.

    Args:
        epochs: epoch and embeddings float [n, 10]; at most six are drawn, first and last among them.
        periods: int64 [n].
    """
    if not epochs:
        return
    chosen = np.unique(np.linspace(0, len(epochs) - 1, min(MOST_PANELS, len(epochs))).round().astype(int))
    last = epochs[-1][1]
    directions = np.linalg.svd(last - last.mean(0), full_matrices=False)[2][:2].T  # [10, 2]
    columns = min(3, len(chosen))
    rows = -(-len(chosen) // columns)
    figure = Figure(figsize=(4 * columns, 3.6 * rows), layout="constrained")
    for place, index in enumerate(chosen, start=1):
        epoch, embeddings = epochs[index]
        axes = figure.add_subplot(rows, columns, place)
        points = (embeddings - embeddings.mean(0)) @ directions
        for period, name in enumerate(PERIODS):
            x, y = points[periods == period].T
            axes.scatter(x, y, s=9, color=COLOURS[period], label=name, linewidths=0)
        axes.set_title(f"epoch {epoch}")
        axes.set(xticks=[], yticks=[])
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=len(PERIODS))
    _save(figure, path)


def save_period_map(
    path: Path, asked: tuple[np.ndarray, np.ndarray], known: tuple[np.ndarray, np.ndarray] | None = None
) -> None:
    """Where the periods lie in the embedding: the two directions that part them best, held-out clips ringed.

    Args:
        asked: embeddings float [n, 10] and periods int64 [n] of clips that the encoder has not been trained on.
        known: those of training clips, drawn small; they choose the directions where there are any.
    """
    fitted = known or asked
    directions = discriminant_directions(*fitted)
    centre = fitted[0].mean(0)
    figure = Figure(figsize=(7.5, 6), layout="constrained")
    axes = figure.add_subplot()
    for period, name in enumerate(PERIODS):
        colour = COLOURS[period]
        if known is not None:
            x, y = ((known[0][known[1] == period] - centre) @ directions).T
            axes.scatter(x, y, s=8, color=colour, alpha=0.35, linewidths=0)
        x, y = ((asked[0][asked[1] == period] - centre) @ directions).T
        axes.scatter(x, y, s=34, color=colour, edgecolors="black", linewidths=0.9, label=name)
    axes.set(xticks=[], yticks=[], xlabel="first discriminant direction", ylabel="second")
    axes.set_title("Embeddings; ringed: held out" + (", small dots: training clips" if known else ""))
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=len(PERIODS))
    _save(figure, path)


def discriminant_directions(embeddings: np.ndarray, periods: np.ndarray) -> np.ndarray:
    """The two directions in which periods lie furthest apart for their width, float64 [10, 2].

    Source: R. A. Fisher, 1936; C. R. Rao's form for several groups, each weighing the same.
    """
    present = np.unique(periods)
    means = np.stack([embeddings[periods == period].mean(0) for period in present])
    size = embeddings.shape[1]
    within = np.zeros((size, size))
    for period, mean in zip(present, means, strict=True):
        offset = embeddings[periods == period] - mean
        within += offset.T @ offset / len(offset) / len(present)
    within += (1e-6 + 1e-3 * np.trace(within) / size) * np.eye(size)  # a direction without width is not endless
    values, vectors = np.linalg.eigh(within)
    whiten = vectors / np.sqrt(values)
    between = (means - means.mean(0)) @ whiten
    return whiten @ np.linalg.svd(between, full_matrices=True)[2][:2].T


def save_robustness(path: Path, table: Mapping[str, Mapping[str, Any]], unchanged: float) -> None:
    """Clip accuracy under each disturbance as bars, against that of the unchanged clips; see mvnet.robustness."""
    names = list(table)
    drops = np.array([table[name]["drop"] for name in names])
    low, high = np.array([table[name]["interval"] for name in names]).T
    values = unchanged - drops
    figure = Figure(figsize=(8, 0.32 * len(names) + 1.4), layout="constrained")
    axes = figure.add_subplot()
    spans = np.maximum([values - (unchanged - high), (unchanged - low) - values], 0)
    axes.barh(range(len(names)), values, xerr=spans, color="#88aacc", error_kw={"linewidth": 1, "capsize": 2})
    axes.axvline(unchanged, color="black", linewidth=1, label=f"unchanged: {unchanged:.3f}")
    axes.axvline(1 / len(PERIODS), color="black", linewidth=1, linestyle=":", label="chance")
    axes.set_yticks(range(len(names)), [name.replace("_", " ") for name in names])
    axes.invert_yaxis()
    axes.set(xlabel="clip accuracy (bars: 95 % interval of the drop)", xlim=(0, 1), title="Robustness")
    axes.legend(loc="lower right")
    _save(figure, path)


def save_confusion(path: Path, confusion: Sequence[Sequence[int]], title: str) -> None:
    """Clips by true period (rows) and heard period (columns), as a coloured table."""
    counts = np.array(confusion)
    share = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    figure = Figure(figsize=(5.4, 4.8), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        colour = "white" if share[row, column] > 0.5 else "black"
        axes.text(column, row, str(count), ha="center", va="center", color=colour)
    axes.set_xticks(range(len(PERIODS)), PERIODS, rotation=30)
    axes.set_yticks(range(len(PERIODS)), PERIODS)
    axes.set(title=title, xlabel="heard as", ylabel="is")
    _save(figure, path)


def save_course(path: Path, course: Course) -> None:
    """The periods' probabilities over time, stacked, with the borders between pieces and their names."""
    figure = Figure(figsize=(12, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.stackplot(course.times, course.chances.T, colors=COLOURS, labels=PERIODS, linewidth=0)
    for piece in course.pieces:
        axes.axvline(piece.start_s, color="black", linewidth=1.2)
        middle = (piece.start_s + piece.end_s) / 2
        name = textwrap.fill(piece.name.replace("-", " ").replace("_", " "), 16)
        axes.annotate(name, (middle, 1.02), ha="center", va="bottom", fontsize=7, annotation_clip=False)
    axes.set(xlim=(0, course.times[-1]), ylim=(0, 1), xlabel="seconds", ylabel="probability")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=len(PERIODS))
    _save(figure, path)


def save_pairs(path: Path, real: np.ndarray, generated: np.ndarray, periods: np.ndarray) -> None:
    """Paintings beside what the generator paints for the music paired with them (figure 7).

    Args:
        real, generated: uint8 [n, 3, S, S].
        periods: int64 [n]; a row of the sheet is a period, its pairs side by side.
    """
    rows = []
    for period in np.unique(periods):
        chosen = periods == period
        pairs = np.stack((real[chosen], generated[chosen]), axis=1)  # [m, 2, 3, S, S]
        rows.append(pairs.reshape(-1, *real.shape[1:]))
    width = max(len(row) for row in rows)
    blank = np.full((1, *real.shape[1:]), 255, np.uint8)
    padded = [np.concatenate((row, np.repeat(blank, width - len(row), 0))) for row in rows]
    save_collage(path, np.concatenate(padded), width)


def save_collage(path: Path, images: np.ndarray, columns: int) -> None:
    """Pictures in a grid, row by row, one pixel apart (figure 8: 6 x 6 a period).

    Args:
        images: uint8 [n, 3, S, S]; n is filled up with white.
        columns: pictures in a row.
    """
    n, _, height, width = images.shape
    rows = -(-n // columns)
    sheet = np.full((rows * (height + 1) - 1, columns * (width + 1) - 1, 3), 255, np.uint8)
    for place, image in enumerate(images):
        top, left = place // columns * (height + 1), place % columns * (width + 1)
        sheet[top : top + height, left : left + width] = image.transpose(1, 2, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(sheet).save(path)


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    FigureCanvasAgg(figure).print_png(path)
