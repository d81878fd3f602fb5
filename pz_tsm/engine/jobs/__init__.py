"""Recipe runs as children of the engine: a folder each, progress as JSON lines, stop, and again after a restart."""
