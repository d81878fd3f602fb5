"""Why a redshift was chosen: a combined table explained, from the table alone.

    why(table, row_id)      all measurements of one object, with the path to each verdict
    conflicts(table)        the objects whose secure redshifts disagree
    objects(table)          one row for each object
    policies(table)         what differs from the PZ Server's pipeline, and why

They take tables of Arrow; ``pz_tsm.Table`` has them as methods.
"""

from pz_tsm.explain.group import why
from pz_tsm.explain.lists import conflicts, objects
from pz_tsm.explain.policies import Differences, policies
from pz_tsm.explain.show import Why

__all__ = ["Differences", "Why", "conflicts", "objects", "policies", "why"]
