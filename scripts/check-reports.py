#!/usr/bin/env python3
"""Reads reports of policy-check with the libraries that consume such formats, and checks what their rules ask for.

    scripts/check-reports.py FORMAT=FILE ...

Prints a line for each: `ok FORMAT: what was read`, `skip FORMAT: package`, or `fail FORMAT: why`; exits 1 if one fails.
"""

import importlib
import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter


class Missing(Exception):
    pass


def package(name):
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Missing(name) from error


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


def validate(document, schema):
    jsonschema = package("jsonschema")
    errors = sorted(jsonschema.Draft202012Validator(schema).iter_errors(document), key=str)
    expect(not errors, "; ".join(f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in errors[:5]))


def strict(properties, required=(), **more):
    """An object without any other property."""
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False, **more}


STRING = {"type": "string", "minLength": 1}
COUNT = {"type": "integer", "minimum": 0}
POSITION = {"type": "integer", "minimum": 1}


def check_json(path):
    document = json.load(open(path))
    expect(document["schemaVersion"] == 1 and document["summary"]["exitCode"] in range(4), "no report")
    return f"{document['summary']['objects']} objects"


def check_yaml(path):
    document = package("yaml").safe_load(open(path))
    expect(document["schemaVersion"] == 1, "no report")
    return f"{document['summary']['objects']} objects"


def check_sarif(path):
    """GitHub's rules for code scanning, and two libraries."""
    document = json.load(open(path))
    text = {"type": "object", "properties": {"text": STRING}, "required": ["text"]}
    region = {
        "type": "object",
        "properties": {name: POSITION for name in ("startLine", "startColumn", "endLine", "endColumn")},
        "required": ["startLine", "startColumn", "endLine", "endColumn"],
    }
    location = {
        "type": "object",
        "properties": {
            "physicalLocation": {
                "type": "object",
                "properties": {
                    # Relative to the repository.
                    "artifactLocation": {"properties": {"uri": {"type": "string", "pattern": "^(?!/|\\./|file:)[^ ]+$"}}},
                    "region": region,
                },
                "required": ["artifactLocation", "region"],
            }
        },
        "required": ["physicalLocation"],
    }
    rule = {
        "type": "object",
        "properties": {
            "id": STRING, "shortDescription": text, "help": text,
            "fullDescription": {"properties": {"text": {"type": "string", "maxLength": 1024}}, "required": ["text"]},
            "properties": {
                "properties": {
                    "tags": {"type": "array", "items": STRING, "maxItems": 10, "uniqueItems": True},
                    "security-severity": {"type": "string", "pattern": r"^(\d(\.\d)?|10\.0)$"},
                }
            },
        },
        "required": ["id", "shortDescription", "fullDescription", "help"],
    }
    result = {
        "type": "object",
        "properties": {
            "ruleId": STRING, "ruleIndex": COUNT, "level": {"enum": ["error", "warning", "note", "none"]}, "message": text,
            "locations": {"type": "array", "items": location, "minItems": 1},
            "partialFingerprints": {
                "type": "object",
                "properties": {"primaryLocationLineHash": {"type": "string", "pattern": r"^[0-9a-f]+:\d+$"}},
            },
        },
        "required": ["ruleId", "message", "locations", "partialFingerprints"],
    }
    driver = strict(
        {"name": STRING, "semanticVersion": STRING, "rules": {"type": "array", "items": rule}}, ["name", "rules"])
    run = {
        "type": "object",
        "properties": {"tool": {"properties": {"driver": driver}, "required": ["driver"]},
                       "results": {"type": "array", "items": result}},
        "required": ["tool", "results"],
    }
    validate(document, {
        "type": "object",
        "properties": {"$schema": STRING, "version": {"const": "2.1.0"},
                       "runs": {"type": "array", "items": run, "minItems": 1, "maxItems": 20}},
        "required": ["$schema", "version", "runs"],
    })
    rules = [rule["id"] for rule in document["runs"][0]["tool"]["driver"]["rules"]]
    for result in document["runs"][0]["results"]:
        if "ruleIndex" in result:
            expect(rules[result["ruleIndex"]] == result["ruleId"], "a ruleIndex names another rule")
    package("sarif_pydantic").Sarif.model_validate(document)
    loaded = package("sarif.loader").load_sarif_file(path)
    expect(loaded.get_result_count() == len(document["runs"][0]["results"]), "sarif-tools counts otherwise")
    return f"{loaded.get_result_count()} results"


JUNIT = {
    # What the schema of Jenkins' xUnit plugin allows, by element.
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname", "id", "package"},
        {"properties", "testcase", "system-out", "system-err"}),
    "testcase": (
        {"name", "classname", "time", "assertions", "status", "group"},
        {"skipped", "error", "failure", "system-out", "system-err"}),
    "failure": ({"message", "type"}, set()),
    "error": ({"message", "type"}, set()),
    "system-out": (set(), set()),
}


def check_junit(path):
    tree = ElementTree.parse(path)
    for element in tree.iter():
        expect(element.tag in JUNIT, f"<{element.tag}> is not allowed")
        attributes, children = JUNIT[element.tag]
        expect(set(element.attrib) <= attributes, f"<{element.tag}> has {set(element.attrib) - attributes}")
        expect({child.tag for child in element} <= children, f"<{element.tag}> holds {[c.tag for c in element]}")
        for name in ("tests", "failures", "errors", "skipped"):
            expect(element.get(name, "0").isdigit(), f"{name} is no number")
        expect(re.fullmatch(r"\d+(\.\d{1,3})?", element.get("time", "0")), "time is no short decimal")
        if element.tag in ("failure", "error"):
            expect((element.text or "").strip(), "GitLab shows only the text, and there is none")
    for suite in tree.getroot():
        cases = [case.get("name") for case in suite.iter("testcase")]
        expect(len(cases) == len(set(cases)), "GitLab drops cases of one name")
        expect(int(suite.get("tests")) == len(cases), "tests is no count")
        for kind in ("failure", "error"):
            expect(int(suite.get(kind + "s")) == len(list(suite.iter(kind))), f"{kind}s is no count")
    parsed = package("junitparser").JUnitXml.fromfile(path)
    total = sum(len(list(suite)) for suite in parsed)
    expect(total == len(list(tree.iter("testcase"))), "junitparser counts otherwise")
    return f"{total} cases"


def check_tap(path):
    parser = package("tap.parser").Parser()
    lines = list(parser.parse_file(path))
    unknown = [line.text for line in lines if line.category == "unknown"]
    expect(not unknown, f"not understood: {unknown[:3]}")
    tests = [line for line in lines if line.category == "test"]
    plan = [line for line in lines if line.category == "plan"]
    expect(len(plan) == 1 and plan[0].expected_tests == len(tests), "the plan is not the number of tests")
    expect([test.number for test in tests] == list(range(1, len(tests) + 1)), "numbers are not in order")
    return f"{len(tests)} tests"


def check_checkstyle(path):
    root = ElementTree.parse(path).getroot()
    expect(root.tag == "checkstyle" and root.get("version"), "no <checkstyle version>")
    errors = 0
    for file in root:
        expect(file.tag == "file" and set(file.attrib) == {"name"}, "no <file name>")
        for error in file:
            errors += 1
            expect(error.tag == "error", f"<{error.tag}>")
            expect(set(error.attrib) == {"line", "column", "severity", "message", "source"}, f"{error.attrib}")
            expect(error.get("severity") in ("ignore", "info", "warning", "error"), error.get("severity"))
            expect(int(error.get("line")) > 0 and int(error.get("column")) > 0, "a place is not positive")
    return f"{errors} errors"


def check_gitlab(path):
    document = json.load(open(path))
    location = strict({
        "path": {"type": "string", "pattern": "^(?!\\./|/)."}, "lines": strict({"begin": POSITION}, ["begin"])
    }, ["path", "lines"])
    validate(document, {"type": "array", "items": strict({
        "description": STRING, "check_name": STRING, "fingerprint": STRING, "location": location,
        "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
    }, ["description", "check_name", "fingerprint", "severity", "location"])})
    prints = Counter(entry["fingerprint"] for entry in document)
    expect(not prints or max(prints.values()) == 1, "two entries have one fingerprint")
    return f"{len(document)} entries"


def check_github(path):
    pattern = re.compile(r"::(error|warning|notice) ((?:\w+=[^,:]*)(?:,\w+=[^,:]*)*)::(.*)")
    known = {"file", "line", "endLine", "col", "endColumn", "title"}
    counts = Counter()
    for line in open(path).read().splitlines():
        match = pattern.fullmatch(line)
        expect(match, f"no command: {line}")
        expect({part.split("=")[0] for part in match[2].split(",")} <= known, match[2])
        expect(not re.search(r"%(?!0A|0D|25|3A|2C)", match[2] + match[3]), f"not escaped: {line}")
        counts[match[1]] += 1
    expect(all(count <= 10 for count in counts.values()), "GitHub shows ten of a level")
    return f"{sum(counts.values())} annotations"


def check_markdown(path):
    lines = open(path).read().splitlines()
    rows = [line for line in lines if line.startswith("|")]
    expect(lines[0].startswith("### "), "no heading")
    widths = {len(re.findall(r"(?<!\\)\|", row)) for row in rows}
    expect(len(widths) <= 1, f"rows of {widths} cells")
    return f"{max(0, len(rows) - 2)} rows"


def report_schema(kinds, api, more):
    """What the CustomResourceDefinitions of the two reporting APIs ask for."""
    reference = strict({name: STRING for name in ("apiVersion", "kind", "namespace", "name", "uid")})
    outcomes = ["pass", "fail", "warn", "error", "skip"]
    result = strict({
        "source": STRING, "policy": STRING, "rule": STRING, "category": STRING, "message": {"type": "string"},
        "severity": {"enum": ["critical", "high", "medium", "low", "info"]}, "result": {"enum": outcomes},
        "scored": {"type": "boolean"}, "resources": {"type": "array", "items": reference},
        "timestamp": strict({"seconds": {"type": "integer"}, "nanos": {"type": "integer"}}, ["seconds", "nanos"]),
        "properties": {"type": "object", "additionalProperties": {"type": "string"}},
    }, ["policy"])
    return strict({
        "apiVersion": {"const": api}, "kind": {"enum": kinds}, "metadata": {"type": "object", "required": ["name"]},
        "summary": strict({name: COUNT for name in outcomes}), "results": {"type": "array", "items": result}, **more,
    }, ["apiVersion", "kind", "metadata"])


def check_reports(path, kinds, api, more):
    documents = list(package("yaml").safe_load_all(open(path)))
    expect(documents, "no document")
    for document in documents:
        validate(document, report_schema(kinds, api, more))
        counts = Counter(result["result"] for result in document["results"])
        expect({k: v for k, v in document["summary"].items() if v} == dict(counts), "the summary is no sum")
        namespace = document["metadata"].get("namespace")
        expect(document["kind"].startswith("Cluster") == (namespace is None), "kind and namespace disagree")
        for result in document["results"]:
            for resource in result["resources"]:
                expect(resource.get("namespace") == namespace, "a resource of another namespace")
    return f"{len(documents)} objects, {sum(len(d['results']) for d in documents)} results"


def check_policyreport(path):
    return check_reports(path, ["PolicyReport", "ClusterPolicyReport"], "wgpolicyk8s.io/v1alpha2", {})


def check_openreports(path):
    return check_reports(path, ["Report", "ClusterReport"], "openreports.io/v1alpha1", {"source": STRING})


def check_text(path):
    expect("\x1b" not in open(path).read(), "colours in a file")
    return "plain"


failed = False
for argument in sys.argv[1:]:
    name, _, path = argument.partition("=")
    check = globals().get(f"check_{name}")
    try:
        expect(check, "unknown format")
        print(f"ok {name}: {check(path)}")
    except Missing as missing:
        print(f"skip {name}: {missing} is not installed")
    except Exception as error:  # a reader's own error is a failure like any other
        failed = True
        print(f"fail {name}: {type(error).__name__}: {error}")
sys.exit(1 if failed else 0)
