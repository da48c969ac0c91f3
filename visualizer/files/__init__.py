"""Files of music: read, decoded, listed; their tags and covers. No Qt."""
