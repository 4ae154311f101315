"""PNG to pixels: libpng beside cxrbridge's decoder, by each way of unfiltering, and its parts."""

import json

from support import Failure, median, report, run_to_end, table

TARGETS = ["bench.png_decode", "cxrbridge"]
PACKAGES = ["libpng16-16", "libisal2", "libdeflate0", "zlib1g", "libbenchmark1debian"]
BUDGET = 3.5  # times libpng's speed, on one core


def measure(run, folder):
    """Name -> milliseconds of CPU an image, one for each repetition. Repetitions of different
    contenders take turns, so that what else the machine does falls on all of them."""
    out = run.folder / "png.json"
    run_to_end(
        [
            str(run.build / "bench" / "bench.png_decode"),
            str(folder / "images"),
            f"--benchmark_repetitions={1 if run.smoke else 7}",
            f"--benchmark_min_time={0.001 if run.smoke else 0.1}",
            "--benchmark_enable_random_interleaving=true",
            f"--benchmark_out={out}",
        ]
    )
    times = {}
    images = {}
    for entry in json.loads(out.read_text())["benchmarks"]:
        if entry.get("error_occurred"):
            raise Failure(f"{entry['name']}: {entry['error_message']}")
        if entry["run_type"] == "iteration":
            name = entry["run_name"]
            images[name] = int(entry["images"])
            times.setdefault(name, []).append(entry["cpu_time"] / entry["images"])
    return times, images


def main(run):
    folder, kind = run.data_set()
    times, images = measure(run, folder)
    medians = {name: median(values) for name, values in times.items()}
    libpng = medians["decode/libpng"]

    def ratio_of(name):
        """Median of the ratios of repetitions, not ratio of medians: noise is shared."""
        return median([a / b for a, b in zip(times["decode/libpng"], times[name])])

    slowest_first = sorted(medians, key=medians.get, reverse=True)
    contenders = [name for name in slowest_first if name.startswith("decode/")]
    parts = [name for name in slowest_first if not name.startswith(("decode/", "image/", "form/"))]
    print(
        table(
            f"PNG to pixels, {images['decode/libpng']} images, {kind}: CPU on one core",
            ("", "ms an image", "x libpng"),
            [(name, medians[name], ratio_of(name)) for name in contenders],
        )
    )
    forms = {
        form: median([a / b for a, b in zip(times[f"form/{form}/libpng"],
                                            times[f"form/{form}/decode_png"])])
        for form in ("grey", "rgba") if f"form/{form}/libpng" in times
    }
    print(table("by form", ("", "libpng ms", "decode_png ms", "x libpng"),
                [(form, medians[f"form/{form}/libpng"], medians[f"form/{form}/decode_png"], ratio)
                 for form, ratio in forms.items()]))
    print(table("its parts", ("", "ms an image"), [(name, medians[name]) for name in parts]))
    by_image = {}
    for name in medians:
        if name.startswith("image/") and name.endswith("/decode_png"):
            of_libpng = name.replace("decode_png", "libpng")
            by_image[name.split("/")[1]] = {
                "libpng_ms": medians[of_libpng],
                "decode_png_ms": medians[name],
                "ratio": medians[of_libpng] / medians[name],
            }
    ratios = sorted(entry["ratio"] for entry in by_image.values())
    reached = ratio_of("decode/decode_png")
    print(f"by image: {ratios[0]:.2f} to {ratios[-1]:.2f} x libpng, median {median(ratios):.2f}")
    print(f"budget {BUDGET} x libpng: {reached:.2f}, {'met' if reached >= BUDGET else 'NOT met'}")
    result = {
        "data": kind,
        "images": images["decode/libpng"],
        "ms_an_image": medians,
        "ratio_to_libpng": {name: ratio_of(name) for name in contenders},
        "budget": {"at_least": BUDGET, "reached": reached, "met": reached >= BUDGET},
        "by_image": by_image,
        "ratio_by_form": forms,
        "libpng_ms": libpng,
    }
    return report(run, "png", result, PACKAGES)
