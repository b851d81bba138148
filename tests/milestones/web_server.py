"""A real web server on the loopback, which answers a link check in every good and bad way.

with WebServer() as server:
    server.url("/ok")
    server.asked            # [("HEAD", "/ok"), …] with their headers
"""

import datetime
import ipaddress
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from milestones.links.requests import Limits

HUGE = 200 * 1024**2


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        path = self.path.partition("?")[0]
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        name, _slash, rest = path.strip("/").partition("/")
        ways = {
            "status": lambda: self.say(int(rest)),
            "to": lambda: self.say(302, Location=rest.replace("_", "/")),
            "loop": lambda: self.say(301, Location="/loop"),
            "nowhere": lambda: self.say(302),
            "abroad": lambda: self.say(302, Location=self.server.abroad),
            "only_get": lambda: self.say(405 if self.command == "HEAD" else 200),
            "hangs_up_on_head": self.hang_up_on_head,
            "hangs_up": lambda: self.connection.close(),
            "huge": self.huge,
            "silent": lambda: time.sleep(3),
            "drips": self.drip,
            "nonsense": lambda: self.wfile.write(b"what is this\r\n\r\n"),
            "wait": lambda: self.wait(rest),
            "endless_headers": lambda: self.wfile.write(
                b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"
            ),
        }
        self.close_connection = True
        ways.get(name, lambda: self.say(200))()

    do_HEAD = do_GET = answer

    def say(self, status, **headers):
        self.send_response(status)
        for header, value in headers.items():
            self.send_header(header.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def wait(self, seconds):
        known = len([1 for _command, path, _headers in self.server.asked if path == self.path])
        if known == 1 or seconds == "3600":
            self.say(429, Retry_After=seconds)
        else:
            self.say(200)

    def hang_up_on_head(self):
        if self.command == "HEAD":
            self.connection.close()
        else:
            self.say(200)

    def huge(self):
        if self.command == "HEAD":
            return self.say(405)
        self.send_response(200)
        self.send_header("Content-Length", str(HUGE))
        self.end_headers()
        try:
            for _part in range(HUGE // 65536):
                self.wfile.write(b"x" * 65536)
                self.server.sent += 65536
        except OSError:
            self.server.was_cut_off.set()

    def drip(self):
        """Answer a letter at a time, so that no single one is late."""
        try:
            for letter in b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 1000:
                self.wfile.write(bytes([letter]))
                time.sleep(0.1)
        except OSError:
            self.server.was_cut_off.set()

    def log_message(self, *args):
        pass


class WebServer:
    def __init__(self, certificate=None):
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        # A thread that sleeps must not keep a test from ending.
        self.http.block_on_close = False
        self.http.asked, self.http.sent = [], 0
        self.http.was_cut_off = threading.Event()
        self.scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
            self.scheme = "https"
        self.port = self.http.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_error):
        self.http.shutdown()
        self.http.server_close()

    def url(self, path="/", host="localhost"):
        return f"{self.scheme}://{host}:{self.port}{path}"

    @property
    def asked(self):
        return [(command, path) for command, path, _headers in self.http.asked]

    def limits(self, **given):
        allowed = {
            "may_ask": lambda place: place in {"127.0.0.1", "::1"},
            "ports": {self.port},
            "seconds": 1,
            "seconds_in_all": 2,
        }
        return Limits(**allowed | given)


def make_certificate(folder, *, name="localhost", expired=False):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    end = now - datetime.timedelta(days=1) if expired else now + datetime.timedelta(days=1)
    names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.2"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=2))
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}-{expired}.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file
