"""One reader a format, each with ``read(path, *, columns, text, group) -> pyarrow.Table``."""
