#!/usr/bin/env python3
"""Measures with wrk what a registry on loopback takes for the requests of 20 images, with 20 connections and nothing else
to do: registry-alone.py LAYOUT HOST. Prints one JSON object."""
import json
import re
import subprocess
import sys

layout, host = sys.argv[1:]
NAME = "org.opencontainers.image.ref.name"
ACCEPT = "Accept: application/vnd.oci.image.manifest.v1+json"
with open(f"{layout}/index.json") as file:
    entries = json.load(file)["manifests"]
signature = next(entry for entry in entries if entry["annotations"][NAME].endswith(".sig"))
name = signature["annotations"][NAME].partition("/")[2]
repository, _, tag = name.rpartition(":")
with open(f"{layout}/blobs/sha256/{signature['digest'].removeprefix('sha256:')}") as file:
    blob = json.load(file)["layers"][0]["digest"]


def rate(path):
    """Requests per second."""
    command = ["wrk", "-t", "1", "-c", "20", "-d", "2", "-H", ACCEPT, f"http://{host}/v2/{repository}/{path}"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in output:
        sys.exit(f"registry-alone: {path}: {output}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])


manifests, signatures, blobs = rate("manifests/v1"), rate(f"manifests/{tag}"), rate(f"blobs/{blob}")
print(json.dumps({
    "stage": "registry-alone", "manifests_per_s": round(manifests), "blobs_per_s": round(blobs),
    "ms_for_20_images": round(20_000 / manifests + 20_000 / signatures + 20_000 / blobs, 1)}))
