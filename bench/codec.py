"""Images to and from each lossless transfer syntax: bytes, and images a second on one core."""

import json

from support import Failure, median, report, run_to_end, table

TARGETS = ["bench.codec_rates", "cxrbridge"]
PACKAGES = ["libdcmtk17", "libopenjp2-7", "libopenjph0.9", "libcharls2", "zlib1g"]
BUDGETS = {}


def main(run):
    folder, kind = run.data_set()
    out = run.folder / "codec.json"
    run_to_end(
        [
            str(run.build / "bench" / "bench.codec_rates"),
            str(folder / "images"),
            f"--benchmark_repetitions={1 if run.smoke else 3}",
            "--benchmark_min_time=0.001",  # one pass over all images is long enough
            "--benchmark_enable_random_interleaving=true",
            f"--benchmark_out={out}",
        ]
    )
    times, sizes, images = {}, {}, 0
    for entry in json.loads(out.read_text())["benchmarks"]:
        if entry.get("error_occurred"):
            raise Failure(f"{entry['name']}: {entry['error_message']}")
        if entry["run_type"] == "iteration":
            images = int(entry["images"])
            name = entry["run_name"]
            times.setdefault(name, []).append(entry["cpu_time"] / 1e6 / images)
            sizes[name] = entry["bytes_an_image"]
    plain = next(size for name, size in sizes.items() if name.startswith("decode/"))
    rates = {}
    for name, values in times.items():
        direction, syntax = name.split("/")
        rates.setdefault(syntax, {})[f"{direction}_ms"] = median(values)
        if direction == "encode":
            rates[syntax]["bytes"] = sizes[name]
            rates[syntax]["ratio"] = plain / sizes[name]
    rows = [
        (syntax, one["bytes"], one["ratio"], one["encode_ms"], one["decode_ms"])
        for syntax, one in sorted(rates.items(), key=lambda item: item[1]["encode_ms"])
    ]
    print(
        table(
            f"{images} images, {kind}, CPU on one core",
            ("", "bytes", "ratio", "encode ms", "decode ms"),
            rows,
        )
    )
    result = {"data": kind, "images": images, "syntaxes": rates, "reached": {}}
    return report(run, "codec", result, PACKAGES)
