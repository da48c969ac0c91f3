"""The MVNet Visualizer app: it listens to music and paints what it hears, in real time."""

import os

__version__ = "0.1.0"

# NumPy reads this when it is loaded. Products of matrices are small here: a second thread only spins, and takes a core
# from picture and sound (a quarter of a second of mel columns: 0.05 ms with one thread, 5 to 12 ms with two).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
