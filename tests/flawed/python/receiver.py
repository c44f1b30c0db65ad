"""A receiver of Preflix with one flaw: FLAW is none, reserialised-json or success-on-failure. See ../src/main.rs."""

import hashlib
import hmac
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

FLAW = os.environ["FLAW"]
SECRET = os.environ["SECRET"].encode()
LIMIT = 1 << 20
done, in_flight, lock = set(), set(), threading.Lock()


def is_genuine(headers, body):
    sent, timestamp = headers.get("preflixai-signature", ""), headers.get("preflixai-timestamp", "")
    if FLAW == "reserialised-json":
        try:
            body = json.dumps(json.loads(body)).encode()
        except ValueError:
            return False
    expected = hmac.new(SECRET, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    # Bytes: compare_digest takes no text outside ASCII.
    if not hmac.compare_digest(expected.encode(), sent.encode()):
        return False
    return timestamp.isdigit() and abs(time.time() - int(timestamp)) <= 300


def work(event_id):
    if os.path.exists(os.environ["FAILING"]):
        raise RuntimeError("the work fails")
    with open(os.environ["EFFECTS"], "a") as effects:
        effects.write(f"{event_id}\n")


def handle(body):
    try:
        event_id = json.loads(body)["id"]
    except (ValueError, KeyError, TypeError):
        return 422
    with lock:
        if event_id in done:
            return 200
        if event_id in in_flight:
            return 503
        in_flight.add(event_id)
    try:
        work(event_id)
        done.add(event_id)
        return 200
    except RuntimeError:
        return 200 if FLAW == "success-on-failure" else 500
    finally:
        in_flight.discard(event_id)


class Receiver(BaseHTTPRequestHandler):
    timeout = 10

    def do_POST(self):
        length = self.headers.get("content-length", "")
        if self.path != "/hook":
            return self.answer(404)
        if not length.isdigit():
            return self.answer(411)
        if int(length) > LIMIT:
            return self.answer(413)
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            return self.answer(400)
        self.answer(handle(body) if is_genuine(self.headers, body) else 401)

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path != "/effects":
            return self.answer(404)
        wanted = parse_qs(url.query)["id"][0]
        try:
            with open(os.environ["EFFECTS"]) as effects:
                count = sum(line.strip() == wanted for line in effects)
        except FileNotFoundError:
            count = 0
        self.answer(200, str(count).encode())

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True

    def handle_error(self, *_):
        # A sender that has closed the connection.
        pass


host, port = os.environ["ADDR"].split(":")
server = Server((host, int(port)), Receiver)
print(f"listening on http://{host}:{server.server_port}", file=sys.stderr, flush=True)
server.serve_forever()
