#!/usr/bin/env python3
"""Writes testdata/images: an OCI image layout with small images, signed and unsigned, and the keys that made the signatures.

  scripts/generate-image-fixtures.py DIRECTORY

Each run makes new keys, so that the private ones need not be kept. Needs openssl.
"""
import base64
import hashlib
import json
import os
import subprocess
import sys
import tempfile

OUT = sys.argv[1]
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
EMPTY = b"{}"
entries = []


def openssl(*arguments, data=b""):
    return subprocess.run(["openssl", *arguments], input=data, check=True, capture_output=True).stdout


class Key:
    def __init__(self, name, directory):
        self.path = os.path.join(directory, name + ".key")
        options = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
        openssl("genpkey", *options, "-out", self.path)
        self.public = openssl("pkey", "-in", self.path, "-pubout")
        with open(os.path.join(OUT, name + ".pub"), "wb") as file:
            file.write(self.public)

    def sign(self, data):
        return openssl("dgst", "-sha256", "-sign", self.path, data=data)

    def hint(self):
        der = openssl("pkey", "-pubin", "-outform", "DER", data=self.public)
        return base64.b64encode(hashlib.sha256(der).digest()).decode()


def dump(value):
    return json.dumps(value, separators=(",", ":")).encode()


def blob(data):
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    with open(os.path.join(OUT, "blobs", "sha256", digest[7:]), "wb") as file:
        file.write(data)
    return digest


def descriptor(data, media_type, **more):
    return {"mediaType": media_type, "digest": blob(data), "size": len(data), **more}


def add(manifest, name, media_type=OCI_MANIFEST):
    """Puts a manifest into the layout; its descriptor."""
    data = manifest if isinstance(manifest, bytes) else dump(manifest)
    described = descriptor(data, media_type)
    repository, _, tag = name.rpartition(":")
    full = name if tag else f"{repository}@{described['digest']}"
    entries.append({**described, "annotations": {"org.opencontainers.image.ref.name": full}})
    return described


def image(name, platform=("linux", "amd64"), label=""):
    config = {
        "os": platform[0], "architecture": platform[1],
        "config": {"User": "65532", "Labels": {"org.opencontainers.image.title": label or name}},
        "rootfs": {"type": "layers", "diff_ids": []},
    }
    return add(
        {"schemaVersion": 2, "mediaType": OCI_MANIFEST,
         "config": descriptor(dump(config), "application/vnd.oci.image.config.v1+json"), "layers": []}, name)


def simple_signing(digest, reference):
    return dump({
        "critical": {
            "identity": {"docker-reference": reference}, "image": {"docker-manifest-digest": digest},
            "type": "cosign container image signature"},
        "optional": {"team": "payments"}})


def layers_manifest(repository, image, suffix, layers):
    add({"schemaVersion": 2, "mediaType": OCI_MANIFEST,
         "config": descriptor(EMPTY, "application/vnd.oci.image.config.v1+json"), "layers": layers},
        f"{repository}:{image['digest'].replace(':', '-')}{suffix}")


def sign(repository, image, key, payload=None, signed=None):
    payload = payload or simple_signing(image["digest"], repository)
    signature = base64.b64encode(key.sign(signed or payload)).decode()
    layers_manifest(repository, image, ".sig", [descriptor(
        payload, "application/vnd.dev.cosign.simplesigning.v1+json",
        annotations={"dev.cosignproject.cosign/signature": signature})])


def envelope(statement, key):
    payload_type = "application/vnd.in-toto+json"
    data = dump(statement)
    signed = f"DSSEv1 {len(payload_type)} {payload_type} {len(data)} ".encode() + data
    return {"payloadType": payload_type, "payload": base64.b64encode(data).decode(),
            "signatures": [{"sig": base64.b64encode(key.sign(signed)).decode()}]}


def statement(image, predicate_type, predicate):
    return {"_type": "https://in-toto.io/Statement/v1", "subject": [{"digest": {"sha256": image["digest"][7:]}}],
            "predicateType": predicate_type, "predicate": predicate}


PROVENANCE = "https://slsa.dev/provenance/v1"
PREDICATE = {"buildDefinition": {"buildType": "https://example.com/build/v1"},
             "runDetails": {"builder": {"id": "https://example.com/builder"}}}


def attest(repository, image, key):
    layers_manifest(repository, image, ".att", [descriptor(
        dump(envelope(statement(image, PROVENANCE, PREDICATE), key)), "application/vnd.dsse.envelope.v1+json",
        annotations={"dev.cosignproject.cosign/signature": "", "predicateType": PROVENANCE})])


def bundle(repository, image, key, predicate_type, predicate):
    content = dump({"mediaType": BUNDLE, "verificationMaterial": {"publicKey": {"hint": key.hint()}},
                    "dsseEnvelope": envelope(statement(image, predicate_type, predicate), key)})
    subject = {name: image[name] for name in ("mediaType", "digest", "size")}
    return {**add({"schemaVersion": 2, "mediaType": OCI_MANIFEST, "artifactType": BUNDLE, "subject": subject,
                   "config": descriptor(EMPTY, "application/vnd.oci.empty.v1+json"),
                   "layers": [descriptor(content, BUNDLE)]}, f"{repository}:"), "artifactType": BUNDLE}


def fallback(repository, image, referrers):
    add({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": referrers},
        f"{repository}:{image['digest'].replace(':', '-')}", OCI_INDEX)


def main():
    os.makedirs(os.path.join(OUT, "blobs", "sha256"), exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        key, other = Key("cosign", directory), Key("other", directory)
        repository = "team/app"
        signed = image(f"{repository}:signed")
        sign(repository, signed, key)
        attest(repository, signed, key)
        image(f"{repository}:unsigned")
        sign(repository, image(f"{repository}:other-key"), other)
        sign(repository, image(f"{repository}:copied"), key, payload=simple_signing(signed["digest"], repository))
        tampered = image(f"{repository}:tampered")
        sign(repository, tampered, key, payload=simple_signing(tampered["digest"], repository),
             signed=simple_signing(signed["digest"], repository))
        bundled = image(f"{repository}:bundle")
        fallback(repository, bundled, [
            bundle(repository, bundled, key, PROVENANCE, PREDICATE),
            bundle(repository, bundled, key, "https://sigstore.dev/cosign/sign/v1", {})])
        attested = image(f"{repository}:attested-only")
        fallback(repository, attested, [bundle(repository, attested, key, PROVENANCE, PREDICATE)])
        platforms = []
        for architecture in ("amd64", "arm64"):
            child = image(f"{repository}:", ("linux", architecture), "index")
            platforms.append({**child, "platform": {"os": "linux", "architecture": architecture}})
        index = add({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": platforms}, f"{repository}:index", OCI_INDEX)
        sign(repository, index, key)
        image("team/other:v1")
    with open(os.path.join(OUT, "index.json"), "wb") as file:
        file.write(json.dumps({"schemaVersion": 2, "manifests": entries}, indent=1).encode() + b"\n")
    with open(os.path.join(OUT, "oci-layout"), "wb") as file:
        file.write(b'{"imageLayoutVersion":"1.0.0"}\n')


main()
