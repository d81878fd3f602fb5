"""Public archives on this machine, for tests: VizieR, TAP, SkyServer and files as the real client libraries
ask for them, over tables of the test."""

from archivekit.catalogues import named, vipers, zpix
from archivekit.guard import around, only_here
from archivekit.server import Archives, serving
from archivekit.sql import Database
from archivekit.trouble import Trouble

__all__ = ["Archives", "Database", "Trouble", "around", "named", "only_here", "serving", "vipers", "zpix"]
