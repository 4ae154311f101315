#!/usr/bin/python3
"""Compares objects of resampled geometry with the data set and with objects as stored, by odil and
Pillow, which share no code with the program.

resampled_geometry.py DATASET STORED RESAMPLED: exits with a traceback when they are not as
docs/mapping.md says.
"""

import csv
import math
import pathlib
import subprocess
import sys

import odil
from PIL import Image

DATASET, STORED, RESAMPLED = map(pathlib.Path, sys.argv[1:])
NEAR = 1e-4  # pixel: what a 32-bit coordinate can lose


def table(pattern):
    with open(next(DATASET.glob(pattern)), newline="") as file:
        return list(csv.reader(file))[1:]


ROWS = {row[0].removesuffix(".png"): [float(each) for each in row[7:11]] for row in table("Data_Entry*.csv")}
BOXES = {}
for image, _, *numbers in table("BBox_List*.csv"):
    BOXES.setdefault(image.removesuffix(".png"), []).append([float(each) for each in numbers[:4]])


def scale_of(stem):
    width, height, x_mm, y_mm = ROWS[stem]
    shape = (height * y_mm) / (width * x_mm)
    return (1, shape) if shape > 1 else (1 / shape, 1)


def scaled(stem):
    x, y = scale_of(stem)
    return [[box[0] * x, box[1] * y, box[2] * x, box[3] * y] for box in BOXES[stem]]


def rectangles(outlines):
    """Left, top, width, height of closed five-point outlines."""
    for points in outlines:
        left, top, right, bottom = points[0], points[1], points[4], points[5]
        yield [left, top, right - left, bottom - top]


def is_near(found, expected):
    return len(found) == len(expected) and all(
        abs(a - b) <= (NEAR if i < 2 else 2 * NEAR) for f, e in zip(found, expected) for i, (a, b) in enumerate(zip(f, e)))


def sop_instance_uid(path):
    return odil.Reader.read_file(str(path))[1].as_string("SOPInstanceUID")[0]


def check_image(path):
    stem = path.stem
    _, image = odil.Reader.read_file(str(path))
    png = Image.open(next(DATASET.rglob(stem + ".png"))).convert("L")
    x, y = scale_of(stem)
    columns, rows = image.as_int("Columns")[0], image.as_int("Rows")[0]
    assert (columns, rows) == (math.ceil(png.width * x - 1e-6), math.ceil(png.height * y - 1e-6)), stem
    vertical, horizontal = image.as_real("NominalScannedPixelSpacing")
    assert vertical == horizontal, stem
    width, height, x_mm, y_mm = ROWS[stem]
    for pixels, original_mm in ((columns, width * x_mm), (rows, height * y_mm)):
        assert -0.01 <= pixels * horizontal - original_mm < horizontal + 0.01, (stem, pixels, horizontal)
    assert "PixelAspectRatio" not in image
    drawn = Image.frombytes("L", (columns, rows), bytes(image.as_binary("PixelData")[0])[:columns * rows])
    witness = png.transform((columns, rows), Image.Transform.AFFINE, (1 / x, 0, 0, 0, 1 / y, 0), Image.Resampling.BILINEAR)
    inner = (2, 2, columns - 2, rows - 2)  # beyond the last middle, Pillow has nothing
    worst = max(abs(a - b) for a, b in zip(drawn.crop(inner).tobytes(), witness.crop(inner).tobytes()))
    assert worst <= 1, (stem, worst)
    stored = STORED / path.relative_to(RESAMPLED)
    assert sop_instance_uid(stored) != sop_instance_uid(path)
    return (x, y) != (1, 1)


def check_report(path, stem):
    lines = subprocess.run(["/usr/bin/python3", "tests/interop/read_report_boxes.py", str(path)], check=True, capture_output=True, text=True).stdout
    found = [[float(each) for each in line.split(",")[2:]] for line in lines.splitlines()]
    assert is_near(found, scaled(stem)), (path, found, scaled(stem))


def check_state(path, stem):
    _, state = odil.Reader.read_file(str(path))
    (annotation,) = state.as_data_set("GraphicAnnotationSequence")
    graphics = [list(graphic.as_real("GraphicData")) for graphic in annotation.as_data_set("GraphicObjectSequence")]
    assert is_near(list(rectangles(graphics)), scaled(stem)), path
    (area,) = state.as_data_set("DisplayedAreaSelectionSequence")
    x, y = scale_of(stem)
    assert list(area.as_int("DisplayedAreaBottomRightHandCorner")) == [math.ceil(1024 * x - 1e-6), math.ceil(1024 * y - 1e-6)]


images = [path for path in sorted(RESAMPLED.rglob("*.dcm")) if path.stem in ROWS]
stretched = sum(check_image(path) for path in images)
assert stretched > 3, stretched
reports = states = 0
for path in sorted(RESAMPLED.rglob("*.dcm")):
    stem = path.stem[:12]
    if path.stem.endswith("_boxes"):
        check_report(path, stem)
        reports += 1
    elif path.stem.endswith("_presentation"):
        check_state(path, stem)
        states += 1
boxed = sum(path.stem in BOXES for path in images)
assert reports == states == boxed > 0, (reports, states, boxed)
print(stretched, "stretched images,", reports, "reports and", states, "presentation states with their boxes in place")
