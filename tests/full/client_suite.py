"""Every call of the official client, as a program of its own, so that any version of the client can run it.

    python client_suite.py URL TOKEN CATALOGUE_ID RELEASE FOLDER

The server must have a published redshift catalogue with flags and surveys (CATALOGUE_ID) and a release.
Nothing of the client is changed, but that it looks at a job each second. It ends with the public functions of
the client that it has not called.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pzserver
from pzserver import PzServer
from pzserver import core as client_core
from pzserver.catalog import SpeczCatalog, TrainingSet

ROWS = 30
COLUMNS = 150
MANY = 105


class Calls:
    """Which functions of the client have been called since it began to watch."""

    def __init__(self) -> None:
        self._seen: set[CodeType] = set()
        self._folder = str(Path(pzserver.__file__).parent)

    def watch(self) -> None:
        sys.setprofile(self._note)

    def missing(self) -> list[str]:
        """Public functions and properties that have not been called, as ``Class.name``; a helper of lists is
        left out, which asks no server and is used by none."""
        sys.setprofile(None)
        return sorted(name for name, code in self._public() if code not in self._seen)

    def _note(self, frame: FrameType, event: str, arg: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(self._folder):
            self._seen.add(frame.f_code)

    def _public(self) -> Iterator[tuple[str, CodeType]]:
        for module in pkgutil.iter_modules(pzserver.__path__):
            found = importlib.import_module(f"pzserver.{module.name}")
            for _, kind in inspect.getmembers(found, inspect.isclass):
                for name, value in vars(kind).items() if kind.__module__ == found.__name__ else ():
                    value = inspect.unwrap(getattr(value, "fget", None) or getattr(value, "__func__", value))
                    if inspect.isfunction(value) and not name.startswith("_") and name != "safe_list_get":
                        if value.__code__.co_filename.startswith(self._folder):
                            yield f"{kind.__name__}.{name}", value.__code__


def table(path: Path, columns: int = 4) -> Path:
    """A CSV with id, ra, dec, z and further columns up to ``columns``."""
    names = ["id", "ra", "dec", "z"] + [f"extra{i}" for i in range(4, columns)]
    lines = [",".join(names)]
    for i in range(ROWS):
        values = [str(1000 + i), f"{150 + i / 100:.4f}", f"{2 + i / 200:.4f}", f"{0.1 + i / 50:.4f}"]
        lines.append(",".join(values + [str(i)] * (columns - 4)))
    path.write_text("\n".join(lines) + "\n")
    return path


def refused(what, *args, error=Exception, **more) -> str:
    """The words of the refusal of a call that must fail."""
    try:
        what(*args, **more)
    except error as found:
        return str(found)
    raise AssertionError(f"{what} was not refused")


def look_around(client, release: str) -> None:
    assert [t["name"] for t in client.get_product_types()][:2] == ["redshift_catalog", "training_set"]
    assert {"username", "last_name"} <= set(client.get_users()[0])
    assert release in [r["name"] for r in client.get_releases()]
    client.display_product_types()
    client.display_users()
    client.display_releases()
    assert client.api.get_entities() is not None
    assert "Invalid token" in refused(PzServer, token="0" * 40, host=client.api._base_api_url)


def upload(client, folder: Path, name: str, columns: int = 4, **more):
    path = table(folder / f"{columns} columns.csv", columns)
    up = client.upload(name=name, product_type="redshift_catalog", main_file=str(path), **more)
    up.make_columns_association({"id": "id", "ra": "ra", "dec": "dec", "z": "z"})
    up.save()
    return up


def uploads(client, folder: Path) -> int:
    notes = folder / "notes.txt"
    notes.write_text("notes")
    up = client.upload(
        name="Täglich (1)",
        product_type="redshift_catalog",
        main_file=str(table(folder / "täg lich.csv")),
        auxiliary_files=[str(notes)],
        description="**words**",
    )
    assert list(up.columns) == ["id", "ra", "dec", "z"]
    assert "Required columns" in refused(up.save)
    up.make_columns_association({"id": "my own name", "z": "z"})
    up.reset_columns_association()
    assert "Required columns" in refused(up.save)
    up.make_columns_association({"id": "id", "ra": "ra", "dec": "dec", "z": "z"})
    up.add_auxiliary_file(str(notes))
    up.save()
    return up.product_id


def of_a_release(client, release: str, folder: Path) -> None:
    """Products that belong to a release and to a photo-z code."""
    main = str(table(folder / "estimates.csv"))
    up = client.upload("estimates", "photoz_estimates", main, release=release, pz_code="BPZ")
    assert "estimates" in str(up) and up.system_columns is not None
    up.save()
    meta = client.get_product_metadata(up.product_id)
    (known,) = [one for one in client.get_releases() if one["name"] == release]
    assert (meta["release"], meta["pz_code"]) == (known["id"], "BPZ")
    found = [p["id"] for p in client.get_products_list({"release__or": release, "search": "estimates"})]
    assert found == [up.product_id]
    assert refused(client.upload, "x", "photoz_estimates", main, release="no such release")


def products(client, key: int, folder: Path) -> None:
    meta = client.get_product_metadata(key)
    assert meta["internal_name"] == f"{key}_täglich_1"
    assert client.get_product_metadata(meta["internal_name"])["id"] == key
    assert client.get_product_metadata(str(key), mainfile_info=False)["id"] == key
    assert meta["main_file"]["n_rows"] == ROWS and meta["main_file"]["size"] > 0
    assert {c["alias"] for c in meta["main_file"]["columns_association"]} == {"ID", "RA", "Dec", "z"}
    client.display_product_metadata(key)
    found = client.get_product(key)
    assert len(found) == ROWS and found["id"][1] == 1001
    catalogue = client.transform_df(found.to_pandas(), meta)
    assert isinstance(catalogue, SpeczCatalog)
    catalogue.display_metadata()
    catalogue.plot()
    down = folder / "down"
    down.mkdir(exist_ok=True)
    client.download_product(meta["internal_name"], save_in=str(down))
    (archive,) = down.glob("*.zip")
    with zipfile.ZipFile(archive) as content:
        names = content.namelist()
    assert names[0] == "product_metadata.yaml" and "täg_lich.csv" in names

    thing = client.get_product_object(meta["internal_name"])
    assert thing.main_file["name"] == "täg lich.csv" and thing.get_main_file_info()["n_rows"] == ROWS
    assert len(thing.get_auxiliary_files()) == 2
    thing.update_description("new words")
    thing.attach_description_file(str(folder / "notes.txt"))
    thing.attach_auxiliary_file(str(folder / "notes.txt"))
    thing = client.get_product_object(key)
    assert thing.attributes["description"] == "new words"
    (described,) = thing.get_description_files()
    thing.remove_file(described["id"])
    assert client.get_product_object(key).get_description_files() == []
    assert "Cannot remove main file" in refused(thing.remove_file, thing.main_file["id"])


def lists(client, key: int, folder: Path) -> None:
    """More products than the client shows at once, and a table with more columns than it sees."""
    for number in range(MANY):
        up = client.api.upload_basic_info(f"many {number}", "other", None, None, None)
        client.api.finish_upload(up["id"])
    assert len(client.get_products_list()) == 100
    (found,) = client.get_products_list({"internal_name": client.get_product_metadata(key)["internal_name"]})
    assert found["id"] == key
    filters = {"product_type": "redshift", "uploaded_by": [found["uploaded_by"]], "search": "täglich"}
    assert [p["id"] for p in client.get_products_list(filters)] == [key]
    both = {"product_type__or": ["training_set", "redshift_catalog"], "product_name": "glich"}
    assert [p["id"] for p in client.get_products_list(both)] == [key]
    assert client.get_products_list({"official_product": "true", "search": "täglich"}) == []
    assert client.get_products_list({"release": "no such release"}) == []
    client.display_products_list({"product_name__or": "täglich"})
    assert "Invalid filter" in refused(client.get_products_list, {"nonsense": 1})

    wide = upload(client, folder, "wide", COLUMNS)
    assert len(wide.columns) == 100
    assert len(client.get_product(wide.product_id).colnames) == COLUMNS
    client.delete_product(wide.product_id)
    assert wide.product_id not in [p["id"] for p in client.get_products_list({"search": "wide"})]
    assert client.get_product_metadata(wide.product_id, mainfile_info=False)["product_status"] == "Deleted"


def jobs(client, catalogue: int, release: str, folder: Path) -> None:
    tsm = client.training_set_maker("by the suite")
    assert tsm.available_product_types() == ["redshift_catalog"]
    assert tsm.pipeline.name == "training_set_maker" and tsm.pipeline.display_name
    assert tsm.pipeline.description and tsm.pipeline.version
    assert tsm.pipeline.pipeline_id and tsm.pipeline.parameters and tsm.process_config is not None
    assert tsm.check_status() == "The process has not been started"
    tsm.set_release(name=release)
    tsm.set_release(release_id=tsm.release["id"])
    tsm.set_redshift(internal_name=client.get_product_metadata(catalogue)["internal_name"])
    tsm.set_redshift(_id=catalogue)
    tsm.set_config({"random_seed": 3, "output_format": "parquet"})
    tsm.summary()
    client.run_and_wait(tsm)
    assert tsm.check_status() == "Successful", tsm.process
    assert tsm.run() == {}, "it does not run twice"
    tsm.summary()
    made = client.get_product_metadata(tsm.output["id"])
    assert made["origin"] == "Training Set Maker" and made["main_file"]["n_rows"] > 0
    rows = client.get_product(tsm.output["internal_name"])
    assert len(rows) == made["main_file"]["n_rows"]
    assert tsm.used_config and tsm.inputs == [catalogue]
    training = client.transform_df(rows.to_pandas(), made)
    assert isinstance(training, TrainingSet)
    training.plot()
    client.download_product(tsm.output["id"], save_in=str(folder))
    assert "not of the expected type" in refused(tsm.set_redshift, _id=tsm.output["id"])

    flags = folder / "flags.yaml"
    rules = "{default: 3}, instrument_type_translation: {default: s}"
    surveys = ("MOCK-DEEP", "MOCK-WIDE")
    body = "".join(f"  {name}: {{z_flag_translation: {rules}}}\n" for name in surveys)
    flags.write_text(f"translation_rules:\n{body}")
    crc = client.combine_redshift_catalogs("combined by the suite")
    crc.append_catalog(_id=catalogue)
    crc.append_catalog(internal_name=client.get_product_metadata(catalogue)["internal_name"])
    assert len(crc.input_catalogs) == 1
    crc.set_config({"combine_type": "concatenate", "z_flag_homogenized_value_to_cut": 0.0})
    crc.set_flags_translation(str(flags))
    crc.summary()
    client.run_and_wait(crc)
    assert crc.check_status() == "Successful", crc.process
    assert client.get_product_metadata(crc.output["id"])["main_file"]["n_rows"] > 0

    stopped = client.training_set_maker("to be stopped")
    stopped.set_release(name=release)
    stopped.set_redshift(_id=catalogue)
    stopped.run()
    assert stopped.stop()["id"] == stopped.process["id"]
    while stopped.check_status() in ("Pending", "Running", "Stopping"):
        pass
    assert stopped.check_status() in ("Stopped", "Successful")


def main(url: str, token: str, catalogue: int, release: str, folder: Path) -> None:
    class Brief:
        """The clock of the client, which looks at a job each second instead of each half minute."""

        sleep = staticmethod(lambda seconds: time.sleep(seconds / 30))
        monotonic, time = time.monotonic, time.time

    client_core.time = Brief
    calls = Calls()
    calls.watch()
    client = PzServer(token=token, host=url)
    look_around(client, release)
    key = uploads(client, folder)
    of_a_release(client, release, folder)
    products(client, key, folder)
    lists(client, key, folder)
    jobs(client, catalogue, release, folder)
    missing = ", ".join(calls.missing())
    print(f"not called: {missing}" if missing else "all of the client was called")
    print("all calls went well")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], Path(sys.argv[5]))
