"""C-STORE of the same objects by DCMTK's storescu, tuned: cxrbridge, which answers when they are
durable, beside Orthanc and dcmqrscp, tuned, which do not promise that."""

import time

import node
from move import ready_made, studies_of
from support import DCMTK_TUNED, median, needs, report, run_to_end, table

TARGETS = ["cxrbridge"]
PACKAGES = ["dcmtk", "libdcmtk17", "orthanc"]
BUDGETS = {"times tuned Orthanc's speed": ("at least", 5.0)}


def store(one, folder):
    began = time.perf_counter()
    cpu = one.server.cpu_seconds()
    to = ["-aec", one.title, "127.0.0.1", str(one.port)]
    run_to_end(["storescu", "-R", "+sd", *to, str(folder)], DCMTK_TUNED)
    return time.perf_counter() - began, one.server.cpu_seconds() - cpu


def main(run):
    needs("storescu", "storescp", "movescu", "findscu")
    data_set, kind = run.data_set()
    folder, total_bytes, images = ready_made(run, data_set, studies_of)
    objects = len(list(folder.iterdir()))
    sample = run.sample(1)
    starts = {"cxrbridge, durable": lambda: node.bridge(run, sample)}
    if not run.smoke:
        needs("Orthanc", "dcmqrscp")
        starts["Orthanc 1.10.1, tuned"] = lambda: node.orthanc(run, DCMTK_TUNED)
        starts["dcmqrscp 3.6.7, tuned"] = lambda: node.dcmqrscp(run, DCMTK_TUNED)
    taken = {name: [] for name in starts}
    for number in range(1 if run.smoke else 5):
        for name in starts if number % 2 == 0 else reversed(list(starts)):
            with starts[name]() as one:  # empty each time: what is there already is not stored
                taken[name].append(store(one, folder))
    contenders = {}
    for name, runs in taken.items():
        wall = median([run_[0] for run_ in runs])
        contenders[name] = {
            "wall_s": wall,
            "objects_a_second": objects / wall,
            "megabytes_a_second": total_bytes / wall / 1e6,
            "cpu_ms_an_object": 1000 * median([run_[1] for run_ in runs]) / objects,
        }
    ours = contenders["cxrbridge, durable"]
    reached = {}
    for name, theirs in contenders.items():
        theirs["times_ours"] = theirs["wall_s"] / ours["wall_s"]
        if name.startswith("Orthanc"):
            reached["times tuned Orthanc's speed"] = theirs["times_ours"]
    print(
        table(
            f"C-STORE of {objects} objects, {images} of them images ({total_bytes / 1e6:.0f} MB), {kind}",
            ("", "s", "objects/s", "MB/s", "CPU ms/object", "time x ours"),
            [(name, *values.values()) for name, values in contenders.items()],
        )
    )
    result = {"data": kind, "objects": objects, "contenders": contenders, "reached": reached}
    return report(run, "store", result, PACKAGES)
