"""Takes TLS connections on a port of loopback and hands them on in plain text to another one.

usage: tls-front.py PORT PLAIN-PORT CERTIFICATE KEY
"""

import socket
import ssl
import sys
import threading


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    # Both ways: who loses one half has lost the connection.
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(raw, context, plain_port):
    try:
        secured = context.wrap_socket(raw, server_side=True)
        plain = socket.create_connection(("127.0.0.1", plain_port))
    except OSError:
        raw.close()
        return
    threading.Thread(target=pump, args=(secured, plain), daemon=True).start()
    pump(plain, secured)


def main():
    port, plain_port, certificate, key = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", port), backlog=128)
    while True:
        raw, _ = listener.accept()
        threading.Thread(target=serve, args=(raw, context, plain_port), daemon=True).start()


main()
