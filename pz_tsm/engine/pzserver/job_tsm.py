"""The Training Set Maker: each redshift's nearest objects of a release, with photometry and a random
split."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pz_tsm.engine.pzserver import outputs
from pz_tsm.engine.pzserver.worker import Job
from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Finding, Report

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.ops.match.columns import Wanted
    from pz_tsm.ops.match.search import Search
    from pz_tsm.releases import Release
    from pz_tsm.sources.hats import Catalogue

HIDDEN = ("_healpix_29", "Norder", "Dir", "Npix")


def run(job: Job) -> dict[str, Any]:
    """One row a redshift and object; what result.json holds."""
    import pyarrow as pa

    from pz_tsm import releases
    from pz_tsm.ids import split_u
    from pz_tsm.ops.match import columns
    from pz_tsm.sources import read_raw
    from pz_tsm.sources.hats import open_catalogue

    entry = job.config["inputs"]["specz"][-1]
    job.say(0.02, "reading the redshift catalogue")
    specz = read_raw(Path(entry["path"]))
    specz = specz.drop_columns([name for name in HIDDEN if name in specz.column_names])
    job.note(f"{entry['internal_name']}: {specz.num_rows} rows")
    given = job.job["release"]
    spec = {"hats": given["hats"], **({"profile": given["profile"]} if given["profile"] else {})}
    release = releases.resolve(spec)
    catalogue = open_catalogue(release.path)
    want = columns.wanted(release, catalogue, asked_columns(job, release, catalogue), objects="all")
    if release.profile.primary in catalogue.schema.names:
        job.note(f"Objects that are not {release.profile.primary} are matched too: this pipeline does so.")

    pairs, report, search = neighbours(job, specz, entry["columns"], release, catalogue, want)
    job.report(report)
    job.say(0.6, "reading the objects")
    objects = photometry(job, object_table(release, catalogue, want, pairs, search), release)

    seed = job.params["random_seed"]
    if seed is None:
        seed = secrets.randbelow(2**31)
        job.warn(f"No random seed was given; the one drawn for the split is {seed}.")
    train = split_u(pairs.object_id, int(seed)) < job.params["train_fraction"]
    left, right = specz.take(pa.array(pairs.row)), objects
    names = {name: specz_name(name, right.column_names) for name in left.column_names}
    table = left.rename_columns(list(names.values()))
    for name in right.column_names:
        table = table.append_column(right.schema.field(name), right[name])
    table = table.append_column("_dist_arcsec", pa.array(pairs.sep))
    table = table.append_column("is_training_set", pa.array(train.astype(np.int64)))
    metadata = {
        "tsm:access": release.profile.access,
        "tsm:source": job.job["display_name"],
        "tsm:seed": str(seed),
    }
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), **metadata})
    job.note(f"{table.num_rows} rows, {int(train.sum())} of them for training")
    job.say(0.9, "writing")
    assoc = {key: names[column] for key, column in entry["columns"].items() if column in names}
    form = outputs.chosen(job.config["output_format"], entry["format"])
    main = outputs.write(table, job.work, job.config["output_name"], form, assoc["ra"], assoc["dec"])
    return {"main": main, "rows": table.num_rows, "columns_assoc": assoc}


def specz_name(name: str, taken: list[str]) -> str:
    """A redshift column keeps its name unless the objects have it, or it would clash with ours."""
    return f"{name}_specz" if name in taken or name in ("_dist_arcsec", "is_training_set") else name


def asked_columns(job: Job, release: Release, catalogue: Catalogue) -> list[str] | None:
    """Flux family or columns to read; None: whatever the release has by default."""
    from pz_tsm.ops.match.columns import families_in

    if job.params["selected_cols"]:
        own = (release.profile.id, catalogue.ra, catalogue.dec)
        return [name for name in job.params["selected_cols"] if name not in own]
    if job.params["flux_type"] == "auto" or not families_in(release.profile, catalogue.schema.names):
        return None
    return [job.params["flux_type"]]


def neighbours(
    job: Job, specz: pa.Table, named: dict[str, str], release, catalogue, want: Wanted
) -> tuple[Any, Report, Search]:
    """For each row its nearest objects within the radius, at most ``n_neighbors``; the accounting; and the
    search that found them."""
    from pz_tsm.ops.match import MatchParams
    from pz_tsm.ops.match.search import searching

    ra, dec = (number(specz, named[key]) for key in ("ra", "dec"))
    good = np.flatnonzero(np.isfinite(ra) & np.isfinite(dec) & (np.abs(dec) <= 90))
    params = job.params["crossmatch"]
    context = job.context(0.05, 0.6, "matching")
    asked = MatchParams(release=release.name, radius_arcsec=params["radius_arcsec"], run="auto")
    search = searching(release, catalogue, want, asked, context, ra[good], dec[good])
    pairs, inside = search.find(ra[good], dec[good], params["radius_arcsec"])
    start = np.flatnonzero(np.r_[True, np.diff(pairs.row) != 0]) if len(pairs) else np.zeros(0, int)
    rank = np.arange(len(pairs)) - np.repeat(start, np.diff(np.r_[start, len(pairs)]))
    pairs = pairs.take(np.flatnonzero(rank < params["n_neighbors"]))
    if not len(pairs):
        where = (
            "but none lies in its footprint"
            if not inside.any()
            else f"within {params['radius_arcsec']} arcsec"
        )
        raise TsmError(
            f"No redshift of {specz.num_rows} has an object in release '{release.name}' {where}.",
            remedy="Check that the catalogue's positions are degrees (ICRS) and lie where the release does.",
        )
    matched = len(np.unique(pairs.row))
    dropped = {
        "no position": specz.num_rows - len(good),
        "outside the footprint": int((~inside).sum()),
        "nothing within the radius": int(inside.sum()) - matched,
    }
    report = Report("match", specz.num_rows, len(pairs), {k: v for k, v in dropped.items() if v})
    if len(pairs) > matched:
        report.added["another object within the radius"] = len(pairs) - matched
    shared = len(pairs) - len(np.unique(pairs.object_id))
    if shared:
        text = (
            f"{shared} rows share an object with another row: no measurement is taken out by this pipeline."
        )
        report.findings.append(Finding("warning", text, count=int(shared)))
    pairs.row[:] = good[pairs.row]
    return pairs, report.close(), search


def number(table: pa.Table, name: str) -> np.ndarray:
    import pyarrow as pa

    try:
        return table[name].cast(pa.float64()).to_numpy(zero_copy_only=False)
    except (KeyError, pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise TsmError(
            f"The column '{name}' of the redshift catalogue holds no numbers.", where=name
        ) from None


def object_table(
    release: Release, catalogue: Catalogue, want: Wanted, pairs: Any, search: Search
) -> pa.Table:
    """The matched objects under their own names: id, position, and the wanted columns with their state."""
    import pyarrow as pa

    from pz_tsm.ops.match import columns

    bare = pa.schema(
        [("row_id", pa.int64()), ("ra", pa.float64()), ("dec", pa.float64()), ("redshift", pa.float64())]
    )
    schema = columns.result_schema(bare, release, catalogue, want)
    found = search.fetch(pairs)
    arrays = [pa.array(pairs.object_id), pa.array(pairs.ra), pa.array(pairs.dec)]
    fields = [
        pa.field(want.id, pa.int64()),
        pa.field(catalogue.ra, pa.float64()),
        pa.field(catalogue.dec, pa.float64()),
    ]
    for name in found.column_names:
        if name not in (want.id, catalogue.ra, catalogue.dec):
            field = schema.field(name) if name in schema.names else found.schema.field(name)
            fields.append(field.with_type(found.schema.field(name).type))
            arrays.append(found[name])
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=schema.metadata))


def photometry(job: Job, objects: pa.Table, release: Release) -> pa.Table:
    """Magnitudes instead of fluxes, or corrected fluxes beside them, as asked; nothing for a release without
    fluxes."""
    from pz_tsm.ops import get
    from pz_tsm.ops.match.columns import families_in

    families = families_in(release.profile, objects.column_names)
    if not families:
        job.warn(f"The columns read from release '{release.name}' hold no fluxes that could be converted.")
        return objects
    operation = get("photometry")
    to = "mag" if job.params["convert_flux_to_mag"] else "flux"
    deredden = "none" if job.params["dereddening"] in ("none", "") else job.params["dereddening"]
    done = operation.run(
        objects, operation.parse({"to": to, "deredden": deredden}), job.context(0.7, 0.9, "photometry")
    )
    job.report(done.report)
    if to == "flux":
        return done.table
    profile = release.profile
    fluxes = {
        f(band, name) for name in families for band in profile.bands for f in (profile.flux, profile.flux_err)
    }
    return done.table.drop_columns([name for name in done.table.column_names if name in fluxes])
