"""Structured reports to files, documents a second on one core. The budget is against highdicom, which is
no Debian package; pydicom, which it is built on, stands below it: it only writes the same documents,
ready-made in memory, which highdicom would have to build first."""

import resource
import shutil

import rows
from support import median, report, run_to_end, table

TARGETS = ["cxrbridge"]
PACKAGES = ["libdcmtk17", "python3-pydicom"]
ROWS = 5_000
WRITTEN_BY_PYDICOM = 500
PYDICOM = """
import io, sys, time
import pydicom
documents = [pydicom.dcmread(name) for name in sys.argv[1:]]
for document in documents:
    for element in document.iterall():
        pass
began = time.process_time()
for document in documents:
    document.save_as(io.BytesIO())
print(len(documents) / (time.process_time() - began))
"""


def ours(run, data_set):
    """Documents a second of CPU time."""
    folder = run.folder / "sr"
    shutil.rmtree(folder, ignore_errors=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run_to_end(
        [run.program(), "export", str(data_set), "-o", str(folder), "--format", "sr"]
        + ["--missing-images", "list"]
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return sum(1 for file in folder.rglob("*") if file.is_file()) / cpu


def pydicoms(run):
    """The same of pydicom, writing some of ours."""
    files = sorted(file for file in (run.folder / "sr").rglob("*.dcm"))[:WRITTEN_BY_PYDICOM]
    return float(run_to_end(["/usr/bin/python3", "-c", PYDICOM, *map(str, files)]).split()[-1])


def has_pydicom():
    return not run_to_end(
        ["/usr/bin/python3", "-c", "import pydicom"], allowed=(0, 1)
    )  # it says nothing when it is there


def main(run):
    data_set, _ = rows.write(run.folder / "rows", 100 if run.smoke else ROWS)
    speeds = {"cxrbridge export": []}
    with_peer = not run.smoke and has_pydicom()
    for _ in range(1 if run.smoke else 5):
        speeds["cxrbridge export"].append(ours(run, data_set))
        if with_peer:
            speeds.setdefault("pydicom, writing only", []).append(pydicoms(run))
    contenders = {name: median(values) for name, values in speeds.items()}
    reached = {}
    if with_peer:
        ratio = contenders["cxrbridge export"] / contenders["pydicom, writing only"]
        reached["times pydicom's documents a second, writing only"] = ratio
    print(table("SR documents to files", ("", "a second, one core"), contenders.items()))
    result = {"documents_a_second": contenders, "reached": reached}
    return report(run, "reports", result, PACKAGES)
