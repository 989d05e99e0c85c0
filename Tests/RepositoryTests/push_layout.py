"""Pushes an OCI image layout into a registry without TLS: push_layout.py LAYOUT HOST. Standard library only.

Names lose their registry. What refers to an image goes to the image's repository, with the fallback tag beside it: the
registry that the tests start has no referrers API.
"""
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

INDEX = "application/vnd.oci.image.index.v1+json"
NAME = "org.opencontainers.image.ref.name"
layout, host = sys.argv[1:]


def ask(method, path, data=None, headers={}):
    url = path if path.startswith("http") else f"http://{host}/v2/{path}"
    return urllib.request.urlopen(urllib.request.Request(url, data=data, method=method, headers=headers))


def content(digest):
    with open(f"{layout}/blobs/sha256/{digest.removeprefix('sha256:')}", "rb") as file:
        return file.read()


def push_blob(repository, digest):
    try:
        ask("HEAD", f"{repository}/blobs/{digest}")
    except urllib.error.HTTPError:
        place = ask("POST", f"{repository}/blobs/uploads/", b"").headers["Location"]
        query = urllib.parse.urlencode({"digest": digest})
        ask("PUT", f"{place}{'&' if '?' in place else '?'}{query}", content(digest),
            {"Content-Type": "application/octet-stream"})


def push(repository, digest, media_type, reference):
    manifest = json.loads(content(digest))
    for part in ([manifest["config"]] if "config" in manifest else []) + manifest.get("layers", []):
        push_blob(repository, part["digest"])
    for child in manifest.get("manifests", []):
        push(repository, child["digest"], child["mediaType"], child["digest"])
    ask("PUT", f"{repository}/manifests/{reference}", content(digest), {"Content-Type": media_type})


with open(f"{layout}/index.json") as file:
    entries = json.load(file)["manifests"]
homes, referrers = {}, {}
for entry in entries:
    name = entry.get("annotations", {}).get(NAME)
    if name:
        name, _, tag = name.partition("/")[2].rpartition(":")
        homes[entry["digest"]] = name
        push(name, entry["digest"], entry["mediaType"], tag)
for entry in entries:
    manifest = json.loads(content(entry["digest"]))
    home = homes.get(manifest.get("subject", {}).get("digest"))
    if home:
        push(home, entry["digest"], entry["mediaType"], entry["digest"])
        referrers.setdefault((home, manifest["subject"]["digest"]), []).append(entry)
for (home, digest), found in referrers.items():
    index = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": found}).encode()
    ask("PUT", f"{home}/manifests/{digest.replace(':', '-')}", index, {"Content-Type": INDEX})
