"""The official client, unmodified, against a live engine."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

ASSOCIATION = {
    "specObjID": "id",
    "RAJ2000": "ra",
    "DEJ2000": "dec",
    "zspec": "z",
    "zerr": "z_err",
    "qf": "z_flag",
}


def upload(client, path: Path, name: str, **more):
    return client.upload(name=name, product_type="redshift_catalog", main_file=str(path), **more)


@pytest.fixture
def published(live, csv_file):
    """A published catalogue of ana's; its id."""
    up = upload(live.official("ana"), csv_file, "Kept catalogue")
    up.make_columns_association(ASSOCIATION)
    up.save()
    return up.product_id


def test_a_wrong_token_is_refused_in_words(live):
    from pzserver import PzServer

    with pytest.raises(Exception, match="401.*Invalid token"):
        PzServer(token="0" * 40, host=f"{live.url}/api/")


def test_lists_types_users_releases(live):
    client = live.official("ana")
    assert [t["name"] for t in client.get_product_types()][:2] == ["redshift_catalog", "training_set"]
    assert {"ana", "bob", "local"} <= {user["username"] for user in client.get_users()}
    assert isinstance(client.get_releases(), list)


def test_upload_associate_publish_download(live, csv_file, tmp_path):
    client = live.official("ana")
    notes = tmp_path / "README.txt"
    notes.write_text("notes")
    up = upload(
        client, csv_file, "My Spec-z (2026)", description="**Markdown**", auxiliary_files=[str(notes)]
    )
    assert list(up.columns) == ["specObjID", "RAJ2000", "DEJ2000", "zspec", "zerr", "qf"]
    up.make_columns_association(ASSOCIATION)
    up.save()

    meta = client.get_product_metadata(up.product_id)
    assert meta["internal_name"] == f"{up.product_id}_my_specz_2026"
    assert meta["product_status"] == "Published" and meta["is_owner"] is True
    assert meta["main_file"]["n_rows"] == 25
    assert meta["main_file"]["columns_association"][0]["alias"] == "ID"
    assert [p["id"] for p in client.get_products_list({"internal_name": meta["internal_name"]})] == [
        up.product_id
    ]

    table = client.get_product(up.product_id)
    assert len(table) == 25 and table["zspec"][1] == pytest.approx(0.12)

    client.download_product(meta["internal_name"], save_in=str(tmp_path / "down"))
    (archive,) = (tmp_path / "down").glob("*.zip")
    with zipfile.ZipFile(archive) as content:
        assert content.namelist()[0] == "product_metadata.yaml"
        assert {"my_cat.csv", "README.txt"} <= set(content.namelist())
        assert b"alias: RA" in content.read("product_metadata.yaml")


def test_filters_of_the_client(live, published):
    client = live.official("bob")
    assert published in [
        p["id"] for p in client.get_products_list({"product_type": "redshift", "search": "kept"})
    ]
    assert client.get_products_list({"product_type": "training_set"}) == []
    with pytest.raises(ValueError, match="Invalid filter"):
        client.get_products_list({"nonsense": 1})


def test_describe_attach_remove_delete(live, csv_file, tmp_path):
    client = live.official("ana")
    up = upload(client, csv_file, "to be deleted")
    up.make_columns_association(ASSOCIATION)
    up.save()
    product = client.get_product_object(up.product_id)
    product.update_description("new words")
    extra = tmp_path / "extra.txt"
    extra.write_text("more")
    product.attach_auxiliary_file(str(extra))
    product = client.get_product_object(up.product_id)
    assert product.attributes["description"] == "new words"
    (attached,) = product.get_auxiliary_files()
    product.remove_file(attached["id"])
    assert client.get_product_object(up.product_id).get_auxiliary_files() == []
    client.delete_product(up.product_id)
    assert up.product_id not in [p["id"] for p in client.get_products_list()]


def test_saving_without_columns_is_refused_by_server_too(live, csv_file):
    client = live.official("ana")
    up = upload(client, csv_file, "not associated")
    with pytest.raises(Exception, match="was not filled in: Dec,RA,z"):
        client.api.finish_upload(up.product_id)
    client.delete_product(up.product_id)


def test_another_user_cannot_change_it(live, published):
    other = live.official("bob")
    with pytest.raises(Exception, match="permission"):
        other.api.update_product_description(published, "bob was here")
    with pytest.raises(Exception, match="permission"):
        other.api.delete_product(published)
