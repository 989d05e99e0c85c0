"""Signs and spoils messages, and says of each what the Python package `cryptography` thinks of it. One JSON object a line."""

import base64
import json
import random
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

source = random.Random(20261121)
HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
KEYS = [
    ("sha256", ec.generate_private_key(ec.SECP256R1())),
    ("sha384", ec.generate_private_key(ec.SECP384R1())),
    ("sha512", ec.generate_private_key(ec.SECP521R1())),
    ("sha256", rsa.generate_private_key(65537, 2048)),
    ("sha256", rsa.generate_private_key(65537, 3072)),
    ("", ed25519.Ed25519PrivateKey.generate()),
]


def sign(key, native, message):
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(message, ec.ECDSA(HASHES[source.choice([native, "sha256"])]))
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(message)


def holds(key, native, signature, message):
    tries = [()]
    if isinstance(key, ec.EllipticCurvePublicKey):
        tries = [(ec.ECDSA(HASHES[name]),) for name in (native, "sha256")]
    elif isinstance(key, rsa.RSAPublicKey):
        tries = [(padding.PKCS1v15(), hashes.SHA256())]
    for arguments in tries:
        try:
            key.verify(signature, message, *arguments)
            return True
        except InvalidSignature:
            pass
    return False


def spoil(data):
    data = bytearray(data)
    for _ in range(source.randint(1, 3)):
        action = source.randrange(4)
        at = source.randrange(len(data)) if data else 0
        if action == 0 and data:
            data[at] ^= 1 << source.randrange(8)
        elif action == 1 and data:
            del data[at]
        elif action == 2:
            data.insert(at, source.randrange(256))
        else:
            data += b"\0"
    return bytes(data)


def pem(key):
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


for number in range(int(sys.argv[1])):
    native, private = KEYS[number % len(KEYS)]
    message = source.randbytes(source.randint(1, 300))
    if number % 2:
        message = b"DSSEv1 28 application/vnd.in-toto+json %d " % len(message) + message
    signature = sign(private, native, message)
    public = private.public_key()
    kind = source.randrange(5)
    if kind == 2:
        message = spoil(message)
    elif kind == 3:
        signature = spoil(signature)
    elif kind == 4:
        native, other = KEYS[(number + source.randrange(len(KEYS))) % len(KEYS)]
        public = other.public_key()
    encode = lambda data: base64.b64encode(data).decode()
    verdict = holds(public, native, signature, message)
    print(json.dumps({"key": pem(public), "message": encode(message), "signature": encode(signature), "holds": verdict}))
