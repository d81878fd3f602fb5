"""Steps that tests of the contract share, over plain HTTP."""

from __future__ import annotations

import io
import zipfile

import httpx

CSV = "name,ra,dec,zspec\na,150.1,2.1,0.5\nb,150.2,2.2,0.6\n"


def new(client, name="a product", kind=1, **more) -> dict:
    answer = client.post("/products/", json={"display_name": name, "product_type": kind, "status": 0, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def attach(client, key, content=CSV, name="cat.csv", role=0) -> httpx.Response:
    content = content.encode() if isinstance(content, str) else content
    return client.post(
        "/product-files/", data={"product": key, "role": role}, files={"file": (name, content)}
    )


def draft(client, **more) -> dict:
    """A registered product with a main file and no associations."""
    product = new(client, **more)
    assert attach(client, product["id"]).status_code == 201
    assert client.get(f"/products/{product['id']}/registry/").status_code == 200
    return product


def associate(client, key) -> dict:
    """Column name -> id, after RA, Dec and z are set."""
    ids = {
        c["column_name"]: c["id"] for c in client.get(f"/product-contents/?product={key}").json()["results"]
    }
    for column, alias in (("ra", "RA"), ("dec", "Dec"), ("zspec", "z")):
        answer = client.patch(f"/product-contents/{ids[column]}/", data={"ucd": "x", "alias": alias})
        assert answer.json() | {"alias": alias} == answer.json()
    return ids


def published(client, **more) -> dict:
    product = draft(client, **more)
    associate(client, product["id"])
    answer = client.patch(f"/products/{product['id']}/", data={"status": "1"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()
