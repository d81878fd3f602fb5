"""Shapes of the answers, for the OpenAPI document only: TypeScript types are generated from it.

Fields after the comment "ours" are additive: the real server does not send them.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

Status = Literal[0, 1, 2, 3, 9]


class Product(BaseModel):
    id: int
    release: int | None
    release_name: str | None
    product_type: int
    product_type_name: str
    product_type_internal_name: str
    uploaded_by: str
    is_owner: bool
    origin: str
    process_status: str | None
    process_id: int | None
    product_status: str
    can_delete: bool
    can_update: bool
    internal_name: str
    display_name: str
    official_product: bool
    pz_code: str | None
    description: str | None
    created_at: str
    updated_at: str
    status: Status
    release_year: int | None


class ProductList(BaseModel):
    count: int
    results: list[Product]
    warnings: list[str] | None = None  # ours


class AssociatedColumn(BaseModel):
    column_name: str
    ucd: str | None
    alias: str | None


class MainFile(BaseModel):
    name: str | None
    type: str | None
    extension: str | None
    size: int | None
    n_rows: int | None
    is_directory: bool
    associated_columns: list[AssociatedColumn] | None = None
    delimiter: str | None = None
    has_header: bool | None = None
    columns: list[str] | None = None
    # ours
    n_columns: int | None = None
    checksum: str | None = None


class ProductWithMainFile(Product):
    main_file: MainFile


class PendingPublication(BaseModel):
    product: Product | None


class ReadData(BaseModel):
    count: int
    columns: list[str]
    results: list[dict[str, Any]]
    # ours
    message: str | None = None


class ProductFile(BaseModel):
    id: int
    product: int
    file: str
    can_delete: bool
    role_name: Literal["Main", "Description", "Auxiliary"]
    role: Literal[0, 1, 2]
    name: str
    type: str | None
    n_rows: int | None
    size: int | None
    extension: str | None
    is_directory: bool
    created: str
    updated: str
    # ours
    checksum: str | None = None


class ProductFileList(BaseModel):
    count: int
    results: list[ProductFile]
    warnings: list[str] | None = None  # ours


class ProductContent(BaseModel):
    id: int
    product: int
    column_name: str
    ucd: str | None
    order: int | None
    alias: str | None


class ProductContentList(BaseModel):
    count: int
    results: list[ProductContent]
    warnings: list[str] | None = None  # ours


class ProductType(BaseModel):
    id: int
    name: str
    display_name: str
    order: int | None
    description: str | None
    created_at: str


class ProductTypeList(BaseModel):
    count: int
    results: list[ProductType]
    warnings: list[str] | None = None  # ours


class ReleaseChoice(BaseModel):
    name: str
    display_name: str
    selected: bool | None = None
    disabled: bool | None = None


class Release(BaseModel):
    id: int
    name: str
    display_name: str
    description: str | None
    created_at: str
    indexing_column: str | None
    has_mag_hats: bool
    has_flux_hats: bool
    dereddening: list[ReleaseChoice] | None
    fluxes: list[ReleaseChoice] | None
    is_public: bool
    access_groups: list[int]


class ReleaseList(BaseModel):
    count: int
    results: list[Release]
    warnings: list[str] | None = None  # ours


class User(BaseModel):
    username: str
    first_name: str
    last_name: str
    display_name: str


class UserList(BaseModel):
    count: int
    results: list[User]
    warnings: list[str] | None = None  # ours


class LoggedUser(BaseModel):
    username: str
    is_admin: bool


class Token(BaseModel):
    token: str


class Pipeline(BaseModel):
    id: int
    name: str
    display_name: str
    version: str
    description: str | None
    created_at: str
    system_config: dict[str, Any]
    output_product_type: int
    product_types_accepted: list[int]


class PipelineList(BaseModel):
    count: int
    results: list[Pipeline]
    warnings: list[str] | None = None  # ours


class Process(BaseModel):
    id: int
    release: int | None
    release_name: str | None
    pipeline_name: str
    pipeline_version: str
    owned_by: str
    is_owner: bool
    provenance_inputs: list[Product]
    used_config: dict[str, Any]
    display_name: str
    created_at: str
    started_at: str | None
    ended_at: str | None
    orchestration_process_id: int | None
    status: str
    path: str | None
    comment: str | None
    pipeline: int
    upload: int | None
    inputs: list[int]
    # ours
    progress: float | None = None
    stage: str | None = None
    position: int | None = None
    warnings: list[str] | None = None
    can_update: bool | None = None
    input_checksums: dict[str, str | None] | None = None
    software: dict[str, str] | None = None


class ProcessList(BaseModel):
    count: int
    results: list[Process]
    warnings: list[str] | None = None  # ours


class Checked(BaseModel):
    """A process that could be run: its completed configuration, and what would have no effect."""

    used_config: dict[str, Any]
    warnings: list[str]


class LogFile(BaseModel):
    filename: list[str]
    content: str


class ProcessLogs(BaseModel):
    pipeline: LogFile
    slurm: LogFile


class Archive(BaseModel):
    id: int
    task_id: str | None
    status: Literal["pending", "running", "ready", "failed"]
    filename: str
    size: int | None
    checksum: str | None
    source_signature: str
    created_at: str
    updated_at: str
    download_url: str | None = None
    expired_time: str | None = None
    error_message: str | None = None


def ok(model: type[BaseModel], status: int = 200) -> dict[int | str, dict[str, Any]]:
    """``responses=`` of a route that answers with this shape."""
    return {status: {"model": model}}
