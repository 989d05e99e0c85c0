#!/usr/bin/env python3
"""Writes Sources/KubernetesSchemas/BuiltInSchemas.swift from OpenAPI v3 documents of Kubernetes.

Usage: scripts/generate-schemas.py DIRECTORY > Sources/KubernetesSchemas/BuiltInSchemas.swift
DIRECTORY holds one openapi-schemas-VERSION.json per Kubernetes version: the merged `components.schemas` of the
documents that an API server serves under /openapi/v3. The format is described in docs/schemas.md; a type that is the
same in several versions is written once.
"""
import json
import pathlib
import re
import sys

PREFIXES = ["io.k8s.api.", "io.k8s.apimachinery.pkg.apis.", "io.k8s.apiextensions-apiserver.pkg.apis.",
            "io.k8s.kube-aggregator.pkg.apis."]
SPECIAL = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "q",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "x",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "t",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "u",
}
SCALARS = {("string", None): "s", ("string", "byte"): "B", ("string", "date-time"): "t", ("boolean", None): "b",
           ("integer", "int32"): "i", ("integer", "int64"): "l", ("integer", None): "l", ("number", "double"): "d",
           ("number", None): "d"}
# Kinds that the documents do not describe, because only connections send them.
ADDED = {
    "io.k8s.api.core.v1.PodAttachOptions": {"kind": "PodAttachOptions", "bools": "stdin stdout stderr tty",
                                            "strings": "container"},
    "io.k8s.api.core.v1.PodExecOptions": {"kind": "PodExecOptions", "bools": "stdin stdout stderr tty",
                                          "strings": "container", "lists": "command"},
    "io.k8s.api.core.v1.PodPortForwardOptions": {"kind": "PodPortForwardOptions", "integers": "ports"},
    "io.k8s.api.core.v1.PodProxyOptions": {"kind": "PodProxyOptions", "strings": "path"},
    "io.k8s.api.core.v1.NodeProxyOptions": {"kind": "NodeProxyOptions", "strings": "path"},
    "io.k8s.api.core.v1.ServiceProxyOptions": {"kind": "ServiceProxyOptions", "strings": "path"},
    "io.k8s.apimachinery.pkg.apis.meta.v1.CreateOptions": {
        "kind": "CreateOptions", "group": "meta.k8s.io", "strings": "fieldManager fieldValidation", "lists": "dryRun"},
    "io.k8s.apimachinery.pkg.apis.meta.v1.UpdateOptions": {
        "kind": "UpdateOptions", "group": "meta.k8s.io", "strings": "fieldManager fieldValidation", "lists": "dryRun"},
    "io.k8s.apimachinery.pkg.apis.meta.v1.PatchOptions": {
        "kind": "PatchOptions", "group": "meta.k8s.io", "strings": "fieldManager fieldValidation", "lists": "dryRun",
        "bools": "force"},
}


def short(name):
    for prefix in PREFIXES:
        if name.startswith(prefix):
            return name[len(prefix):]
    return name


def added(entry):
    properties = {"kind": {"type": "string"}, "apiVersion": {"type": "string"}}
    for word in entry.get("bools", "").split():
        properties[word] = {"type": "boolean"}
    for word in entry.get("strings", "").split():
        properties[word] = {"type": "string"}
    for word in entry.get("lists", "").split():
        properties[word] = {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "atomic"}
    for word in entry.get("integers", "").split():
        properties[word] = {"type": "array", "items": {"type": "integer", "format": "int32"}}
    gvk = {"group": entry.get("group", ""), "version": "v1", "kind": entry["kind"]}
    return {"type": "object", "properties": properties, "x-kubernetes-group-version-kind": [gvk]}


def presence(path):
    table = {}
    for line in pathlib.Path(path).read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        how, name, *fields = line.split()
        for field in fields:
            table[name, field] = how
    return table


class Writer:
    def __init__(self, table):
        self.table = table
        self.names = []
        self.enums = []

    def index(self, values, item):
        if item not in values:
            values.append(item)
        return values.index(item)

    def reference(self, ref, schemas):
        name = ref.rsplit("/", 1)[1]
        if name in SPECIAL:
            return SPECIAL[name]
        target = schemas[name]
        if "properties" not in target and "additionalProperties" not in target:
            # A struct without fields is no free-form value; only RawExtension and the like are.
            free = target.get("type") != "object" or re.search(r"RawExtension|FieldsV1|CustomResourceSubresourceStatus",
                                                               name)
            if free:
                return "o" if target.get("type") == "object" else "j"
        if "properties" not in target and "additionalProperties" in target:
            return self.value(target, schemas)
        return f"#{self.index(self.names, name)};"

    def value(self, schema, schemas):
        for key in ("allOf",):
            if key in schema:
                return self.reference(schema[key][0]["$ref"], schemas)
        if "$ref" in schema:
            return self.reference(schema["$ref"], schemas)
        kind = schema.get("type")
        if kind == "array":
            how = schema.get("x-kubernetes-list-type", "-")[0]
            if how == "m":
                how += ",".join(schema["x-kubernetes-list-map-keys"]) + ";"
            return "[" + how + self.value(schema["items"], schemas)
        if kind == "object":
            extra = schema.get("additionalProperties")
            return "{" + self.value(extra, schemas) if isinstance(extra, dict) else "o"
        if "enum" in schema:
            return f"e{self.index(self.enums, schema['enum'])};"
        return SCALARS[kind, schema.get("format")] if kind else "j"

    def flags(self, owner, field, schema, required, code):
        out = ""
        default = schema.get("default")
        if required:
            out += "!"
        if self.table.get((owner, field)) == "always":
            out += "*"
        if code[0] in "sebildB":
            how = self.table.get((owner, field)) or self.table.get(("*", field))
            by_value = how == "value" or how is None and code[0] in "seB"
            if default is not None and not default and how is None:
                by_value = True
            if not required and by_value and not default:
                out += "0"
        if code[0] in "#" and default == {}:
            out += "+"
        if re.match(r"(?i)deprecated|.*\bDeprecated: ", schema.get("description", "").replace("\n", " ")):
            out += "~"
        return out

    def line(self, name, schemas):
        schema = schemas[name]
        owner = short(name)
        required = set(schema.get("required", []))
        kinds = []
        for gvk in schema.get("x-kubernetes-group-version-kind", []):
            api = f"{gvk['group']}/{gvk['version']}" if gvk["group"] else gvk["version"]
            kinds.append(f"{api}:{gvk['kind']}")
        if owner == "meta.v1.DeleteOptions":
            # Every group has its own; webhooks are sent this one.
            kinds = ["v1:DeleteOptions", "meta.k8s.io/v1:DeleteOptions"]
        head = owner
        if schema.get("x-kubernetes-map-type") == "atomic":
            head += "^"
        words = [head] + ["@" + kind for kind in kinds]
        for field in sorted(schema.get("properties", {})):
            value = schema["properties"][field]
            code = self.value(value, schemas)
            word = self.flags(owner, field, value, field in required, code) + field + ":" + code
            default = value.get("default")
            if default:
                word += "=" + json.dumps(default, separators=(",", ":"))
            if value.get("x-kubernetes-map-type") == "atomic":
                word += "^"
            words.append(word)
        return " ".join(words)


def main():
    directory = pathlib.Path(sys.argv[1])
    versions = {}
    for path in sorted(directory.glob("openapi-schemas-*.json")):
        version = path.stem.removeprefix("openapi-schemas-")
        schemas = json.loads(path.read_text())
        schemas.update({name: added(entry) for name, entry in ADDED.items()})
        versions[version] = schemas
    order = sorted(versions, key=lambda text: [int(part) for part in text.split(".")])
    writer = Writer(presence(pathlib.Path(__file__).with_name("schemas-presence.txt")))
    roots = set()
    for schemas in versions.values():
        for name, schema in schemas.items():
            kinds = schema.get("x-kubernetes-group-version-kind", [])
            if any(not kind["kind"].endswith("List") and kind["kind"] != "WatchEvent" for kind in kinds):
                roots.add(name)
    writer.names = sorted(roots)
    lines = {}
    done = 0
    while done < len(writer.names):
        name = writer.names[done]
        for number, version in enumerate(order):
            if name in versions[version]:
                lines.setdefault((done, writer.line(name, versions[version])), []).append(number)
        done += 1
    print("// Written by scripts/generate-schemas.py; do not edit.")
    print()
    print("/// The types of Kubernetes' API; docs/schemas.md describes the format.")
    print('let builtInSchemas: StaticString = #"""')
    print("    V " + " ".join(order))
    for values in writer.enums:
        print("    E " + ",".join(values))
    for (number, text), present in lines.items():
        span = "" if len(present) == len(order) else f"{present[0]}-{present[-1]}"
        print(f"    T{span} {number} {text}")
    print('    """#')


main()
