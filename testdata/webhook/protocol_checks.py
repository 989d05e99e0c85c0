"""Checks a TLS webhook server from Python's ssl: protocol_checks.py HOST PORT CHECK prints `ok` or fails with why.

The server must answer POST /validate with 200 for any JSON object.
"""

import socket
import ssl
import sys
import warnings

HOST, PORT, CHECK = sys.argv[1], int(sys.argv[2]), sys.argv[3]
TIMEOUT = 20
warnings.simplefilter("ignore", DeprecationWarning)


def context(minimum=None, maximum=None, alpn=None):
    result = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    result.check_hostname = False
    result.verify_mode = ssl.CERT_NONE
    if minimum or maximum:
        result.set_ciphers("ALL:@SECLEVEL=0")
        result.minimum_version = minimum or maximum
        result.maximum_version = maximum or minimum
    if alpn:
        result.set_alpn_protocols(alpn)
    return result


def tcp():
    return socket.create_connection((HOST, PORT), TIMEOUT)


def tls(settings=None):
    return (settings or context()).wrap_socket(tcp(), server_hostname="localhost")


def post(body=b'{"a":1}', *headers):
    lines = [b"POST /validate HTTP/1.1", b"Host: localhost", b"Content-Type: application/json"]
    lines += [b"Content-Length: %d" % len(body), *headers, b"", body]
    return b"\r\n".join(lines)


def response(stream):
    """One response: (status, headers, body)."""
    line = stream.readline()
    assert line.startswith(b"HTTP/1.1 "), line
    headers = {}
    while True:
        header = stream.readline().strip()
        if not header:
            break
        name, _, value = header.partition(b":")
        headers[name.lower()] = value.strip()
    return int(line.split()[1]), headers, stream.read(int(headers[b"content-length"]))


def expect_version(version, name):
    with tls(context(version, version)) as connection:
        assert connection.version() == name, connection.version()
        connection.sendall(post())
        assert response(connection.makefile("rb"))[0] == 200


def refuses_version(version):
    try:
        with tls(context(version, version)) as connection:
            raise AssertionError(f"accepted {connection.version()}")
    except (ssl.SSLError, ConnectionResetError) as error:
        return str(error)


def alpn():
    with tls(context(alpn=["h2", "http/1.1"])) as connection:
        assert connection.selected_alpn_protocol() == "http/1.1", connection.selected_alpn_protocol()


def alpn_unknown():
    try:
        with tls(context(alpn=["h2"])):
            raise AssertionError("accepted a client that speaks h2 only")
    except ssl.SSLError as error:
        assert "NO_APPLICATION_PROTOCOL" in str(error).upper().replace(" ", "_"), error


def keep_alive():
    with tls() as connection:
        stream = connection.makefile("rb")
        for _ in range(100):
            connection.sendall(post())
            assert response(stream)[0] == 200


def pipelining():
    with tls() as connection:
        connection.sendall(post() * 500)
        stream = connection.makefile("rb")
        for _ in range(500):
            assert response(stream)[0] == 200


def never_reads():
    """Thousands of requests whose answers nobody reads must not stop others, and are answered once read."""
    with tls() as connection:
        connection.settimeout(2)
        sent, request = 0, b"GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n" * 1000
        try:
            for _ in range(200):
                connection.sendall(request)
                sent += 1
        except (TimeoutError, ssl.SSLWantWriteError):
            pass
        keep_alive()
        assert sent < 200, "the server took everything"


def resumption():
    settings = context(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2)
    with tls(settings) as connection:
        connection.sendall(post())
        response(connection.makefile("rb"))
        session = connection.session
    with settings.wrap_socket(tcp(), server_hostname="localhost", session=session) as connection:
        assert connection.session_reused


def half_close(close_notify):
    """Sends a request and our end of the stream together; the whole answer must come, and the end after it."""
    raw = tcp()
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    while True:
        try:
            session.do_handshake()
            break
        except ssl.SSLWantReadError:
            raw.sendall(outgoing.read())
            incoming.write(raw.recv(65536))
    session.write(post(b'{"half":"closed"}'))
    if close_notify:
        try:
            session.unwrap()
        except ssl.SSLWantReadError:
            pass
    raw.sendall(outgoing.read())
    raw.shutdown(socket.SHUT_WR)
    data = b""
    while True:
        received = raw.recv(65536)
        if not received:
            incoming.write_eof()
            break
        incoming.write(received)
    try:
        while True:
            piece = session.read(65536)
            if not piece:
                break
            data += piece
    except ssl.SSLZeroReturnError:
        pass
    assert data.startswith(b"HTTP/1.1 200 OK\r\n"), data


def plaintext():
    with tcp() as raw:
        raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        stream = raw.makefile("rb")
        status, headers, body = response(stream)
        assert status == 400 and b"HTTPS" in body and headers[b"connection"] == b"close", (status, body)
        assert stream.read() == b""


def garbage():
    for data in (b"\0" * 5000, b"\xff" * 70000, bytes(range(256)) * 20, b"\x16\x03\x01\x40\x00" + b"x" * 16384):
        with tcp() as raw:
            try:
                raw.sendall(data)
                raw.shutdown(socket.SHUT_WR)
                while raw.recv(4096):
                    pass
            except ConnectionError:
                pass
    keep_alive()


def cut_short():
    for count in (0, 1, 5, 100):
        with tcp() as raw:
            raw.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * count)
    for count in range(1, len(post())):
        with tls() as connection:
            connection.sendall(post()[:count])
    keep_alive()


def oversized():
    """413 reaches a client that is still sending its body."""
    for headers in ([b"Content-Length: 50000000"], [b"Transfer-Encoding: chunked"]):
        with tls() as connection:
            lines = [b"POST /validate HTTP/1.1", b"Host: h", b"Content-Type: application/json", *headers, b"", b""]
            connection.sendall(b"\r\n".join(lines))
            piece = b"x" * 65536
            piece = piece if b"Length" in headers[0] else b"10000\r\n" + piece + b"\r\n"
            try:
                for _ in range(150):
                    connection.sendall(piece)
            except (ConnectionError, ssl.SSLError):
                pass
            status, fields, _ = response(connection.makefile("rb"))
            assert status == 413 and fields[b"connection"] == b"close", status


def largest():
    with tls() as connection:
        connection.sendall(post(b'{"x":"' + b"y" * ((8 << 20) - 8) + b'"}'))
        assert response(connection.makefile("rb"))[0] == 200


CHECKS = {
    "tls-1.0": lambda: refuses_version(ssl.TLSVersion.TLSv1),
    "tls-1.1": lambda: refuses_version(ssl.TLSVersion.TLSv1_1),
    "tls-1.2": lambda: expect_version(ssl.TLSVersion.TLSv1_2, "TLSv1.2"),
    "tls-1.3": lambda: expect_version(ssl.TLSVersion.TLSv1_3, "TLSv1.3"),
    "alpn": alpn,
    "alpn-unknown": alpn_unknown,
    "keep-alive": keep_alive,
    "pipelining": pipelining,
    "never-reads": never_reads,
    "resumption": resumption,
    "half-close-tls": lambda: half_close(True),
    "half-close-tcp": lambda: half_close(False),
    "plaintext": plaintext,
    "garbage": garbage,
    "cut-short": cut_short,
    "oversized": oversized,
    "largest": largest,
}

CHECKS[CHECK]()
print("ok")
