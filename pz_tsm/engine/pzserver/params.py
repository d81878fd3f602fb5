"""Parameters of the two pipelines, checked when a process is submitted."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pz_tsm.engine.pzserver.errors import invalid

Kind = Literal["str", "float", "int", "bool"]


class Crossmatch(BaseModel):
    radius_arcsec: float = Field(1.0, gt=0, le=90)
    n_neighbors: int = Field(1, ge=1, le=100)


class TrainingSetMaker(BaseModel):
    """Match one redshift catalogue to the objects of a release."""

    crossmatch: Crossmatch = Field(default_factory=Crossmatch)
    use_absolute_lsdb_path: bool = False
    selected_cols: list[str] = []
    flux_type: str = "auto"
    convert_flux_to_mag: bool = True
    dereddening: str = "sfd"
    split_method: Literal["random"] = "random"
    train_fraction: float = Field(0.7, gt=0, lt=1)
    random_seed: int | None = None


class ExtraColumn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    source: str | None = None
    type: Kind = "str"


class CombineRedshifts(BaseModel):
    """Homogenize the flags of several catalogues and resolve repeated measurements."""

    combine_type: Literal[
        "concatenate", "concatenate_and_mark_duplicates", "concatenate_and_remove_duplicates"
    ] = "concatenate"
    extra_columns: dict[str, Kind | ExtraColumn] = {}
    z_flag_homogenized_value_to_cut: float = 3.0
    flags_translation_file: str = "flags_translation.yaml"
    insert_DP1_footprint_flag: bool = False
    insert_rubin_footprint_flag: bool = True
    tie_treatment_option: Literal["remove_all", "keep_all", "draw_one"] = "remove_all"


MODELS: dict[str, type[BaseModel]] = {
    "training_set_maker": TrainingSetMaker,
    "combine_redshift_dedup": CombineRedshifts,
}
QUIET = {"flags_translation_file"}  # the web's and the client's own keys that need no warning


def check(pipeline: str, given: Any) -> tuple[dict[str, Any], list[str]]:
    """Complete parameters, and warnings about keys that have no effect; ApiError 400 names a wrong one."""
    if given is None:
        given = {}
    if not isinstance(given, dict):
        raise invalid("used_config", "'param' must be an object.")
    try:
        params = MODELS[pipeline].model_validate(given)
    except ValidationError as error:
        texts = [f"param.{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False)]
        raise invalid("used_config", "; ".join(texts)) from None
    return params.model_dump(), [
        f"Parameter '{key}' is not known and has no effect." for key in unknown(params, given)
    ]


def unknown(params: BaseModel, given: dict[str, Any], prefix: str = "") -> list[str]:
    """Dotted names of given keys that the model lacks."""
    names = []
    for key, value in given.items():
        if key not in type(params).model_fields:
            names.append(prefix + str(key))
        elif isinstance(value, dict) and isinstance(getattr(params, key), BaseModel):
            names += unknown(getattr(params, key), value, f"{prefix}{key}.")
    return names
