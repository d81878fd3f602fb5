"""What may be asked of the engine and the PZ Server from the browser: these methods and paths only."""

from __future__ import annotations

import re

ID = r"\d+"
TABLE = r"[0-9a-f]{32}"
RUN = r"[0-9a-f]{10,40}"

LOCAL = (
    ("GET", "health"),
    ("GET", "ops"),
    ("POST", "tables"),
    ("GET", f"tables/{TABLE}"),
    ("GET", f"tables/{TABLE}/window"),
    ("GET", f"tables/{TABLE}/columns"),
    ("GET POST", f"tables/{TABLE}/counts"),
    ("POST", f"tables/{TABLE}/export"),
    ("POST", "propose"),
    ("POST", f"tables/{TABLE}/propose"),
    ("GET", rf"tables/{TABLE}/why/-?\d+"),
    ("GET", f"tables/{TABLE}/conflicts"),
    ("POST", "compilations"),
    ("GET", "registry(/[a-z0-9][a-z0-9_-]*)?"),
    ("POST", "registry/(count|input|preview|downloads)"),
    ("POST", "registry/downloads/[0-9a-f]{12}/stop"),
    ("POST", "plan"),
    ("POST", "code"),
    ("POST", "coverage"),
    ("POST", "move"),
    ("POST", "preview"),
    ("GET", f"previews/{TABLE}"),
    ("POST", "verify"),
    ("GET POST", "runs"),
    ("GET DELETE", f"runs/{RUN}"),
    ("GET", f"runs/{RUN}/log"),
    ("POST", f"runs/{RUN}/(stop|retry|told)"),
)

# Stopping a process is a GET in the contract; here it is a POST: no prefetch, no other site can do it.
PZ = (
    ("GET", ""),
    ("POST", "logged_user/"),
    ("GET", "(users|releases|product-types|pipelines)/"),
    ("GET", f"(releases|product-types|pipelines|product-contents)/{ID}/"),
    ("GET OPTIONS POST", "products/"),
    ("GET OPTIONS", "products-specz/"),
    ("GET PATCH PUT DELETE", f"products/{ID}/"),
    ("GET", f"products/{ID}/(main_file_info|read_data|process_config)/"),
    ("GET POST", f"products/{ID}/registry/"),
    ("POST", f"products/{ID}/download/(main-file/)?prepare/"),
    ("GET", f"products/{ID}/download/(main-file/)?(status|file)/"),
    ("GET OPTIONS", "product-contents/"),
    ("PATCH", f"product-contents/{ID}/"),
    ("GET OPTIONS POST", "product-files/"),
    ("GET DELETE", f"product-files/{ID}/"),
    ("GET OPTIONS POST", "processes/"),
    ("POST", "processes/validate/"),
    ("GET", f"processes/{ID}/"),
    ("GET", f"processes/{ID}/logs/"),
    ("POST", f"processes/{ID}/stop/"),
)
AS_GET = re.compile(rf"processes/{ID}/stop/|products/{ID}/registry/")


def allowed(table: tuple[tuple[str, str], ...], method: str, path: str) -> bool:
    return any(method in methods.split() and re.fullmatch(pattern, path) for methods, pattern in table)


def methods_of(table: tuple[tuple[str, str], ...], path: str) -> list[str]:
    """Methods that the path takes; empty if it is not offered at all."""
    return sorted({m for methods, pattern in table if re.fullmatch(pattern, path) for m in methods.split()})
