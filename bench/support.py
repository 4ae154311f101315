"""What the benchmarks share: contenders as processes, their CPU time, medians, tables, JSON."""

import datetime
import json
import os
import pathlib
import platform
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
DEADLINE_S = 600  # a catalogue of ten million rows takes minutes
# What a stock DCMTK program needs to send without waiting for delayed acknowledgements.
DCMTK_TUNED = {"TCP_NODELAY": "1", "TCP_BUFFER_LENGTH": "1048576"}


class Failure(Exception):
    """A benchmark that cannot be run, or whose contender did something else than asked."""


class Run:
    """One call of scripts/bench: where things are, and how thorough to be."""

    def __init__(self, build, smoke):
        self.build = pathlib.Path(build).resolve()
        self.smoke = smoke
        self._folder = tempfile.TemporaryDirectory(prefix="cxr-bench-")
        self.folder = pathlib.Path(self._folder.name)

    def program(self):
        return str(self.build / "bin" / "cxrbridge")

    def data_set(self):
        """(folder, what it is): the real data set where it is at hand, else a synthetic one."""
        real = pathlib.Path(os.environ.get("CXR14_DIR", ROOT / "../shared/data/chestxray14"))
        if not self.smoke and (real / "images").is_dir():
            return real.resolve(), real.resolve().name
        return self.sample(1 if self.smoke else 15), "synthetic sample"

    def sample(self, patients):
        folder = self.folder / f"sample-{patients}"
        if not folder.exists():
            command = [self.program(), "sample", "-o", str(folder), "--patients", str(patients)]
            run_to_end(command)
        return folder

    def kept_sample(self, patients):
        """One that takes minutes to make stays in build/bench/ for the next run: it is always the same."""
        folder = self.build / "bench" / f"sample-{patients}"
        if not folder.exists():
            made = self.folder / folder.name
            command = [self.program(), "sample", "-o", str(made), "--patients", str(patients)]
            run_to_end(command)
            shutil.move(made, folder)
        return folder


def run_to_end(command, environment=None, allowed=(0,)):
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=2 * DEADLINE_S,
        check=False,
        env={**os.environ, **(environment or {})},
    )
    if done.returncode not in allowed:
        raise Failure(f"{command[0]}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


class Server:
    """A contender or its peer, beside the benchmark; ended when the `with` block is left."""

    def __init__(self, command, log, environment=None):
        self._log = pathlib.Path(log)
        with open(self._log, "wb") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
            )

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def pid(self):
        return self._process.pid

    def output(self):
        return self._log.read_text(errors="replace")

    def _wait(self, until, what):
        deadline = time.monotonic() + DEADLINE_S
        while not (found := until()):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise Failure(f"{self._process.args[0]} did not {what}:\n{self.output()[-2000:]}")
            time.sleep(0.02)
        return found

    def wait_for_line(self, text):
        def line():
            return next((one for one in self.output().splitlines() if text in one), None)

        return self._wait(line, f"print {text!r}")

    def wait_for_port(self, port, host="127.0.0.1"):
        def accepts():
            with socket.socket() as asking:
                return asking.connect_ex((host, port)) == 0

        self._wait(accepts, f"listen on {port}")

    def cpu_seconds(self):
        """User and system time of the process since it began, to the nanosecond; and of its
        children, ended or not (dcmqrscp has one for each association), in ticks of 10 ms."""
        process_cpu_clock = (~self.pid << 3) | 2  # what clock_getcpuclockid(3) gives
        ticks = sum(self._ticks(self.pid)[2:])
        children = pathlib.Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        for child in children.split():
            ticks += sum(self._ticks(child))
        return time.clock_gettime(process_cpu_clock) + ticks / os.sysconf("SC_CLK_TCK")

    @staticmethod
    def _ticks(process):
        """User and system time, its own and that of the children that it has waited for."""
        after_name = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        return [int(ticks) for ticks in after_name[11:15]]


def machine():
    cpu = "unknown"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.split(":", 1)[1].strip()
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "kernel": platform.release(),
        "load_1min": os.getloadavg()[0],
    }


def versions(packages):
    listed = subprocess.run(
        ["dpkg-query", "-W", "-f", "${binary:Package} ${Version}\n", *packages],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    return dict(line.split(" ", 1) for line in listed.splitlines())


def commit():
    if not shutil.which("git"):
        return "unknown"
    done = subprocess.run(
        ["git", "-C", str(ROOT), "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"


def median(values):
    return statistics.median(values)


def table(heading, columns, rows):
    """Text and numbers, aligned; None is an empty cell."""

    def cell(value):
        if value is None:
            return ""
        return f"{value:.3g}" if isinstance(value, float) and value < 100 else (
            f"{value:.0f}" if isinstance(value, float) else str(value))

    cells = [list(columns)] + [[cell(value) for value in row] for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    lines = [heading]
    for line in cells:
        texts = [
            text.ljust(width) if i == 0 else text.rjust(width)
            for i, (text, width) in enumerate(zip(line, widths))
        ]
        lines.append("  " + "  ".join(texts).rstrip())
    return "\n".join(lines)


def report(run, name, result, packages):
    """Writes build/bench/NAME.json: the result, where and of what it was measured."""
    whole = {
        "benchmark": name,
        "taken": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "commit": commit(),
        "smoke": run.smoke,
        "machine": machine(),
        "versions": versions(packages),
        **result,
    }
    folder = run.build / "bench"
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}{'-smoke' if run.smoke else ''}.json"
    path.write_text(json.dumps(whole, indent=1) + "\n")
    return path


def needs(*programs):
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        raise Failure(f"missing: {', '.join(missing)} (scripts/install-deps)")
