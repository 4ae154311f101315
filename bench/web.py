"""DICOMweb: a patient's studies and one frame, asked for by wrk, cxrbridge beside Orthanc's DICOMweb
plugin, each holding the same objects."""

import json
import pathlib
import re
import shutil
import urllib.request

import node
import rows
from support import Failure, median, needs, report, run_to_end, table

TARGETS = ["cxrbridge"]
PACKAGES = ["orthanc", "orthanc-dicomweb", "wrk"]
PLUGIN = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so"
STUDIES = 20_000
IMAGES = 37
CONNECTIONS = (1, 16)
BUDGETS = {
    "studies of a patient, times Orthanc's rate": ("at least", 20.0),
    "one frame, times Orthanc's rate": ("at least", 3.0),
}
KINDS = {
    "studies of a patient": "application/dicom+json",
    "one frame": 'multipart/related; type="application/octet-stream"',
}
SCRIPT = """
local paths, at = {}, 0
for line in io.lines(os.getenv("CXR_BENCH_PATHS")) do paths[#paths + 1] = line end
wrk.headers["Accept"] = os.getenv("CXR_BENCH_ACCEPT")
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("\\n{\\"per_second\\": %f, \\"p50_ms\\": %f, \\"p99_ms\\": %f, \\"bytes\\": %d, \\"errors\\": %d}\\n",
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, summary.bytes,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


def get(root, path, accept):
    request = urllib.request.Request(root + path, headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def rows_at(root, path):
    text = get(root, path, KINDS["studies of a patient"])
    return json.loads(text) if text else []


def frame_paths(root, folder):
    """Of the images wrapped into the folder, which are named by their patients."""
    paths = []
    for file in sorted(folder.rglob("*.dcm")):
        accession = "CXR" + file.stem
        for row in rows_at(root, f"/instances?AccessionNumber={accession}&Modality=DX"):
            study, series, instance = (row[tag]["Value"][0] for tag in ("0020000D", "0020000E", "00080018"))
            paths.append(f"/studies/{study}/series/{series}/instances/{instance}/frames/1")
    if not paths:
        raise Failure("no image")
    return paths


def check_alike(roots, paths):
    """The same studies, the same pixels: else the figures are of different things."""
    for path in paths["studies of a patient"][:20]:
        found = {name: sorted(row["0020000D"]["Value"][0] for row in rows_at(root, path)) for name, root in roots.items()}
        if len({str(uids) for uids in found.values()}) != 1 or not next(iter(found.values())):
            raise Failure(f"{path}: not the same studies: {found}")
    for path in paths["one frame"][:3]:
        bodies = [get(root, path, KINDS["one frame"]).split(b"\r\n\r\n", 1)[1][:1 << 20] for root in roots.values()]
        if any(body != bodies[0] for body in bodies):
            raise Failure(f"{path}: not the same pixels")


def ask(run, root, kind, paths, connections, seconds):
    script, listed = run.folder / "wrk.lua", run.folder / "paths"
    script.write_text(SCRIPT)
    base = re.sub(r"^https?://[^/]*", "", root)
    listed.write_text("".join(base + path + "\n" for path in paths))
    told = run_to_end(
        # wrk calls an answer that takes more than 2 s an error; a peer that is slow is only slow.
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s"]
        + ["-s", str(script), root],
        {"CXR_BENCH_PATHS": str(listed), "CXR_BENCH_ACCEPT": KINDS[kind]},
    )
    measured = json.loads(told.strip().splitlines()[-1])
    if measured["errors"]:
        raise Failure(f"{root}, {kind}: {told}")
    return measured


def fill(run, data_set, images, orthanc):
    peer = f"ORTHANC@127.0.0.1:{orthanc.port}"
    run_to_end(["storescu", "+sd", "+r", "-aec", "ORTHANC", "127.0.0.1", str(orthanc.port), str(images)])
    run_to_end(
        [run.program(), "export", str(data_set), "-o", str(run.folder / "unused"), "--format", "sr"]
        + ["--missing-images", "list", "--to", peer],
        allowed=(0, 1),
    )


def main(run):
    if run.smoke and not shutil.which("wrk"):
        print("skipped: no wrk")
        return report(run, "web", {}, PACKAGES)
    needs("wrk")
    source, what = run.data_set()
    pngs = sorted(source.rglob("*.png"))[:IMAGES]
    count = 200 if run.smoke else STUDIES
    data_set, patients = rows.write(run.folder / "rows", count, pngs, len(pngs))
    images = run.folder / "images"
    run_to_end([run.program(), "wrap", str(data_set), "-o", str(images)], allowed=(0, 1))
    nodes = {"cxrbridge": node.bridge(run, data_set, further="[web]\nenabled = true\nport = 0\n")}
    measured = {}
    try:
        roots = {"cxrbridge": re.search(r"http://\S+:\d+", nodes["cxrbridge"].ready)[0] + "/dicom-web"}
        if not run.smoke:
            needs("Orthanc", "storescu")
            if not pathlib.Path(PLUGIN).exists():
                raise Failure("missing: orthanc-dicomweb (scripts/install-deps)")
            peer = nodes["Orthanc"] = node.orthanc(run, further={"Plugins": [PLUGIN]})
            fill(run, data_set, images, peer)
            roots["Orthanc"] = f"http://127.0.0.1:{peer.http_port}/dicom-web"
        chosen = range(1, patients + 1, max(1, patients // 200))
        paths = {
            "studies of a patient": [f"/studies?PatientID={patient:08d}" for patient in chosen],
            "one frame": frame_paths(roots["cxrbridge"], images)[:1],
        }
        check_alike(roots, paths)
        seconds = 1 if run.smoke else 3
        for _ in range(1 if run.smoke else 3):
            for kind in KINDS:
                for connections in CONNECTIONS:
                    for name, root in roots.items():
                        told = ask(run, root, kind, paths[kind], connections, seconds)
                        measured.setdefault((kind, connections, name), []).append(told)
    finally:
        for one in nodes.values():
            one.server.__exit__()
    lines, reached, kept = [], {}, []
    for (kind, connections, name), told in measured.items():
        figures = {key: median([one[key] for one in told]) for key in ("per_second", "p50_ms", "p99_ms")}
        ours = median([one["per_second"] for one in measured[kind, connections, "cxrbridge"]])
        ratio = ours / figures["per_second"]
        kept.append({"kind": kind, "connections": connections, "contender": name, "ratio": ratio, **figures})
        lines.append((f"{kind}, {connections} connection{'s' * (connections > 1)}", name, *figures.values(), ratio))
        if name != "cxrbridge":
            key = f"{kind}, times Orthanc's rate"
            reached[key] = min(ratio, reached.get(key, ratio))
    print(
        table(
            f"DICOMweb by wrk among {count} studies ({what})",
            ("", "", "requests/s", "p50 ms", "p99 ms", "cxrbridge's times this"),
            lines,
        )
    )
    return report(run, "web", {"studies": count, "measured": kept, "reached": reached}, PACKAGES)
