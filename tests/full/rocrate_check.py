"""Judge an RO-Crate with `roc-validator`: prints {"checks", "issues"} as JSON. Runs in the validators' own
environment.

The validator fetches the JSON-LD context of RO-Crate 1.1; here it is the one that `rocrate` 0.13 carries, so
that no network is needed.
"""

import json
import sys
from pathlib import Path

import rdflib.plugins.shared.jsonld.context as jsonld
import requests
import rocrate
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester

ADDRESS = "https://w3id.org/ro/crate/1.1/context"
TEXT = (Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld").read_text(encoding="utf-8")


def only_known(address):
    if address != ADDRESS:
        raise RuntimeError(f"asked for {address}")


def get(self, address, **more):
    only_known(address)
    answer = requests.Response()
    answer.status_code, answer.url, answer._content = 200, address, TEXT.encode()
    answer.headers["Content-Type"] = "application/ld+json"
    return answer


def source_to_json(address, *args, **more):
    only_known(address)
    return json.loads(TEXT), None


assert json.loads(TEXT)["@id"] == ADDRESS
HttpRequester.get = get
jsonld.source_to_json = source_to_json
result = services.validate(
    services.ValidationSettings(
        rocrate_uri=sys.argv[1],
        profile_identifier="ro-crate-1.1",
        requirement_severity=models.Severity.RECOMMENDED,
        skip_availability_check=True,
    )
)
issues = [
    {"severity": one.severity.name, "check": one.check.identifier, "message": one.message}
    for one in result.get_issues()
]
print(json.dumps({"checks": len(result.executed_checks), "issues": issues}))
