"""A link with a delay: two TUN devices, one of them in a network namespace of its own, and this
process carrying packets between them, each so much later. Both ends are real TCP with its own
windows and acknowledgements. Needs root; the kernel's netem, which is not everywhere, does not."""

import collections
import fcntl
import os
import select
import shutil
import socket
import struct
import subprocess
import threading
import time

from support import Failure

TUNSETIFF = 0x400454CA
IFF_TUN_WITHOUT_HEADER = 0x1001
PACKET_BYTES_MAX = 65536
PACKETS_AT_ONCE = 64


def tun(name):
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN_WITHOUT_HEADER))
    return descriptor


def ip(*arguments):
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"ip {' '.join(arguments)}: {done.stderr.strip()}")


def possible():
    """A container's root may not make devices or namespaces, a chroot's not enter them: tried."""
    if os.geteuid() != 0 or not os.access("/dev/net/tun", os.W_OK) or not shutil.which("ip"):
        return False
    namespace = f"cxr-bench-try-{os.getpid()}"
    try:
        os.close(tun(f"cxr{os.getpid() % 100000}t"))
        ip("netns", "add", namespace)
        try:
            ip("-n", namespace, "link", "set", "lo", "up")
        finally:
            ip("netns", "del", namespace)
    except (Failure, OSError):
        return False
    return True


class Link:
    """`address` is the far end's; `inside` makes a command run there."""

    def __init__(self, round_trip_ms):
        number = os.getpid() % 250
        self.namespace = f"cxr-bench-{os.getpid()}"
        self.address = f"10.213.{number}.2"
        self._near_address = f"10.213.{number}.1"
        self._names = (f"cxr{os.getpid() % 100000}n", f"cxr{os.getpid() % 100000}f")
        self._delay_s = round_trip_ms / 2000
        self._over = threading.Event()
        self._threads = []
        self._descriptors = []

    def __enter__(self):
        near, far = self._names
        self._descriptors = [tun(near), tun(far)]
        ip("netns", "add", self.namespace)
        ip("link", "set", far, "netns", self.namespace)
        inside = ("-n", self.namespace)
        for where, device, mine, other in (
            ((), near, self._near_address, self.address),
            (inside, far, self.address, self._near_address),
        ):
            ip(*where, "addr", "add", mine, "peer", other, "dev", device)
            ip(*where, "link", "set", device, "txqueuelen", "10000", "up")
        ip(*inside, "link", "set", "lo", "up")
        ends = self._descriptors
        for source, sink in (ends, ends[::-1]):
            carrying = threading.Thread(target=self._carry, args=(source, sink), daemon=True)
            carrying.start()
            self._threads.append(carrying)
        return self

    def __exit__(self, *unused):
        self._over.set()
        for carrying in self._threads:
            carrying.join()
        for descriptor in self._descriptors:
            os.close(descriptor)
        ip("netns", "del", self.namespace)

    def inside(self, command):
        return ["ip", "netns", "exec", self.namespace, *command]

    def _carry(self, source, sink):
        on_the_way = collections.deque()
        while not self._over.is_set():
            patience = on_the_way[0][0] - time.monotonic() if on_the_way else 0.1
            readable, _, _ = select.select([source], [], [], max(0, min(patience, 0.1)))
            if readable:
                self._take(source, on_the_way)
            while on_the_way and on_the_way[0][0] <= time.monotonic():
                os.write(sink, on_the_way.popleft()[1])

    def _take(self, source, on_the_way):
        for _ in range(PACKETS_AT_ONCE):
            try:
                packet = os.read(source, PACKET_BYTES_MAX)
            except BlockingIOError:
                return
            on_the_way.append((time.monotonic() + self._delay_s, packet))


def round_trip_ms(address, port):
    """What connecting takes: one round trip."""
    began = time.perf_counter()
    socket.create_connection((address, port)).close()
    return 1000 * (time.perf_counter() - began)
