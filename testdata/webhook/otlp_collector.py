"""Takes OTLP/HTTP traces: otlp_collector.py FILE prints its port, then appends each body to FILE as a line of JSON."""

import http.server
import json
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        good = self.path == "/v1/traces" and self.headers["Content-Type"] == "application/json"
        if good:
            with open(sys.argv[1], "a") as file:
                file.write(json.dumps(body) + "\n")
        self.send_response(200 if good else 404)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
