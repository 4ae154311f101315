"""Cost by size: ready time, memory, disk, one-study C-FIND, and a C-MOVE of one study, from a thousand
to a million rows. CXR_BENCH_ROWS_MAX sets another end."""

import os
import pathlib
import time

import node
import rows
from move import movescu
from node import Destination
from support import DCMTK_TUNED, median, needs, report, table

TARGETS = ["bench.dimse_clients", "cxrbridge"]
PACKAGES = ["libsqlite3-0"]
SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
ROWS_MAX = int(os.environ.get("CXR_BENCH_ROWS_MAX", 1_000_000))
BUDGETS = {}
LINKED = 20


def at(run, count, pngs):
    folder = run.folder / f"rows-{count}"
    data_set, patients = rows.write(folder, count, pngs, LINKED)
    state = folder / "state"
    with Destination(run, f"SCALE{count}", DCMTK_TUNED) as destination:
        began = time.perf_counter()
        with node.bridge(run, data_set, state=state, destinations=[destination]) as one:
            cold_s = time.perf_counter() - began
            cold_mb = one.resident_bytes() / 1e6
        began = time.perf_counter()
        with node.bridge(run, data_set, state=state, destinations=[destination]) as one:
            again_s = time.perf_counter() - began
            uids = node.study_uids(one, patients, 20 if run.smoke else 200)
            found = node.ask(run, one, 1, 0.2 if run.smoke else 2, "find", uids)
            studies = node.find_uids(one, ["PatientID=00000001"])
            moves = []
            for _ in range(3):
                moves.append(movescu(one, destination.title, studies[:1])[1])
            return {
                "ready_s": cold_s,
                "ready_again_s": again_s,
                "resident_mb": cold_mb,
                "resident_asked_mb": one.resident_bytes() / 1e6,
                "disk_mb": sum(f.stat().st_size for f in state.rglob("*") if f.is_file()) / 1e6,
                "find_p50_ms": found["p50_ms"],
                "find_p99_ms": found["p99_ms"],
                "move_one_study_s": median(moves),
            }


def main(run):
    needs("findscu", "movescu", "storescp")
    source, _ = run.data_set()
    pngs = sorted(pathlib.Path(source, "images").glob("*.png"))[:LINKED]
    sizes = (100, 300) if run.smoke else [size for size in SIZES if size <= ROWS_MAX]
    curve = {size: at(run, size, pngs) for size in sizes}
    columns = ("rows", "ready s", "again s", "resident MB", "after asking MB", "disk MB")
    columns += ("find p50 ms", "p99 ms", "move 1 study s")
    print(
        table(
            "cost by size", columns, [(str(size), *got.values()) for size, got in curve.items()]
        )
    )
    return report(run, "scale", {"curve": curve, "reached": {}}, PACKAGES)
