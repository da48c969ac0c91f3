"""The window and all that is in it: the only package that knows Qt. It computes nothing and waits for nothing."""
