"""C-STORE of the same objects by DCMTK's storescu, tuned, over one association and over several at
once: cxrbridge, which answers when they are durable, beside Orthanc and dcmqrscp, tuned. How often each
waits for the disk is counted, for they do not promise the same; what storescu takes by itself is what
it takes to send to storescp, which throws everything away."""

import os
import re
import shutil
import subprocess
import time

import node
import rows
from move import ready_made, studies_of
from support import DCMTK_TUNED, Failure, median, needs, report, run_to_end, table

TARGETS = ["cxrbridge"]
PACKAGES = ["dcmtk", "libdcmtk17", "orthanc"]
BUDGETS = {"times tuned Orthanc's speed": ("at least", 5.0)}
OURS = "cxrbridge, durable"
SENDERS = 8
SYNCS = "fsync,fdatasync,sync,syncfs,msync"


def storescu(one, folder):
    to = ["-aec", one.title, "127.0.0.1", str(one.port)]
    return ["storescu", "-R", "+sd", *to, str(folder)]


def store(one, folders):
    """Wall and CPU seconds until all folders are sent, each over an association of its own."""
    cpu = one.server.cpu_seconds()
    began = time.perf_counter()
    sending = [
        subprocess.Popen(
            storescu(one, folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **DCMTK_TUNED},
        )
        for folder in folders
    ]
    codes = [sender.wait(300) for sender in sending]
    taken = time.perf_counter() - began
    if any(codes):
        raise Failure(f"storescu to {one.name}: exit codes {codes}")
    return taken, one.server.cpu_seconds() - cpu


def waits_for_the_disk(one, folder):
    """How often the node's process waited for the disk while it got the objects."""
    counted = folder.parent / "strace"
    tracing = subprocess.Popen(
        ["strace", "-f", "-c", "-e", f"trace={SYNCS}", "-o", str(counted), "-p", str(one.server.pid)],
        stderr=subprocess.PIPE,
        text=True,
    )
    if "attached" not in tracing.stderr.readline():
        tracing.communicate()
        return None  # not allowed here
    run_to_end(storescu(one, folder), DCMTK_TUNED)
    tracing.send_signal(2)
    tracing.communicate()
    calls = re.findall(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)", counted.read_text(), re.MULTILINE)
    return sum(int(number) for number in calls[: len(calls) - 1] or calls)


def divided(folder, parts):
    """The objects in so many folders."""
    folders = [folder.parent / f"objects-{number}" for number in range(parts)]
    for one in folders:
        one.mkdir()
    for number, file in enumerate(sorted(folder.iterdir())):
        os.link(file, folders[number % parts] / file.name)
    return folders


def contenders(run):
    """What starts each, empty: what is there already is not stored."""
    nothing, _ = rows.write(run.folder / "nothing", 0)
    starts = {OURS: lambda: node.bridge(run, nothing, name=OURS)}
    if not run.smoke:
        needs("Orthanc", "dcmqrscp")
        lax = {"SyncStorageArea": False}
        starts["Orthanc 1.10.1, tuned"] = lambda: node.orthanc(run, DCMTK_TUNED)
        starts["Orthanc, tuned, SyncStorageArea off"] = lambda: node.orthanc(
            run, DCMTK_TUNED, further=lax
        )
        starts["dcmqrscp 3.6.7, tuned"] = lambda: node.dcmqrscp(run, DCMTK_TUNED)
        starts["nobody: storescp --ignore, tuned"] = lambda: node.Destination(
            run, "NOBODY", DCMTK_TUNED
        )
    return starts


def measure(run, starts, folders):
    taken = {name: [] for name in starts}
    for number in range(1 if run.smoke else 5):
        for name in starts if number % 2 == 0 else reversed(list(starts)):
            with starts[name]() as one:
                taken[name].append(store(one, folders))
    return taken


def summary(taken, objects, total_bytes):
    summed = {}
    for name, runs in taken.items():
        wall = median([run_[0] for run_ in runs])
        summed[name] = {
            "wall_s": wall,
            "objects_a_second": objects / wall,
            "megabytes_a_second": total_bytes / wall / 1e6,
            "cpu_ms_an_object": 1000 * median([run_[1] for run_ in runs]) / objects,
        }
    for row in summed.values():
        row["times_ours"] = row["wall_s"] / summed[OURS]["wall_s"]
    return summed


def main(run):
    needs("storescu", "storescp", "movescu", "findscu")
    data_set, kind = run.data_set()
    folder, total_bytes, images = ready_made(run, data_set, studies_of)
    objects = len(list(folder.iterdir()))
    starts = contenders(run)
    one = summary(measure(run, starts, [folder]), objects, total_bytes)
    # dcmqrscp, whose processes share one index file, fails some of so many at once.
    at_once = {name: start for name, start in starts.items() if not name.startswith("dcmqrscp")}
    several = summary(measure(run, at_once, divided(folder, SENDERS)), objects, total_bytes)
    for name, start in starts.items():
        waits = None
        if shutil.which("strace"):
            with start() as contender:
                waits = waits_for_the_disk(contender, folder)
        one[name]["waits_an_object"] = None if waits is None else waits / objects
    what = f"C-STORE of {objects} objects, {images} of them images ({total_bytes / 1e6:.0f} MB), {kind}"
    columns = ("", "s", "objects/s", "MB/s", "CPU ms/object", "time x ours", "waits/object")
    print(table(what, columns, [(name, *row.values()) for name, row in one.items()]))
    print(table(f"the same over {SENDERS} associations at once", columns[:-1],
                [(name, *row.values()) for name, row in several.items()]))
    reached = {
        f"times tuned Orthanc's speed{over}": taken[name]["times_ours"]
        for over, taken in (("", one), (f", {SENDERS} associations", several))
        for name in taken if name.startswith("Orthanc 1")
    }
    result = {
        "data": kind,
        "objects": objects,
        "contenders": one,
        f"over_{SENDERS}_associations": several,
        "reached": reached,
    }
    return report(run, "store", result, PACKAGES)
