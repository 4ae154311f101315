"""What a stranger may try over HTTP. dicomweb_hostile.py PORT PROCESS: exits with a traceback where the
answer is not the right one, memory grows, or others notice."""

import http.client
import socket
import sys
import time

PORT, PROCESS = int(sys.argv[1]), sys.argv[2]
HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"


def resident_bytes():
    with open(f"/proc/{PROCESS}/statm") as file:
        return int(file.read().split()[1]) * 4096


def connect():
    return socket.create_connection(("127.0.0.1", PORT), timeout=20)


def rest_of(connection):
    data = b""
    try:
        while piece := connection.recv(65536):
            data += piece
    except ConnectionResetError:
        pass
    return data


def told(data, status):
    """Sends everything, then reads to the end: the status must be there."""
    with connect() as connection:
        try:
            connection.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        answer = rest_of(connection)
    assert answer.startswith(b"HTTP/1.1 %d " % status), (data[:60], answer[:60])


def alive():
    connection = http.client.HTTPConnection("localhost", PORT, timeout=1)
    connection.request("GET", "/healthz")
    assert connection.getresponse().read() == b"ok\n"
    connection.close()


def request(target, fields=b"", method=b"GET"):
    return method + b" " + target + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + fields + b"\r\n"


alive()
before = resident_bytes()

told(b"GET /" + b"a" * 65536 + b" HTTP/1.1\r\n", 414)
told(HEAD + b"X: " + b"a" * 1_000_000, 431)
told(HEAD + b"a: b\r\n" * 100_000 + b"\r\n", 431)
told(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 600 + b"\r\n\r\n", 400)
told(b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", 505)
told(request(b"/dicom-web/studies", b"Content-Length: 2147483649\r\n", b"POST"), 413)
told(request(b"/dicom-web/studies", b"Content-Length: 99999999999999999999\r\n", b"POST"), 400)
told(request(b"/healthz", b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"POST"), 400)
told(b"GET /healthz HTTP/1.1\r\nHost: rebound.example.org\r\nConnection: close\r\n\r\n", 421)
for target in (b"/../../etc/passwd", b"/%2e%2e/%2e%2e/etc/passwd", b"/dicom-web/..%2f..%2fetc/passwd",
               b"/dicom-web/studies/%c0%ae%c0%ae", b"/dicom-web/studies/%00", b"/viewer/..%5c..%5cetc", b"/a%0d%0aX:y"):
    told(request(target), 400)
told(request(b"/dicom-web/studies/" + b"1" * 4000 + b"/series"), 400)
told(request(b"/dicom-web/studies?PatientName=" + b"*a" * 2000), 400)
told(request(b"/dicom-web/studies?PatientID=%27%20OR%201%3D1--"), 204)

# Chunks without an end, for a resource that does not want them: cut off, and nothing is kept.
with connect() as endless:
    endless.sendall(request(b"/healthz", b"Transfer-Encoding: chunked\r\n", b"POST"))
    began = time.monotonic()
    try:
        while time.monotonic() - began < 15:
            endless.sendall(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
    except (BrokenPipeError, ConnectionResetError):
        pass
    else:
        raise AssertionError("what nobody wanted was taken without end")

# Two hundred who say half a request, and a newcomer.
slow = [connect() for _ in range(200)]
for connection in slow:
    connection.sendall(HEAD)
alive()
began = time.monotonic()
for connection in slow:
    assert rest_of(connection).startswith(b"HTTP/1.1 408 "), "told, and cut off"
    connection.close()
assert time.monotonic() - began < 15

# Somebody who asks for much and reads nothing.
greedy = [connect() for _ in range(20)]
for connection in greedy:
    connection.sendall(request(b"/dicom-web/instances?includefield=all") * 50)
alive()
for connection in greedy:
    connection.close()

alive()
grown = resident_bytes() - before
assert grown < 64 << 20, f"{grown} bytes more than before"
print("alive")
