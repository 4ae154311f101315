"""From nothing to `ready`: the catalogue of the whole table, cold and again, and what stays in memory."""

import shutil
import time

import node
import rows
from support import median, report, table

TARGETS = ["cxrbridge"]
PACKAGES = ["libsqlite3-0"]
ROWS = 112_120
BUDGETS = {"cold, s": ("at most", 2.0), "resident MB": ("at most", 150.0)}


def start(run, data_set, state):
    began = time.perf_counter()
    with node.bridge(run, data_set, state=state) as started:
        seconds = time.perf_counter() - began
        return seconds, started.server.cpu_seconds(), started.resident_bytes() / 1e6


def measure(run, data_set, rounds):
    """Medians of: cold seconds, their CPU, resident MB; the same of starts on what is there."""
    cold, warm = [], []
    for number in range(rounds):
        state = run.folder / f"state-{number}"
        shutil.rmtree(state, ignore_errors=True)
        cold.append(start(run, data_set, state))
        warm.append(start(run, data_set, state))
    return [[median(column) for column in zip(*kind)] for kind in (cold, warm)]


def main(run):
    count = 200 if run.smoke else ROWS
    data_set, _ = rows.write(run.folder / "rows", count)
    cold, warm = measure(run, data_set, 1 if run.smoke else 5)
    print(
        table(
            f"{count} rows to ready",
            ("", "s", "CPU s", "resident MB"),
            [("cold", *cold), ("again, nothing changed", *warm)],
        )
    )
    result = {
        "rows": count,
        "cold": dict(zip(("s", "cpu_s", "resident_mb"), cold)),
        "again": dict(zip(("s", "cpu_s", "resident_mb"), warm)),
        "reached": {"cold, s": cold[0], "resident MB": max(cold[2], warm[2])},
    }
    return report(run, "ready", result, PACKAGES)
