#!/usr/bin/python3
"""Prints the boxes of structured reports as odil reads them: image, label, x, y, w, h per line.

Usage: read_report_boxes.py FILE...

An independent witness: odil shares no code with DCMTK. Only what is in the file is looked at: the
tracking identifier, the comment and the rectangle of every Measurement Group.
"""
import sys

import odil


def concept(item):
    names = item["ConceptNameCodeSequence"].as_data_set()
    return names[0].as_string("CodeValue")[0].decode()


def groups(item):
    if "ContentSequence" not in item:
        return
    for child in item["ContentSequence"].as_data_set():
        named = "ConceptNameCodeSequence" in child
        if named and concept(child) == "125007":
            yield child
        else:
            yield from groups(child)


def box(group):
    found = {}
    for item in group["ContentSequence"].as_data_set():
        found[concept(item)] = item
    data = list(found["111030"].as_real("GraphicData"))
    points = list(zip(data[0::2], data[1::2]))
    left, top = points[0]
    right, bottom = points[2]
    rectangle = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    if points != rectangle:
        raise ValueError("not a closed rectangle from its top-left corner: %s" % points)
    image = found["112039"].as_string("TextValue")[0].decode().split("/")[0]
    label = found["121106"].as_string("TextValue")[0].decode()
    return image, label, left, top, right - left, bottom - top


for path in sys.argv[1:]:
    _, report = odil.Reader.read_file(path)
    for group in groups(report):
        print("%s,%s,%.17g,%.17g,%.17g,%.17g" % box(group))
