"""A small TAP service on this machine, for tests: what pyvo asks of one, over tables of the test."""

from tapkit.adql import Refused, cone_join, described, in_circle
from tapkit.server import Answer, Job, TapServer, serving

__all__ = [
    "Answer",
    "Job",
    "Refused",
    "TapServer",
    "cone_join",
    "described",
    "in_circle",
    "serving",
]
