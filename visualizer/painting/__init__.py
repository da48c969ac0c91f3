"""The slow path: from sound to paintings, with the two networks, on injected time. No Qt."""
