"""Recipe runs as children of the engine: a folder each, progress as JSON lines, stop, restart."""
