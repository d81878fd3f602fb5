"""The shipped rule packs in the form that a start reads."""

from __future__ import annotations

from pz_tsm.ops.homogenize import packed


def test_the_packed_rules_are_up_to_date():
    assert packed.PACKED.read_text(encoding="utf-8") == packed.packed(), "run 'make schemas' and commit"


def test_a_pack_that_has_changed_is_not_read_as_it_was():
    text = (packed.RULES / "mock.yaml").read_text(encoding="utf-8")
    assert packed.known(text)["name"] == "mock"
    assert packed.known(text + "\n# of today\n") is None
