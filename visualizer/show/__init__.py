"""Everything behind the window: what plays, what listens, what paints and what is recorded. No Qt."""
