"""MVNet: the networks, data and training that turn 8.91 s of music into a painting."""
