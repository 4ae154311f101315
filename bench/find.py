"""C-FIND of one study and of all studies, cxrbridge beside Orthanc, each holding as many."""

import json
import shutil
import time

import node
import profile_parts
import rows
from support import median, needs, report, run_to_end, table

TARGETS = ["bench.dimse_clients", "cxrbridge"]
PACKAGES = ["orthanc", "libsqlite3-0"]
STUDIES = 112_120
BUDGETS = {
    "one study, p50 ms": ("at most", 1.0),
    "one study, p99 ms": ("at most", 5.0),
    "one study, times Orthanc's speed": ("at least", 100.0),
    "all studies, times Orthanc's speed": ("at least", 10.0),
}


def filled_orthanc(run, data_set, count):
    """The folder of an Orthanc that got one small object of each study, its report. That takes many
    minutes, so the folder stays in build/bench/ for the next run: the table is the same every time."""
    storage = run.build / "bench" / f"orthanc-{count}"
    done = storage / "filled"
    if done.exists():
        return storage, json.loads(done.read_text())
    shutil.rmtree(storage, ignore_errors=True)
    began = time.perf_counter()
    with node.orthanc(run, storage=storage, further={"SyncStorageArea": False}) as orthanc:
        run_to_end(
            [run.program(), "export", str(data_set), "-o", str(run.folder / "unused")]
            + ["--format", "sr", "--missing-images", "list"]
            + ["--to", f"ORTHANC@127.0.0.1:{orthanc.port}"],
            allowed=(0, 1),
        )
    seconds = time.perf_counter() - began
    done.write_text(json.dumps(seconds))
    return storage, seconds


def main(run, studies=None):
    needs("findscu")
    count = 200 if run.smoke else studies or STUDIES
    seconds = 0.2 if run.smoke else 3
    rounds = 1 if run.smoke else 3
    data_set, patients = rows.write(run.folder / "rows", count)
    result = {"studies": count, "contenders": {}}
    nodes = {"cxrbridge": node.bridge(run, data_set)}
    try:
        uids = node.study_uids(nodes["cxrbridge"], patients, 20 if run.smoke else 200)
        if not run.smoke:
            needs("Orthanc")
            storage, result["filling_orthanc_s"] = filled_orthanc(run, data_set, count)
            nodes["Orthanc 1.10.1"] = node.orthanc(run, storage=storage)
        asked = {name: {"find": [], "all": []} for name in nodes}
        for _ in range(rounds):
            for name, one in nodes.items():
                asked[name]["find"].append(node.ask(run, one, 1, seconds, "find", uids))
        for name, one in nodes.items():  # half a minute each at Orthanc's: once
            asked[name]["all"].append(node.ask(run, one, 1, 0, "all"))
        if not run.smoke and shutil.which("perf"):
            profile = profile_parts.of(
                nodes["cxrbridge"].server.pid,
                run.folder,
                lambda: node.ask(run, nodes["cxrbridge"], 1, seconds, "find", uids),
            )
            result["functions_percent"] = profile_parts.print_shares(
                "one-study C-FIND, cxrbridge", profile["functions"], profile["parts"]
            )
        for name, kinds in asked.items():
            one, every = kinds["find"], kinds["all"][0]
            result["contenders"][name] = {
                "p50_ms": median([round_["p50_ms"] for round_ in one]),
                "p99_ms": median([round_["p99_ms"] for round_ in one]),
                "all_s": every["seconds"],
                "matches": every["matches"],
                "resident_mb": nodes[name].resident_bytes() / 1e6,
            }
    finally:
        for one in nodes.values():
            one.server.__exit__()
    ours = result["contenders"]["cxrbridge"]
    reached = {"one study, p50 ms": ours["p50_ms"], "one study, p99 ms": ours["p99_ms"]}
    for name, theirs in result["contenders"].items():
        if name != "cxrbridge":
            reached["one study, times Orthanc's speed"] = theirs["p50_ms"] / ours["p50_ms"]
            reached["all studies, times Orthanc's speed"] = theirs["all_s"] / ours["all_s"]
    result["reached"] = reached
    print(
        table(
            f"C-FIND among {count} studies",
            ("", "one study p50 ms", "p99 ms", "all studies s", "matches", "resident MB"),
            [(name, *values.values()) for name, values in result["contenders"].items()],
        )
    )
    return report(run, "find", result, PACKAGES)
