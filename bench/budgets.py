"""The budgets of the design beside the last figures of every benchmark: ours, the peer's, ratio, met or
not. Reads build/bench/NAME.json; writes build/bench/budgets.json."""

import json
import pathlib

from support import median, table


def of(folder, name):
    path = folder / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else None


def ratio(over, under):
    return None if over is None or not under else over / under


def move_rows(move):
    """Ours, the peer's and their ratio, of each destination."""
    found = {}
    for name, rows in (move or {}).get("destinations", {}).items():
        kind = name if name in ("stock", "tuned") else "far"
        found[kind] = {
            contender.split(",")[0] + (", " + contender.split(", ")[1] if "cxr" in contender else ""):
            row for contender, row in rows.items()
        }
    return found


def rows_of(folder):
    """(what, ours, peer, ratio or figure, budget's sense, budget)"""
    png, ready, find = of(folder, "png"), of(folder, "ready"), of(folder, "find")
    store, reports, clients = of(folder, "store"), of(folder, "reports"), of(folder, "clients")
    lines = []

    def add(what, ours, peer, figure, sense, budget):
        lines.append((what, ours, peer, figure, sense, budget))

    if ready:
        add("catalogue of 112,120 rows, cold, to ready: s", ready["cold"]["s"], None,
            ready["cold"]["s"], "<=", 2)
        add("resident memory after it: MB", ready["cold"]["resident_mb"], None,
            ready["cold"]["resident_mb"], "<=", 150)
    if find:
        ours = find["contenders"]["cxrbridge"]
        peer = next((one for name, one in find["contenders"].items() if name != "cxrbridge"), {})
        add("one-study C-FIND: p50 ms", ours["p50_ms"], None, ours["p50_ms"], "<=", 1)
        add("one-study C-FIND: p99 ms", ours["p99_ms"], None, ours["p99_ms"], "<=", 5)
        if peer:
            add("one-study C-FIND beside Orthanc: ms", ours["p50_ms"], peer["p50_ms"],
                ratio(peer["p50_ms"], ours["p50_ms"]), ">=", 100)
            add("all studies by C-FIND beside Orthanc: s", ours["all_s"], peer["all_s"],
                ratio(peer["all_s"], ours["all_s"]), ">=", 10)
    if png:
        add("PNG to pixels beside libpng: ms", png["ms_an_image"]["decode/decode_png"],
            png["libpng_ms"], png["budget"]["reached"], ">=", 3.5)
    move = of(folder, "move")
    at = move_rows(move)

    def moving(kind, contender):
        return next((row["moving_s"] for name, row in at.get(kind, {}).items()
                     if name.startswith(contender)), None)

    if move:
        cold, cached = "cxrbridge, from PNG", "cxrbridge, cached"
        add("C-MOVE from PNG beside tuned Orthanc: s", moving("tuned", cold),
            moving("tuned", "Orthanc"), ratio(moving("tuned", "Orthanc"), moving("tuned", cold)),
            ">=", 1)
        add("C-MOVE cached beside tuned dcmqrscp: s", moving("tuned", cached),
            moving("tuned", "dcmqrscp"),
            ratio(moving("tuned", "dcmqrscp"), moving("tuned", cached)), ">=", 1)
        add("C-MOVE to a stock storescp beside Orthanc: s", moving("stock", cold),
            moving("stock", "Orthanc"), ratio(moving("stock", "Orthanc"), moving("stock", cold)),
            ">=", 20)
    if many := of(folder, "move_many"):
        wire = many.get("loopback_megabytes_a_second")
        # Over one association every object waits for the last one's response, which no stream does.
        for kind in ("cached", "cached, 2 associations"):
            speed = many["to_sink"][f"cxrbridge, {kind}"]["megabytes_a_second"]
            add(f"C-MOVE {kind}, to a quick receiver, beside iperf3: MB/s", speed, wire,
                ratio(speed, wire), ">=", 0.75)
    if store:
        peer = next((one for name, one in store["contenders"].items() if "Orthanc" in name), None)
        ours = store["contenders"]["cxrbridge, durable"]["wall_s"]
        add("C-STORE beside tuned Orthanc: s", ours, peer and peer["wall_s"],
            ratio(peer and peer["wall_s"], ours), ">=", 5)
    if reports:
        speeds = reports["documents_a_second"]
        # highdicom has pydicom write what it built: where it is not there, the ratio is above this.
        name = next((n for n in ("highdicom", "pydicom, writing only") if n in speeds), "nobody")
        add(f"SR documents a second and core, beside {name}", speeds["cxrbridge export"],
            speeds.get(name), ratio(speeds["cxrbridge export"], speeds.get(name)), ">=", 20)
    if clients:
        one, many = clients["clients"].get("1"), clients["clients"].get("200")
        if one and many:
            add("200 clients at once beside one: requests/s", many["per_second"], one["per_second"],
                ratio(many["per_second"], one["per_second"]), ">=", 1)
        add("an association: MB", clients["idle_mb"], None, clients["idle_mb"], "<=", 1)
    for kind, budget in (("studies of a patient", 20), ("one frame", 3)):
        told = [one for one in (of(folder, "web") or {}).get("measured", []) if one["kind"] == kind]
        peers = [one for one in told if one["contender"] != "cxrbridge"]
        if peers:
            worst = min(peers, key=lambda one: one["ratio"])
            add(f"DICOMweb, {kind}, beside Orthanc's plugin: requests/s",
                worst["ratio"] * worst["per_second"], worst["per_second"], worst["ratio"], ">=", budget)
    return lines


def verdict(figure, sense, budget):
    if figure is None:
        return "not measured"
    if sense == "above":
        return "met" if figure >= budget else "not shown"
    return "met" if (figure >= budget if sense == ">=" else figure <= budget) else "NOT met"


def round_folders(folder):
    return sorted(folder.glob("round-*"), key=lambda one: int(one.name.split("-")[1]))


def medians_of(folders):
    """The rows of several runs as one: of every number the median."""
    together = {}
    for folder in folders:
        for what, *numbers, sense, budget in rows_of(folder):
            together.setdefault((what, sense, budget), []).append(numbers)

    def middle(column):
        known = [number for number in column if number is not None]
        return median(known) if known else None

    return [
        (what, *(middle(column) for column in zip(*runs)), sense, budget)
        for (what, sense, budget), runs in together.items()
    ]


def summary(build):
    """Of the last run, or the medians of the rounds of `scripts/bench --rounds`."""
    folder = pathlib.Path(build) / "bench"
    folders = round_folders(folder) or [folder]
    rows = [
        (what, ours, peer, figure, f"{sense} {budget}", verdict(figure, sense, budget))
        for what, ours, peer, figure, sense, budget in medians_of(folders)
    ]
    columns = ("budget", "ours", "peer", "figure", "wanted", "")
    (folder / "budgets.json").write_text(
        json.dumps([dict(zip(columns[:-1] + ("verdict",), row)) for row in rows], indent=1) + "\n"
    )
    heading = "the budgets, of the last figures in build/bench"
    if len(folders) > 1:
        heading += f": medians of {len(folders)} rounds"
    return table(heading, columns, rows)
