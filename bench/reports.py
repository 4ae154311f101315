"""Structured reports, documents a second on one core: ours to files in memory (/dev/shm, where that is
there), the peers' to buffers. The budget is against highdicom, which is no Debian package and is measured
where Python finds it (PYTHONPATH, pip); pydicom, which it is built on, stands beside it: it only writes
the same documents, ready-made."""

import pathlib
import resource
import shutil
import tempfile

import rows
from support import median, report, run_to_end, table

TARGETS = ["cxrbridge"]
PACKAGES = ["libdcmtk17", "python3-pydicom"]
ROWS = 5_000
OF_A_PEER = 500
MEMORY = pathlib.Path("/dev/shm")
HIGHDICOM = pathlib.Path(__file__).with_name("highdicom_reports.py")
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


def ours(run, data_set, folder):
    """Documents a second of CPU time."""
    shutil.rmtree(folder, ignore_errors=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run_to_end(
        [run.program(), "export", str(data_set), "-o", str(folder), "--format", "sr"]
        + ["--missing-images", "list"]
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return len(documents(folder)) / cpu


def documents(folder):
    return sorted(folder.rglob("*.dcm"))


def peers():
    """{name: the command that is given some of our documents}, of those that are there."""
    of_python = {
        "pydicom, writing only": ("pydicom", ["-c", PYDICOM]),
        "highdicom": ("highdicom.sr", [str(HIGHDICOM)]),
    }
    return {
        name: ["/usr/bin/python3", *arguments]
        for name, (module, arguments) in of_python.items()
        # An import that succeeds says nothing.
        if not run_to_end(["/usr/bin/python3", "-c", f"import {module}"], allowed=(0, 1))
    }


def measure(run, data_set, folder):
    """{name: medians of documents a second}, contenders taking turns."""
    contenders = {} if run.smoke else peers()
    speeds = {name: [] for name in ("cxrbridge export", *contenders)}
    for _ in range(1 if run.smoke else 5):
        speeds["cxrbridge export"].append(ours(run, data_set, folder))
        some = [str(file) for file in documents(folder)[:OF_A_PEER]]
        for name, command in contenders.items():
            speeds[name].append(float(run_to_end([*command, *some]).split()[-1]))
    return {name: median(values) for name, values in speeds.items()}


def main(run):
    data_set, _ = rows.write(run.folder / "rows", 100 if run.smoke else ROWS)
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else run.folder) as folder:
        contenders = measure(run, data_set, pathlib.Path(folder) / "sr")
    reached = {
        f"times the documents a second of {name}": contenders["cxrbridge export"] / speed
        for name, speed in contenders.items()
        if name != "cxrbridge export"
    }
    print(table("SR documents to files", ("", "a second, one core"), contenders.items()))
    result = {"documents_a_second": contenders, "reached": reached}
    return report(run, "reports", result, PACKAGES)
