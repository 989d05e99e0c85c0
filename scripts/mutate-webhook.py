#!/usr/bin/env python3
"""Sends mutated AdmissionReviews to a running policy-webhook and checks that each gets an HTTP answer.

Bodies are made from the samples by truncation, bit flips, deletions, doublings, deep nesting, huge numbers, long
strings and invalid UTF-8. Fails when a request gets no well-formed answer in time, when the server is not healthy
afterwards, or, with --pid, when its memory grew by more than --rss-growth after a warm-up of a tenth of the bodies.
"""

import argparse
import pathlib
import random
import socket
import ssl
import sys
import threading

TIMEOUT = 20


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", required=True, help="HOST:PORT of the server")
    parser.add_argument("--samples", required=True, type=pathlib.Path, help="directory of AdmissionReview *.json files")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pid", type=int, help="process whose memory is watched")
    parser.add_argument("--rss-growth", type=int, default=8192, help="allowed growth in kB")
    return parser.parse_args()


def truncated(data, rng):
    return data[: rng.randrange(len(data))]


def bit_flipped(data, rng):
    data = bytearray(data)
    for _ in range(rng.randint(1, 20)):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def cut_out(data, rng):
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.randint(1, 200):]


def doubled(data, rng):
    start = rng.randrange(len(data))
    end = start + rng.randint(1, 2000)
    return data[:end] + data[start:end] + data[end:]


def after_colon(data, rng, value):
    """Replaces what follows some colon by a value, up to the next comma, or puts it in front."""
    colons = [index for index, byte in enumerate(data) if byte == ord(":")]
    if not colons:
        return value
    start = rng.choice(colons) + 1
    end = data.find(b",", start)
    return data[:start] + value + (data[end:] if end > 0 else b"")


def nested(data, rng):
    depth = rng.choice([50, 500, 1023, 1024, 1025, 5000, 100_000])
    opening, closing = rng.choice([(b"[", b"]"), (b'{"a":', b"}")])
    value = opening * depth + b"1" + (closing * depth if rng.random() < 0.7 else b"")
    return value if rng.random() < 0.3 else after_colon(data, rng, value)


def huge_number(data, rng):
    digits = rng.choice([20, 400, 5000, 200_000])
    numbers = [b"9" * digits, b"-" + b"9" * digits, b"1e" + b"9" * 5, b"1" + b"0" * digits + b".5e-400", b"0." + b"0" * digits + b"1"]
    return after_colon(data, rng, rng.choice(numbers + [b"1e400", b"-0", b"01", b"+1", b"NaN", b"18446744073709551616"]))


def invalid_utf8(data, rng):
    bad = rng.choice([b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x80", b"\0", b"\\ud800", b"\\u12"])
    quotes = [index for index, byte in enumerate(data) if byte == ord('"')]
    at = rng.choice(quotes) + 1 if quotes else 0
    return data[:at] + bad * rng.randint(1, 10) + data[at:]


def long_string(data, rng):
    return after_colon(data, rng, b'"' + b"x" * rng.choice([1000, 70_000, 1_000_000]) + b'"')


def swapped_type(data, rng):
    return after_colon(data, rng, rng.choice([b"null", b"true", b"[]", b"{}", b'""', b"0", b'[{"a":[]}]']))


def noise(data, rng):
    return rng.randbytes(rng.randint(0, 3000))


MUTATIONS = [
    truncated, bit_flipped, cut_out, doubled, nested, huge_number, invalid_utf8, long_string, swapped_type, noise,
]


class Client:
    """One keep-alive connection that is opened again when the server ends it."""

    def __init__(self, address):
        host, _, port = address.rpartition(":")
        self.target = (host.strip("[]"), int(port))
        self.context = ssl.create_default_context()
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE
        self.stream = None

    def exchange(self, request):
        """Sends one request; its status. Raises when the answer is missing or malformed."""
        if self.stream is None:
            raw = socket.create_connection(self.target, TIMEOUT)
            self.connection = self.context.wrap_socket(raw, server_hostname=self.target[0])
            self.stream = self.connection.makefile("rb")
        self.connection.sendall(request)
        line = self.stream.readline()
        if not line.startswith(b"HTTP/1.1 "):
            raise ValueError(f"no status line but {line[:80]!r}")
        length, closes = None, False
        while (header := self.stream.readline().strip().lower()):
            name, _, value = header.partition(b":")
            if name == b"content-length":
                length = int(value)
            if name == b"connection" and value.strip() == b"close":
                closes = True
        body = self.stream.read(length)
        if len(body) != length:
            raise ValueError("the answer's body is cut short")
        if closes:
            self.close()
        return int(line.split()[1])

    def close(self):
        if self.stream is not None:
            self.stream.close()
            self.connection.close()
            self.stream = None


def post(body):
    head = "POST /validate?timeout=10s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
    return (head + f"{len(body)}\r\n\r\n").encode() + body


def rss_kb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise ValueError(f"process {pid} has no memory")


class Run:
    def __init__(self, options):
        self.options = options
        self.samples = [path.read_bytes() for path in sorted(options.samples.glob("*.json"))]
        if not self.samples:
            sys.exit(f"error: no *.json in {options.samples}")
        self.lock = threading.Lock()
        self.statuses = {}
        self.failures = []
        self.worst = 0
        self.done = 0
        self.warm_rss = None

    def work(self, worker):
        client = Client(self.options.address)
        for index in range(worker, self.options.count, self.options.connections):
            rng = random.Random(self.options.seed * 1_000_003 + index)
            mutation = rng.choice(MUTATIONS)
            body = mutation(rng.choice(self.samples), rng)
            try:
                status = client.exchange(post(body))
            except Exception as error:  # every failure is a finding, whatever its class
                with self.lock:
                    self.failures.append(f"body {index} ({mutation.__name__}, {len(body)} bytes): {error!r}")
                client.close()
                if len(self.failures) > 20:
                    return
                continue
            with self.lock:
                self.statuses[status] = self.statuses.get(status, 0) + 1
                self.done += 1
                if self.options.pid and self.done == self.options.count // 10:
                    self.warm_rss = rss_kb(self.options.pid)
        client.close()

    def finish(self):
        try:
            status = Client(self.options.address).exchange(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            if status != 200:
                self.failures.append(f"unhealthy afterwards: {status}")
        except Exception as error:
            self.failures.append(f"gone afterwards: {error!r}")
        if self.warm_rss is not None:
            grown = rss_kb(self.options.pid) - self.warm_rss
            print(f"RSS {self.warm_rss} kB after a tenth, {grown:+} kB at the end")
            if grown > self.options.rss_growth:
                self.failures.append(f"memory grew by {grown} kB")
        print("answers:", ", ".join(f"{count} x {status}" for status, count in sorted(self.statuses.items())))
        for failure in self.failures[:20]:
            print("FAIL", failure, file=sys.stderr)
        return 1 if self.failures else 0


def main():
    run = Run(arguments())
    threads = [threading.Thread(target=run.work, args=(worker,)) for worker in range(run.options.connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return run.finish()


sys.exit(main())
