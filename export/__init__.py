"""Export of trained networks to the ONNX model folders that the app runs, with parity checks."""

import os

# Before any module here imports ONNX Runtime: else its import alone writes an identifier into the home.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
