"""1, 10, 100 and 500 clients at once: throughput, p99 and memory of C-FIND (one study), cxrbridge beside
Orthanc; and what an idle association costs."""

import subprocess
import time

import node
import rows
from support import Failure, needs, report, table

TARGETS = ["bench.dimse_clients", "cxrbridge"]
PACKAGES = ["orthanc"]
ROWS = 112_120
CLIENTS = (1, 10, 100, 200, 500)
IDLE = 200
BUDGETS = {
    "throughput of 200 beside one": ("at least", 1.0),
    "MB an association": ("at most", 1.0),
}


def idle_megabytes(run, one, clients):
    """Of resident memory for each of so many associations that do nothing."""
    before = one.resident_bytes()
    command = [str(run.build / "bench" / node.CLIENTS), f"127.0.0.1:{one.port}", one.title]
    idling = subprocess.Popen(
        [*command, str(clients), "1.5", "idle"], stdout=subprocess.PIPE, text=True
    )
    for _ in range(clients):
        if "idle" not in idling.stdout.readline():
            raise Failure("not all associations were accepted")
    time.sleep(0.2)
    after = one.resident_bytes()
    idling.communicate(timeout=60)
    return (after - before) / 1e6 / clients


def main(run):
    needs("findscu")
    data_set, patients = rows.write(run.folder / "rows", 200 if run.smoke else ROWS)
    counts = (1, 10) if run.smoke else CLIENTS
    measured = {}
    with node.bridge(run, data_set) as one:
        uids = node.study_uids(one, patients, 20 if run.smoke else 200)
        node.ask(run, one, 1, 0.5, "find", uids)
        for _ in range(1 if run.smoke else 3):
            for clients in counts:
                got = node.ask(run, one, clients, 0.2 if run.smoke else 3, "find", uids)
                best = measured.get(clients)
                if best is None or got["per_second"] > best["per_second"]:
                    measured[clients] = got
                measured[clients]["resident_mb"] = one.resident_bytes() / 1e6
        idle = idle_megabytes(run, one, 10 if run.smoke else IDLE)
    print(
        table(
            "C-FIND of one study by many clients at once (the best of three runs)",
            ("clients", "a second", "p50 ms", "p99 ms", "resident MB"),
            [
                (str(clients), got["per_second"], got["p50_ms"], got["p99_ms"], got["resident_mb"])
                for clients, got in measured.items()
            ],
        )
    )
    print(f"an idle association: {1000 * idle:.0f} KB")
    reached = {"MB an association": idle}
    if 200 in measured:
        reached["throughput of 200 beside one"] = (
            measured[200]["per_second"] / measured[1]["per_second"]
        )
    result = {"clients": measured, "idle_mb": idle, "reached": reached}
    return report(run, "clients", result, PACKAGES)
