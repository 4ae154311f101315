"""C-MOVE of every study to DCMTK's storescp: cxrbridge from PNG and from its cache beside Orthanc
and dcmqrscp, which hold the same objects ready-made."""

import re
import shutil
import time

import link
import node
import profile_parts
from node import Destination
from support import (
    DCMTK_TUNED,
    Failure,
    median,
    needs,
    report,
    run_to_end,
    table,
)

TARGETS = ["cxrbridge"]
PACKAGES = ["dcmtk", "libdcmtk17", "orthanc"]
ROUNDS = 5
ROUND_TRIP_MS = 20
STUDIES_MAX = 1000  # their UIDs must fit into one value of VR UI: 64 KiB
DCMQRSCP_STUDIES_MAX = 500  # a constant in its source


def studies_of(source):
    listed = run_to_end(
        ["findscu", "-S", "-aec", source.title, "-k", "QueryRetrieveLevel=STUDY"]
        + ["-k", "StudyInstanceUID", "127.0.0.1", str(source.port)]
    )
    return re.findall(r"\(0020,000d\) UI \[([0-9.]+)", listed)[:STUDIES_MAX]


def movescu(source, destination_title, studies):
    """What it said, and the seconds that it took."""
    began = time.perf_counter()
    said = run_to_end(
        ["movescu", "-S", "-d", "-aec", source.title, "-aem", destination_title, "+xi"]
        + ["-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID=" + "\\".join(studies)]
        + ["127.0.0.1", str(source.port)]
    )
    return said, time.perf_counter() - began


def move(source, destination_title, studies):
    """One C-MOVE of all studies. Wall and CPU seconds, objects that arrived."""
    cpu = source.server.cpu_seconds()
    said, wall = movescu(source, destination_title, studies)
    completed = re.findall(r"Completed Suboperations\s*: (\d+)", said)
    failed = re.findall(r"Failed Suboperations\s*: (\d+)", said)
    if not completed or int(completed[-1]) == 0 or (failed and int(failed[-1]) != 0):
        raise Failure(f"{source.name} did not move everything:\n{said[-2000:]}")
    return {
        "wall_s": wall,
        "cpu_s": source.server.cpu_seconds() - cpu,
        "objects": int(completed[-1]),
    }


def holding(run, name, data_set, destination, cache_bytes, associations=1):
    """cxrbridge, which keeps so many bytes of the objects that it made, and moves over so many
    associations."""
    return node.bridge(
        run,
        data_set,
        name=name,
        destinations=[destination],
        missing_images="hide",
        of_state=f"object_cache_bytes = {cache_bytes}",
        of_peers=f"associations = {associations}",
    )


def ready_made(run, data_set, source_of_studies):
    """The objects as files, and their bytes: what cxrbridge itself sends."""
    folder = run.folder / "objects"
    folder.mkdir()
    with Destination(run, "FILES", DCMTK_TUNED, ("-od", str(folder), "+B")) as files:
        with holding(run, "loader", data_set, files, 0) as source:
            move(source, "FILES", source_of_studies(source))
    sizes = [file.stat().st_size for file in folder.iterdir()]
    return folder, sum(sizes), sum(size > 500_000 for size in sizes)


def measure(contenders, destination_title, studies, rounds):
    """Contenders take turns, the order reversed every other round; the first round warms up. Beside
    them, a move of nothing: what movescu needs to start, ask and end."""
    runs = {source.name: [] for source in contenders}
    nothing = []
    for number in range(rounds + 1):
        nothing.append(movescu(contenders[0], destination_title, ["1.2.3.4"])[1])
        for source in contenders if number % 2 == 0 else reversed(contenders):
            moved = move(source, destination_title, studies)
            if number > 0:
                runs[source.name].append(moved)
    return runs, median(nothing)


def summary(measured, total_bytes, images):
    runs, nothing = measured
    rows = {}
    for name, moves in runs.items():
        wall = median([one["wall_s"] for one in moves])
        moving = max(wall - nothing, 0.001)
        rows[name] = {
            "objects": moves[0]["objects"],
            "wall_s": wall,
            "moving_s": moving,
            "images_a_second": images / moving,
            "megabytes_a_second": total_bytes / moving / 1e6,
            "cpu_ms_an_image": 1000 * median([one["cpu_s"] for one in moves]) / images,
        }
    for row in rows.values():
        row["times_as_long_as_first"] = row["moving_s"] / next(iter(rows.values()))["moving_s"]
    return rows


def print_rows(heading, rows):
    columns = ("", "objects", "wall s", "moving s", "images/s", "MB/s")
    columns += ("CPU ms/image", "time x first")
    keys = ("objects", "wall_s", "moving_s", "images_a_second", "megabytes_a_second")
    keys += ("cpu_ms_an_image", "times_as_long_as_first")
    lines = [(name, *(row[key] for key in keys)) for name, row in rows.items()]
    print(table(heading, columns, lines))


def at_one_destination(
    run, data_set, objects, destination, environment, peers, rounds=ROUNDS, more_associations=()
):
    """cxrbridge from PNG, cached, and cached over more associations than one; and the peers, to one
    destination."""
    folder, total_bytes, images = objects
    cold = holding(run, "cxrbridge, from PNG", data_set, destination, 0)
    contenders = [cold, holding(run, "cxrbridge, cached", data_set, destination, 4 << 30)]
    try:
        for count in more_associations:
            name = f"cxrbridge, cached, {count} associations"
            contenders.append(holding(run, name, data_set, destination, 4 << 30, count))
        studies = studies_of(cold)
        if "orthanc" in peers:
            name = "Orthanc, ready-made"
            contenders.append(
                node.orthanc(run, environment, name=name, destinations=[destination])
            )
            files = [str(file) for file in sorted(folder.iterdir())]
            to_orthanc = ["-aec", "ORTHANC", "127.0.0.1", str(contenders[-1].port)]
            run_to_end(["storescu", "-R", *to_orthanc, *files], DCMTK_TUNED)
        if "dcmqrscp" in peers and len(studies) <= DCMQRSCP_STUDIES_MAX:
            name = "dcmqrscp, ready-made"
            contenders.append(
                node.dcmqrscp(
                    run, environment, name=name, destinations=[destination], objects=folder
                )
            )
        measured = measure(contenders, destination.title, studies, 1 if run.smoke else rounds)
        counts = {name: moves[0]["objects"] for name, moves in measured[0].items()}
        if len(set(counts.values())) != 1:
            raise Failure(f"not the same work: {counts}")
        profile = None
        if not run.smoke and shutil.which("perf") and destination.host == "127.0.0.1":
            profile = profile_parts.of(
                cold.server.pid, run.folder, lambda: move(cold, destination.title, studies)
            )
        return summary(measured, total_bytes, images), profile
    finally:
        for source in contenders:
            source.server.__exit__()


def main(run):
    needs("storescp", "movescu", "findscu", "storescu")
    peers = [] if run.smoke else ["orthanc", "dcmqrscp"]
    if peers:
        needs("Orthanc", "dcmqrscp", "dcmqridx")
    data_set, kind = run.data_set()
    objects = ready_made(run, data_set, studies_of)
    _, total_bytes, images = objects
    result = {"data": kind, "images": images, "bytes": total_bytes, "destinations": {}}
    what = f"{images} images and their reports ({total_bytes / 1e6:.0f} MB), {kind}"

    def measure_at(name, destination, environment):
        rows, profile = at_one_destination(run, data_set, objects, destination, environment, peers)
        print_rows(f"C-MOVE to storescp, {name}: {what}", rows)
        result["destinations"][name] = rows
        for kind_of_entry, seconds in (profile or {}).items():
            per_image = {entry: 1000 * spent / images for entry, spent in seconds.items()}
            result.setdefault("cpu_ms_an_image", {}).setdefault(name, {})[kind_of_entry] = per_image
            heading = f"cxrbridge from PNG, CPU by {kind_of_entry}"
            print(table(heading, ("", "ms an image"), per_image.items()))

    for name, environment in (("stock", {}), ("tuned", DCMTK_TUNED)):
        with Destination(run, name.upper(), environment) as destination:
            measure_at(name, destination, environment)
    if link.possible():
        with link.Link(ROUND_TRIP_MS) as far, Destination(run, "FAR", far=far) as destination:
            trip = median([link.round_trip_ms(far.address, destination.port) for _ in range(9)])
            result["round_trip_ms"] = trip
            measure_at(f"stock, {trip:.1f} ms away", destination, {})
    else:
        print("no move over a link with delay: that needs root, ip, /dev/net/tun and namespaces")
    return report(run, "move", result, PACKAGES)
