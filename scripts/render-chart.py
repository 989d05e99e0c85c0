#!/usr/bin/env python3
"""Renders deploy/helm/policy-webhook with Helm's own engine (helm-python-sdk of scripts/oracles.txt).

    render-chart.py render [VALUES.yaml]          objects, a JSON object a line
    render-chart.py compare VALUES.yaml BUILT     the objects are those of `kubectl kustomize`'s output BUILT
    render-chart.py notes [VALUES.yaml]           what `helm install` says
    render-chart.py lint [VALUES.yaml]            `helm lint --strict`, and the schema against its own metaschema

Ends with 0, with 1 where the chart refuses the values (and says why), and with 77 where a package is missing.
"""

import json
import pathlib
import sys

try:
    import helm_python as helm
    import jsonschema
    import yaml
except ImportError as error:
    print(f"skip: {error.name} is not installed (make oracles)")
    sys.exit(77)

CHART = pathlib.Path(__file__).resolve().parent.parent / "deploy/helm/policy-webhook"
RELEASE = {"name": "policy-webhook", "namespace": "guardrail-system"}
# What Helm's conventions add; kustomize has no use for it.
HELM_LABELS = {"app.kubernetes.io/instance", "app.kubernetes.io/version", "app.kubernetes.io/managed-by", "helm.sh/chart"}
HELM_ANNOTATIONS = {"checksum/policies"}


def read_values(path):
    return (yaml.safe_load(pathlib.Path(path).read_text()) or {}) if path else {}


def render(values):
    with helm.Chart.load(str(CHART)) as chart:
        chart.validate_schema(values)
        return chart.render(values, **RELEASE)


def objects(values):
    for name, text in sorted(render(values).items()):
        if name.endswith(".yaml"):
            yield from (found for found in yaml.safe_load_all(text) if found)


def without(mapping, names):
    return {key: value for key, value in mapping.items() if key not in names}


def canonical(node):
    """The object without what may differ: Helm's own labels, empty maps, and the order of arguments and volumes."""
    if isinstance(node, list):
        return [canonical(item) for item in node]
    if not isinstance(node, dict):
        return node
    result = {}
    for key, value in node.items():
        value = canonical(value)
        if key in ("labels", "matchLabels", "selector") and isinstance(value, dict):
            value = without(value, HELM_LABELS)
        if key == "annotations":
            value = without(value, HELM_ANNOTATIONS)
        if key == "args":
            value = sorted(joined(value))
        if value != {} or key not in ("labels", "annotations"):
            result[key] = value
    return result


def joined(arguments):
    """`--name value` as `--name=value`."""
    result = []
    for argument in arguments:
        if argument.startswith("--"):
            result.append(argument)
        else:
            result[-1] += f"={argument}"
    return result


def index(found):
    """Objects by kind and name. kustomize puts a hash of its contents behind a ConfigMap's name."""
    result = {}
    hashed = {}
    for item in found:
        name = item["metadata"]["name"]
        if item["kind"] == "ConfigMap" and len(name.rsplit("-", 1)[-1]) == 10:
            hashed[name] = name.rsplit("-", 1)[0]
        result[(item["kind"], hashed.get(name, name))] = item
    text = json.dumps([[list(key), value] for key, value in result.items()])
    for name, plain in hashed.items():
        text = text.replace(name, plain)
    return {tuple(key): canonical(value) for key, value in json.loads(text)}


def difference(path, left, right):
    if type(left) is not type(right):
        return [f"{path}: chart {json.dumps(left)}, kustomize {json.dumps(right)}"]
    if isinstance(left, dict):
        return [line for key in sorted(left.keys() | right.keys())
                for line in difference(f"{path}.{key}", left.get(key), right.get(key))]
    if isinstance(left, list) and len(left) == len(right):
        return [line for i, (one, other) in enumerate(zip(left, right)) for line in difference(f"{path}[{i}]", one, other)]
    return [] if left == right else [f"{path}: chart {json.dumps(left)}, kustomize {json.dumps(right)}"]


def compare(values, built):
    ours = index(objects(values))
    theirs = index(yaml.safe_load_all(pathlib.Path(built).read_text()))
    # The release's namespace is made before the chart, with `--create-namespace` or by hand.
    theirs.pop(("Namespace", RELEASE["namespace"]), None)
    lines = [f"only in the chart: {key}" for key in ours.keys() - theirs.keys()]
    lines += [f"only in kustomize: {key}" for key in theirs.keys() - ours.keys()]
    for key in sorted(ours.keys() & theirs.keys()):
        lines += difference("/".join(key), ours[key], theirs[key])
    for line in lines:
        print(line)
    if not lines:
        print(f"equal: {len(ours)} objects")
    return 1 if lines else 0


def lint(values):
    schema = json.loads((CHART / "values.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load((CHART / "values.yaml").read_text()), schema)
    report = helm.lint(str(CHART), values, strict=True, namespace=RELEASE["namespace"])
    # 1 is a hint (an icon is recommended), 2 a warning, 3 an error.
    bad = [message for message in report["messages"] if message["severity"] > 1]
    for message in bad:
        print(f"{message['path']}: {message['error']}")
    return 1 if bad else 0


def main():
    job, arguments = sys.argv[1], sys.argv[2:]
    values = read_values(arguments[0] if arguments else None)
    try:
        if job == "compare":
            return compare(values, arguments[1])
        if job == "lint":
            return lint(values)
        if job == "notes":
            print(next(text for name, text in render(values).items() if name.endswith("NOTES.txt")))
            return 0
        for item in objects(values):
            print(json.dumps(item))
        return 0
    except helm.HelmError as error:
        print(f"refused: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
