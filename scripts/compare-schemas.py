#!/usr/bin/env python3
"""Compares what policy-check and kubernetes-validate (PyPI) say of all manifests below some directories.

    scripts/compare-schemas.py POLICY-CHECK DIRECTORY ...

Prints a JSON object: how many manifests both know and judge alike, and a line per manifest that they do not.
"""
import json
import pathlib
import subprocess
import sys

import kubernetes_validate
import yaml

VERSION = "1.36.0"


def manifests(roots):
    for root in roots:
        for path in sorted(p for end in ("*.yaml", "*.yml") for p in pathlib.Path(root).rglob(end)):
            try:
                for document in yaml.safe_load_all(path.read_text()):
                    json.dumps(document)
                    # policy-check judges a list's items one by one.
                    if isinstance(document, dict) and document.get("apiVersion") and not str(
                        document.get("kind") or "List"
                    ).endswith("List"):
                        yield path, document
            except (yaml.YAMLError, TypeError, ValueError):
                continue


def refusal(document):
    """Why kubernetes-validate refuses a manifest, None if it does not; KeyError if it does not know the kind."""
    try:
        kubernetes_validate.validate(document, VERSION, strict=True)
    except kubernetes_validate.ValidationError as error:
        return error.message
    except (kubernetes_validate.SchemaNotFoundError, kubernetes_validate.InvalidSchemaError) as error:
        raise KeyError from error
    return None


def main():
    found = list(manifests(sys.argv[2:]))
    text = "\n---\n".join(json.dumps(document) for _, document in found)
    run = subprocess.run(
        [sys.argv[1], "admitted", "-o", "report", "-"], input=text.encode(), stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, check=False)
    reports = [json.loads(line) for line in run.stdout.splitlines()]
    if len(reports) != len(found):
        sys.exit(f"{len(reports)} reports for {len(found)} manifests")
    alike, different = 0, []
    for (path, document), report in zip(found, reports):
        try:
            theirs = refusal(document)
        except KeyError:
            continue
        ours = [finding for finding in report["findings"] if finding["severity"] == "error"]
        if bool(ours) == bool(theirs):
            alike += 1
        else:
            who = f"policy-check: {ours[0]['message']}" if ours else f"kubernetes-validate: {theirs}"
            different.append(f"{path.parent.name}/{path.name} {document['kind']}: {who}")
    print(json.dumps({"alike": alike, "different": different}))


main()
