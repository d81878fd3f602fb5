"""The explorer in a browser: JupyterLab with an engine and tables of its own, in Chromium."""

from benchmarks.explorer.groups import run

__all__ = ["run"]
