"""The fast path: what the music does at each moment, within 10 ms. NumPy and SciPy; no Qt, no models."""
