#!/usr/bin/env python3
"""Makes testdata/image-policies/signatures: an OCI image layout with small images, signed and not, and the key in
policies/require-image-signatures.yaml.

    scripts/make-signed-images.py [--out DIRECTORY] [--count NUMBER]

With --count it makes that many signed images instead, `bench/app0:v1` and so on, and prints the public key only.

The keys are made anew each time and thrown away; only the public one stays, in the policy's ConfigMap. Needs python3 and
openssl, nothing else. The images have no layers: nobody is to run them.
"""
import argparse
import base64
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
REGISTRY = "registry.example.com"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json"
DSSE = "application/vnd.dsse.envelope.v1+json"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"


def text(value):
    return json.dumps(value, separators=(",", ":")).encode()


class Key:
    def __init__(self, directory, name):
        self.private = directory / f"{name}.key"
        subprocess.run(
            ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.private],
            check=True, capture_output=True)
        self.public = subprocess.run(
            ["openssl", "pkey", "-in", self.private, "-pubout"], check=True, capture_output=True, text=True).stdout
        der = subprocess.run(
            ["openssl", "pkey", "-in", self.private, "-pubout", "-outform", "DER"], check=True,
            capture_output=True).stdout
        self.hint = base64.b64encode(hashlib.sha256(der).digest()).decode()

    def sign(self, data):
        result = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign", self.private], input=data, check=True, capture_output=True)
        return base64.b64encode(result.stdout).decode()


class Layout:
    def __init__(self, directory):
        self.directory = directory
        self.entries = []
        shutil.rmtree(directory / "blobs", ignore_errors=True)
        (directory / "blobs" / "sha256").mkdir(parents=True)

    def blob(self, data):
        digest = hashlib.sha256(data).hexdigest()
        (self.directory / "blobs" / "sha256" / digest).write_bytes(data)
        return {"digest": f"sha256:{digest}", "size": len(data)}

    def add(self, data, name=None, media_type=MANIFEST):
        entry = {"mediaType": media_type, **self.blob(data)}
        listed = dict(entry)
        if name:
            listed["annotations"] = {"org.opencontainers.image.ref.name": name}
        self.entries.append(listed)
        return entry

    def image(self, repository, tag, architecture="amd64"):
        config = text({
            "architecture": architecture, "os": "linux",
            "config": {"User": "65532", "Labels": {"org.opencontainers.image.title": f"{repository}:{tag}"}},
            "rootfs": {"type": "layers", "diff_ids": []}})
        manifest = text({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **self.blob(config)}, "layers": []})
        return self.add(manifest, f"{REGISTRY}/{repository}:{tag}" if tag else None)

    def tagged(self, repository, image, suffix, layers):
        empty = self.blob(b"{}")
        manifest = text({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **empty}, "layers": layers})
        tag = image["digest"].replace(":", "-") + suffix
        self.add(manifest, f"{REGISTRY}/{repository}:{tag}")

    def referrer(self, image, artifact_type, layer_type, data, media_type=MANIFEST):
        manifest = text({
            "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": artifact_type,
            "config": {"mediaType": "application/vnd.oci.empty.v1+json", **self.blob(b"{}")},
            "layers": [{"mediaType": layer_type, **self.blob(data)}], "subject": {**image, "mediaType": media_type}})
        return self.add(manifest)

    def write(self):
        (self.directory / "oci-layout").write_bytes(text({"imageLayoutVersion": "1.0.0"}) + b"\n")
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": self.entries}
        (self.directory / "index.json").write_text(json.dumps(index, indent=1) + "\n")


def payload(repository, image):
    return text({
        "critical": {
            "identity": {"docker-reference": f"{REGISTRY}/{repository}"},
            "image": {"docker-manifest-digest": image["digest"]}, "type": "cosign container image signature"},
        "optional": None})


def signature(layout, key, data, signed=None):
    """A layer of cosign's; `signed` is what was really signed, if not the data."""
    return {
        "mediaType": SIMPLE_SIGNING, **layout.blob(data),
        "annotations": {"dev.cosignproject.cosign/signature": key.sign(signed or data)}}


def statement(image, predicate_type, predicate):
    return text({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "", "digest": {"sha256": image["digest"].removeprefix("sha256:")}}],
        "predicateType": predicate_type, "predicate": predicate})


def envelope(key, data):
    kind = "application/vnd.in-toto+json"
    signed = f"DSSEv1 {len(kind)} {kind} {len(data)} ".encode() + data
    return {
        "payloadType": kind, "payload": base64.b64encode(data).decode(),
        "signatures": [{"sig": key.sign(signed), "keyid": ""}]}


def bundle(key, data):
    return text({
        "mediaType": BUNDLE, "verificationMaterial": {"publicKey": {"hint": key.hint}},
        "dsseEnvelope": envelope(key, data)})


def make(directory, release, other):
    layout = Layout(directory)

    api = layout.image("release/api", "1.4.2")
    layout.tagged("release/api", api, ".sig", [signature(layout, release, payload("release/api", api))])

    web = layout.image("release/web", "3.1.0")
    signed = statement(web, "https://sigstore.dev/cosign/sign/v1", {})
    layout.referrer(web, BUNDLE, BUNDLE, bundle(release, signed))
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"name": "zlib", "version": "1.3.1"}]}
    layout.referrer(web, BUNDLE, BUNDLE, bundle(release, statement(web, "https://cyclonedx.org/bom", bill)))
    layer = {
        "mediaType": DSSE, "annotations": {"dev.cosignproject.cosign/signature": ""},
        **layout.blob(text(envelope(release, statement(
            web, "https://slsa.dev/provenance/v1",
            {"buildDefinition": {"buildType": "https://example.com/build"},
             "runDetails": {"builder": {"id": "https://builder.example.com"}}}))))}
    layout.tagged("release/web", web, ".att", [layer])

    layout.image("release/worker", "2.0.0")

    candidate = layout.image("release/api", "1.5.0-rc1")
    layout.tagged(
        "release/api", candidate, ".sig", [signature(layout, other, payload("release/api", candidate))])

    # The payload names the image, but another one was signed.
    tampered = layout.image("release/tampered", "1.0.0")
    layout.tagged(
        "release/tampered", tampered, ".sig",
        [signature(layout, release, payload("release/tampered", tampered), signed=payload("release/api", api))])

    # The signature of another image, whole and good.
    copied = layout.image("release/copied", "1.0.0")
    layout.tagged("release/copied", copied, ".sig", [signature(layout, release, payload("release/api", api))])

    # Only a platform's manifest is signed, not the index that the tag names.
    platform = layout.image("release/multi", None)
    layout.tagged("release/multi", platform, ".sig", [signature(layout, release, payload("release/multi", platform))])
    index = text({
        "schemaVersion": 2, "mediaType": INDEX,
        "manifests": [{**platform, "platform": {"os": "linux", "architecture": "amd64"}}]})
    layout.add(index, f"{REGISTRY}/release/multi:1.0.0", INDEX)
    layout.write()


def make_many(directory, key, count):
    layout = Layout(directory)
    for number in range(count):
        repository = f"bench/app{number}"
        image = layout.image(repository, "v1")
        layout.tagged(repository, image, ".sig", [signature(layout, key, payload(repository, image))])
    layout.write()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "testdata" / "image-policies" / "signatures")
    options = parser.parse_args()
    out = options.out
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        keys = pathlib.Path(directory)
        release = Key(keys, "release")
        if options.count:
            make_many(out, release, options.count)
            print(release.public, end="")
            return
        make(out, release, Key(keys, "other"))
    policy = ROOT / "policies" / "require-image-signatures.yaml"
    if policy.exists():
        block = re.compile(r"( +)-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----\n", re.DOTALL)
        content = policy.read_text()
        lines = [line for line in release.public.splitlines() if line]
        policy.write_text(block.sub(lambda found: "".join(f"{found[1]}{line}\n" for line in lines), content))
    print(release.public, end="")


if __name__ == "__main__":
    main()
