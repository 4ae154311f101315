"""Where a running program's CPU time goes, from perf's samples: by the parts of a cold move, and by
function."""

import re
import subprocess
import time

from support import table

HERTZ = 2000

# The first that matches a sample's call chain names its part. Kernel functions are whole chains;
# of ours, only the innermost function is known: release builds keep no frame pointers.
PARTS = (
    ("send", r"sock_sendmsg|__sys_sendmsg|sock_write_iter|tcp_sendmsg"),
    ("receive", r"sock_recvmsg|__sys_recvfrom|sock_read_iter"),
    ("read PNG", r"vfs_read|ksys_read|filemap_|ext4_|xfs_|overlay"),
    ("memory of frames", r"page_fault|do_mmap|munmap|madvise|clear_page|memset"),
    ("CRC", r"crc32"),
    ("inflate", r"libisal|libdeflate|inflate|decode_huffman|adler32"),
    ("unfilter", r"unfilter"),
    ("copy", r"memcpy|memmove"),
    ("DCMTK, header", r"libdcm|libofstd|Dcm|canonical|secondary_capture"),
    ("catalogue", r"libsqlite|sqlite3"),
)


def part_of(chain):
    return next((name for name, pattern in PARTS if re.search(pattern, chain)), "other")


def innermost(chain):
    """The function that a sample was in, without its arguments."""
    frame = re.search(r"^\s+[0-9a-f]+ (.+) \((.+)\)$", chain, re.MULTILINE)
    if frame is None:
        return "unknown"
    library = frame[2].rsplit("/", 1)[-1]
    if frame[1] == "[unknown]":
        return f"in {library}"
    return re.sub(r"\(anonymous namespace\)::|cxr::dicom::|\(.*", "", frame[1])


def of(process, folder, work):
    """CPU seconds while `work` ran: by part, and the ten functions with most of them."""
    data = folder / "perf.data"
    recording = subprocess.Popen(
        ["perf", "record", "-q", "-g", "-e", "cpu-clock", "-F", str(HERTZ), "-p", str(process)]
        + ["-o", str(data)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(1.5)  # perf says nothing when it has begun
    work()
    recording.send_signal(2)
    recording.wait(60)
    listed = subprocess.run(
        ["perf", "script", "-i", str(data), "-F", "comm,ip,sym,dso"],
        capture_output=True,
        text=True,
        errors="replace",
        check=True,
    ).stdout
    parts = {}
    functions = {}
    for chain in listed.split("\n\n"):
        if chain.strip():
            for seconds, name in ((parts, part_of(chain)), (functions, innermost(chain))):
                seconds[name] = seconds.get(name, 0) + 1 / HERTZ
    return {"parts": most_first(parts), "functions": most_first(functions, 10)}


def print_shares(heading, functions, known):
    """The first ten functions, each as a share of all of `known`, seconds by whatever."""
    total = sum(known.values())
    shares = {name: 100 * seconds / total for name, seconds in functions.items()} if total else {}
    print(table(heading, ("", "% of CPU"), shares.items()))
    return shares


def most_first(seconds, count=None):
    return dict(sorted(seconds.items(), key=lambda item: -item[1])[:count])
