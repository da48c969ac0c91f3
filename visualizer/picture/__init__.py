"""From paintings to the picture on the wall, at every refresh: look, cross-fade, flash limit, brush. No Qt."""
