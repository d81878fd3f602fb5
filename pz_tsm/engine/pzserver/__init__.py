"""A PZ Server of one's own: the REST contract that the official ``pzserver`` client speaks, on SQLite and
files."""
