"""As bench/move.py, with more to do: a C-MOVE of 1,000 synthetic images and their reports to a tuned
storescp, cxrbridge from PNG and from its cache beside Orthanc, which holds the objects ready-made."""

from move import Destination, at_one_destination, print_rows, ready_made, studies_of
from support import DCMTK_TUNED, needs, report, table

TARGETS = ["cxrbridge"]
PACKAGES = ["dcmtk", "libdcmtk17", "orthanc"]
PATIENTS = 385  # who have 1,000 images
ROUNDS = 3


def main(run):
    needs("storescp", "movescu", "findscu", "storescu")
    peers = [] if run.smoke else ["orthanc"]
    data_set = run.sample(1) if run.smoke else run.kept_sample(PATIENTS)
    objects = ready_made(run, data_set, studies_of)
    _, total_bytes, images = objects
    with Destination(run, "MANY", DCMTK_TUNED) as destination:
        rows, profile = at_one_destination(
            run, data_set, objects, destination, DCMTK_TUNED, peers, ROUNDS
        )
    what = f"{images} synthetic images and their reports ({total_bytes / 1e6:.0f} MB)"
    print_rows(f"C-MOVE to storescp, tuned: {what}", rows)
    result = {"images": images, "bytes": total_bytes, "contenders": rows}
    for kind, seconds in (profile or {}).items():
        per_image = {entry: 1000 * spent / images for entry, spent in seconds.items()}
        result[f"cpu_ms_an_image_by_{kind}"] = per_image
        print(table(f"cxrbridge from PNG, CPU by {kind}", ("", "ms an image"), per_image.items()))
    return report(run, "move_many", result, PACKAGES)
