"""Where the partitions of a job are worked on: threads of the job itself, a Dask cluster, or a SLURM queue.

The place is a matter of configuration, never of a recipe, and nothing in a result depends on it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pz_tsm.errors import TsmError

__all__ = ["ENVIRONMENT", "FILE", "Executor", "Slurm", "configured", "read", "told"]

ENVIRONMENT = "PZ_TSM_EXECUTOR"
FILE = "executor.yaml"  # in the engine's data folder
WORDS = (
    "It is 'threads', 'threads:4', the address of a Dask scheduler (tcp://HOST:PORT), or a YAML or JSON map: "
    "{kind: threads, threads: 4}, {kind: dask, address: ...}, {kind: slurm, slurm: {queue: ...}}."
)


class Slurm(BaseModel):
    """One SLURM job holds one Dask worker; the options are those of ``dask_jobqueue.SLURMCluster``."""

    model_config = ConfigDict(extra="forbid")

    cores: int = Field(4, ge=1, description="Threads of a worker.")
    memory: str = Field("12GB", description="Of a worker.")
    queue: str | None = None
    account: str | None = None
    walltime: str = "02:00:00"
    jobs: int = Field(12, ge=1, description="Workers at most; they are asked for as there is work.")
    interface: str | None = Field(None, description="Network interface that the nodes reach each other by.")
    python: str | None = Field(None, description="Python of the nodes, if it is not this one.")
    prologue: list[str] = Field([], description="Lines before a worker starts, such as 'module load ...'.")
    directives: list[str] = Field([], description="Further lines for #SBATCH.")
    wait_minutes: float = Field(60, gt=0, description="For the first worker.")


class Executor(BaseModel):
    """Where partitions are worked on."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["threads", "dask", "slurm"] = "threads"
    threads: int | None = Field(None, ge=1, description="Of this process; as many as cores unless given.")
    address: str | None = Field(None, description="Of the scheduler, for 'dask'.")
    slurm: Slurm | None = None

    @model_validator(mode="after")
    def _whole(self) -> Executor:
        if self.kind == "dask" and not self.address:
            raise ValueError("'dask' needs the scheduler's 'address'")
        if self.kind == "slurm" and self.slurm is None:
            self.slurm = Slurm()
        return self


def configured(data: Path | str | None = None) -> Executor:
    """As the environment says, else ``executor.yaml`` in the engine's data folder, else threads.

    TsmError, naming the place, where what is written there can't be understood.
    """
    said = os.environ.get(ENVIRONMENT, "").strip()
    if said:
        file = Path(said)
        is_file = file.suffix in (".yaml", ".yml", ".json")
        return read(_text(file) if is_file else said, f"{said}" if is_file else ENVIRONMENT)
    if data is not None and (Path(data) / FILE).is_file():
        return read(_text(Path(data) / FILE), str(Path(data) / FILE))
    return Executor()


def told(executor: Mapping[str, Any] | None) -> str:
    """Where an executor works, in words."""
    said = read(executor)
    if said.kind == "threads":
        return f"{said.threads} threads of this machine" if said.threads else "threads of this machine"
    return f"Dask scheduler {said.address}" if said.kind == "dask" else "SLURM"


def read(value: str | Mapping[str, Any] | None, where: str = "executor") -> Executor:
    """From a map, or its text in YAML or JSON, or a short form (``threads:4``, ``tcp://host:port``)."""
    if value is None:
        return Executor()
    if isinstance(value, str):
        value = _short(value.strip()) or _mapping(value, where)
    try:
        return Executor.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise TsmError(
            f"The executor in {where}{f', {name}' if name else ''}: {said}.", remedy=WORDS, where=where
        ) from None


def _short(text: str) -> dict[str, Any] | None:
    kind, _, rest = text.partition(":")
    if kind in ("tcp", "tls", "ucx", "ws", "wss", "inproc") and rest.startswith("//"):
        return {"kind": "dask", "address": text}
    if kind in ("threads", "slurm") and not rest:
        return {"kind": kind}
    if kind == "threads" and rest.strip().isdigit():
        return {"kind": kind, "threads": int(rest)}
    return None


def _mapping(text: str, where: str) -> dict[str, Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        value = YAML(typ="safe", pure=True).load(text)
    except YAMLError:
        value = None
    if not isinstance(value, dict):
        raise TsmError(f"The executor in {where} can't be understood.", remedy=WORDS, where=where)
    return value


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise TsmError(
            f"The executor's file {path} can't be read: {error.strerror}.", remedy=WORDS, where=str(path)
        ) from None
