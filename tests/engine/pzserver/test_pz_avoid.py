"""Where the PZ Server's quirks are to be avoided: each row of the contract's section 14 has a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pzkit import CSV, associate, attach, draft, new, published

from tests.processkit import wait_for

HERE = Path(__file__).parent
CONTRACT = HERE.parents[3] / "shared" / "contract" / "pz-server-rest.md"

ROWS = {
    "Q3": "test_pz_contract.test_lists",
    "Q5": "test_pz_rights.test_others_change_nothing",
    "Q6": "test_pz_contract.test_only_admins_make_products_official",
    "Q7": "test_pz_avoid.test_a_job_takes_a_file_with_blanks_in_its_name_and_keeps_its_version",
    "Q8": "test_pz_contract.test_refused_creations_leave_nothing",
    "Q9": "test_pz_contract.test_refused_creations_leave_nothing",
    "Q11": "test_pz_contract.test_deleted_products_stay_deleted",
    "Q13": "test_pz_avoid.test_what_the_real_one_fails_at_is_an_answer_in_words",
    "Q14": "test_pz_files.test_process_refusals",
    "Q15": "test_pz_avoid.test_a_job_takes_a_file_with_blanks_in_its_name_and_keeps_its_version",
    "Q16": "test_pz_queue.test_ten_of_one_user_do_not_hold_up_the_one_of_another",
    "Q17": "test_pz_processes.test_stop_ends_the_job_and_what_it_started",
    "Q20": "test_pz_avoid.test_a_job_takes_a_file_with_blanks_in_its_name_and_keeps_its_version",
    "Q21": "test_pz_avoid.test_a_release_that_one_may_not_see_is_for_no_product_and_no_process",
    "Q22": "test_pz_avoid.test_inputs_that_one_may_not_see_are_none",
    "Q23": "test_pz_files.test_process_refusals",
    "Q24": "test_pz_avoid.test_a_preview_of_what_is_no_table_ends",
    "Q28": "test_pz_downloads.test_addresses_are_those_that_the_caller_used",
    "Q31": "test_pz_downloads.test_a_replaced_main_file_is_downloaded_as_it_is_now",
    "Q37": "test_pz_avoid.test_an_ending_may_be_long",
    "Q38": "test_pz_downloads.test_names_that_are_not_ascii",
    "Q41": "test_pz_avoid.test_answers_are_as_long_as_they_say",
    "Q42": "test_pz_contract.test_drafts_failed_and_deleted_of_others_are_hidden",
}


def test_each_row_has_a_test_that_is_there():
    if not CONTRACT.exists():
        pytest.skip(f"the contract is not at {CONTRACT}")
    rows = re.findall(r"^\| (Q\d+) \|.*\bAvoid\b", CONTRACT.read_text(), re.MULTILINE)
    assert sorted(ROWS) == sorted(rows)


@pytest.mark.parametrize("name", sorted(set(ROWS.values())))
def test_a_named_test_is_there(name):
    module, function = name.split(".")
    assert f"\ndef {function}(" in (HERE / f"{module}.py").read_text()


def test_a_job_takes_a_file_with_blanks_in_its_name_and_keeps_its_version(live, ana):
    product = new(ana, name="blanks")["id"]
    rows = CSV.replace("name,ra,dec,zspec", "name,ra,dec,zspec,q,survey")
    rows = "\n".join(line if i == 0 else f"{line},4,VVDS" for i, line in enumerate(rows.splitlines()))
    attach(ana, product, rows + "\n", "my cat (1).csv")
    assert ana.get(f"/products/{product}/registry/").status_code == 200
    names = associate(ana, product)
    for column, alias in (("q", "z_flag"), ("survey", "survey")):
        ana.patch(f"/product-contents/{names[column]}/", json={"alias": alias})
    assert ana.patch(f"/products/{product}/", json={"status": 1}).status_code == 200
    param = {"z_flag_homogenized_value_to_cut": 0.0, "duplicate_criteria": "closest"}
    body = {"display_name": "job", "pipeline": 2, "inputs": [product], "used_config": {"param": param}}
    made = ana.post("/processes/", json=body).json()
    assert made["warnings"] == ["Parameter 'duplicate_criteria' is not known and has no effect."]

    def ended():
        process = ana.get(f"/processes/{made['id']}/").json()
        return process if process["status"] not in ("Pending", "Running") else None

    process = wait_for(ended, "the process to end")
    assert (process["status"], process["comment"]) == ("Successful", None)
    assert ana.get(f"/products/{made['upload']}/main_file_info/").json()["main_file"]["n_rows"] == 2
    ran_with = process["pipeline_version"]
    live.state.db.update("pipelines", 2, {"version": "99.0"})
    try:
        assert ana.get(f"/processes/{made['id']}/").json()["pipeline_version"] == ran_with != "99.0"
    finally:
        live.state.db.update("pipelines", 2, {"version": ran_with})


def test_what_the_real_one_fails_at_is_an_answer_in_words(ana):
    product = draft(ana)["id"]
    empty = new(ana, kind=7)["id"]
    for answer, status in (
        (ana.patch(f"/products/{product}/", json={"status": 77}), 400),
        (attach(ana, 999_999), 404),
        (ana.post(f"/products/{empty}/download/main-file/prepare/"), 404),
        (ana.get("/processes/?search=abc"), 200),
        (ana.delete("/processes/1/"), 405),
        (ana.get(f"/products/{product}/api_schema/"), 404),
    ):
        assert answer.status_code == status, (answer.request.url, answer.text)
        assert answer.headers["content-type"].startswith("application/json") and answer.json()


def test_a_release_that_one_may_not_see_is_for_no_product_and_no_process(live, ana, bob, admin):
    from pz_tsm.engine.pzserver.fixtures import add_release

    key = add_release(live.state.db, "shut", "Shut", live.data / "sky", "dp1", access_groups=["insiders"])
    product = published(bob, name="bob's")["id"]
    body = {"display_name": "job", "pipeline": 1, "release": key, "inputs": [product]}
    answer = bob.post("/processes/", json=body)
    assert (answer.status_code, answer.json()) == (404, {"detail": "No Release matches the given query."})
    body = {"display_name": "x", "product_type": 7, "release": key}
    assert bob.post("/products/", json=body).status_code == 404
    mine = new(bob, kind=7)["id"]
    assert bob.patch(f"/products/{mine}/", json={"release": key}).status_code == 404
    assert admin.get(f"/releases/{key}/").status_code == 200


def test_inputs_that_one_may_not_see_are_none(ana, bob):
    hidden = draft(ana, name="a draft of ana's")["id"]
    before = bob.get("/products/").json()["count"]
    answer = bob.post("/processes/", json={"display_name": "job", "pipeline": 2, "inputs": [hidden]})
    assert answer.status_code == 400
    assert answer.json() == {"inputs": [f'Invalid pk "{hidden}" - object does not exist.']}
    assert bob.get("/products/").json()["count"] == before


def test_a_preview_of_what_is_no_table_ends(ana):
    product = new(ana, kind=7)["id"]
    attach(ana, product, b"\x00\x01\x02", "model.pkl")
    assert ana.get(f"/products/{product}/registry/").status_code == 200
    answer = ana.get(f"/products/{product}/read_data/")
    assert answer.status_code == 200
    assert (answer.json()["count"], answer.json()["results"]) == (0, []) and answer.json()["message"]


def test_an_ending_may_be_long(ana):
    product = new(ana, kind=7)["id"]
    file = attach(ana, product, b"x", "weights.safetensors-v2").json()
    assert (file["name"], file["extension"]) == ("weights.safetensors-v2", ".safetensors-v2")


def test_answers_are_as_long_as_they_say(ana):
    product = published(ana, name="exact")["id"]
    whole = ana.post(f"/products/{product}/download/prepare/").json()["download_url"]
    main = ana.post(f"/products/{product}/download/main-file/prepare/").json()["download_url"]
    for answer in (
        ana.get(whole),
        ana.get(main),
        ana.get(main, headers={"Range": "bytes=3-9"}),
        ana.get(main, headers={"Range": "bytes=9999-"}),
        ana.get("/products/"),
        ana.get("/products/99999/"),
        ana.options("/products/"),
    ):
        assert answer.headers.get("transfer-encoding") is None, answer.request.url
        assert int(answer.headers["content-length"]) == len(answer.content), answer.request.url
