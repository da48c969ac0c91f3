"""Export of trained networks to the ONNX model folders that the app runs, with parity checks."""
