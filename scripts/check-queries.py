#!/usr/bin/env python3
"""Parses every PromQL expression of the alerts and the dashboard (promql-parser of scripts/oracles.txt).

Ends with 0, with 1 where one is no PromQL, and with 77 where a package is missing.
"""

import json
import pathlib
import sys

try:
    import promql_parser
    import yaml
except ImportError as error:
    print(f"skip: {error.name} is not installed (make oracles)")
    sys.exit(77)

DEPLOY = pathlib.Path(__file__).resolve().parent.parent / "deploy"


def expressions():
    rules = yaml.safe_load((DEPLOY / "components/monitoring/prometheusrule.yaml").read_text())
    for group in rules["spec"]["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]
    for panel in json.loads((DEPLOY / "monitoring/dashboard.json").read_text())["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]


def main():
    failed = checked = 0
    for name, expression in expressions():
        checked += 1
        try:
            promql_parser.parse(expression)
        except ValueError as error:
            failed += 1
            print(f"{name}: {error}: {expression}")
    print(f"{checked} expressions, {failed} wrong")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
