"""As bench/move.py, with more to do: a C-MOVE of 1,000 synthetic images and their reports, cxrbridge from
PNG and from its cache beside Orthanc, which holds the objects ready-made: to a tuned storescp; and to a
receiver that costs next to nothing, where the sender is the limit, beside what iperf3 gets through."""

import json
import tempfile

import node
from move import at_one_destination, print_rows, ready_made, studies_of
from support import (
    DCMTK_TUNED,
    Server,
    free_port,
    median,
    needs,
    report,
    run_to_end,
    table,
)

TARGETS = ["cxrbridge", node.SINK]
PACKAGES = ["dcmtk", "libdcmtk17", "orthanc", "iperf3"]
PATIENTS = 385  # who have 1,000 images
ROUNDS = 3


def loopback_megabytes_a_second():
    """What the wire carries at most: iperf3, one stream, a second; three times."""
    port = str(free_port())
    with tempfile.TemporaryDirectory() as folder:
        serving = ["iperf3", "-s", "--forceflush", "-p", port]
        with Server(serving, f"{folder}/iperf3.log") as server:
            server.wait_for_line("listening")
            asking = ["iperf3", "-c", "127.0.0.1", "-t", "1", "-J", "-p", port]
            sent = [json.loads(run_to_end(asking))["end"]["sum_received"] for _ in range(3)]
    return [one["bits_per_second"] / 8e6 for one in sent]


def main(run):
    needs("storescp", "movescu", "findscu", "storescu")
    peers = [] if run.smoke else ["orthanc"]
    data_set = run.sample(1) if run.smoke else run.kept_sample(PATIENTS)
    objects = ready_made(run, data_set, studies_of)
    _, total_bytes, images = objects
    what = f"{images} synthetic images and their reports ({total_bytes / 1e6:.0f} MB)"
    result = {"images": images, "bytes": total_bytes}

    def moves_to(destination, more_associations=()):
        rows, profile = at_one_destination(
            run, data_set, objects, destination, DCMTK_TUNED, peers, ROUNDS, more_associations
        )
        print_rows(f"C-MOVE to {destination.name}, tuned: {what}", rows)
        return rows, profile

    with node.Destination(run, "MANY", DCMTK_TUNED) as destination:
        result["contenders"], profile = moves_to(destination)
    for kind, seconds in (profile or {}).items():
        per_image = {entry: 1000 * spent / images for entry, spent in seconds.items()}
        result[f"cpu_ms_an_image_by_{kind}"] = per_image
        print(table(f"cxrbridge from PNG, CPU by {kind}", ("", "ms an image"), per_image.items()))

    wire = [] if run.smoke else loopback_megabytes_a_second()
    with node.Sink(run, "SINK") as destination:
        result["to_sink"], _ = moves_to(destination, (2,))
    if wire:
        wire = sorted(wire + loopback_megabytes_a_second())
        result["loopback_megabytes_a_second"] = median(wire)
        said = ", ".join(f"{one:.0f}" for one in wire)
        print(f"iperf3, before and after: {said}; median {median(wire):.0f} MB/s")
    return report(run, "move_many", result, PACKAGES)
