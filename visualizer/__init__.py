"""The MVNet Visualizer app: it listens to music and paints what it hears, in real time."""

__version__ = "0.1.0"
