"""What a match step may choose from, for its form: flux families, presets and columns of its release, or
what the place that matches has instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pz_tsm.releases import Release, presets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pz_tsm.sources.pzserver_jobs import Offer

MOST = 3_000  # columns that are listed; a release has about 1,300


def here(release: Release, have: Sequence[str]) -> dict[str, Any]:
    """``have``: names of the catalogue's columns. Presets are those that it has all columns of."""
    from pz_tsm.ops.match.columns import families_in, mag_families_in

    profile, names = release.profile, list(have)
    families = families_in(profile, names)
    families += [flux for flux in mag_families_in(profile, names) if flux not in families]
    known = set(names)
    whole = {**presets.shipped(), **profile.presets}
    return {
        "fluxes": families,
        "default": [flux for flux in profile.default_fluxes if flux in families] or families[:1],
        "presets": [name for name, one in whole.items() if known.issuperset(one.columns())],
        "columns": names[:MOST],
        "several": True,
    }


def of_server(offer: Offer | None) -> dict[str, Any] | None:
    """What a PZ Server's Training Set Maker has of the release; None before it has been asked."""
    if offer is None:
        return None
    return {
        "fluxes": list(offer.fluxes) or [offer.flux],
        "default": [offer.flux],
        "presets": [],
        "columns": [],
        "several": False,
        "photometry": list(offer.photometry),
        "dereddening": list(offer.dereddening) or [offer.dust],
        "default_dereddening": offer.dust,
    }
