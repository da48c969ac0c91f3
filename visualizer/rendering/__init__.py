"""A song as a video: the engine and the picture on a clock of their own. No Qt, no window."""
