#!/usr/bin/python3
"""Judges exported flat files with libraries that we did not write.

check_flat_formats.py json SCHEMA FILE      jsonschema: the file is what the schema says
check_flat_formats.py coco BBOX_CSV FILE    structure, references, and the table's own numbers
check_flat_formats.py fhir SCHEMA FILE...   jsonschema, and every reference within its bundle
"""
import csv
import json
import sys

import jsonschema


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def check_schema(schema_path, document):
    schema = read(schema_path)
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    for error in validator(schema).iter_errors(document):
        sys.exit(f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")


def check_coco(table, path):
    document = read(path)
    images = {image["id"]: image for image in document["images"]}
    categories = {category["id"]: category["name"] for category in document["categories"]}
    assert len(images) == len(document["images"]), "image ids are unique"
    assert list(categories) == list(range(1, 15)), "categories 1 to 14"
    assert all(image["width"] == image["height"] == 1024 for image in images.values())
    ids = [annotation["id"] for annotation in document["annotations"]]
    assert len(set(ids)) == len(ids), "annotation ids are unique"
    assert {a["image_id"] for a in document["annotations"]} == set(images), "no image without a box"
    rows = list(csv.reader(open(table, newline="")))[1:]
    expected = [(r[0], r[1].replace("Infiltrate", "Infiltration"), *map(float, r[2:6])) for r in rows]
    found = []
    for a in document["annotations"]:
        x, y, width, height = a["bbox"]
        assert a["area"] == width * height and a["iscrowd"] == 0
        found.append((images[a["image_id"]]["file_name"], categories[a["category_id"]], x, y, width, height))
    assert found == expected, "every box of the table, in its order, to the last bit"
    print(len(images), len(found))


def references(node):
    if isinstance(node, dict):
        if "reference" in node:
            yield node["reference"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def check_fhir(schema, paths):
    kinds = {}
    for path in paths:
        bundle = read(path)
        check_schema(schema, bundle)
        urls = [entry["fullUrl"] for entry in bundle["entry"]]
        assert len(set(urls)) == len(urls), "full URLs are unique"
        assert set(references(bundle)) <= set(urls), "references stay within the bundle"
        for entry in bundle["entry"]:
            resource = entry["resource"]
            assert entry["fullUrl"] == "urn:uuid:" + resource["id"]
            assert entry["request"]["url"] == f"{resource['resourceType']}/{resource['id']}"
            kinds[resource["resourceType"]] = kinds.get(resource["resourceType"], 0) + 1
    print(" ".join(f"{kind}={count}" for kind, count in sorted(kinds.items())))


kind, first, *rest = sys.argv[1:]
if kind == "json":
    check_schema(first, read(rest[0]))
    print(len(read(rest[0])["annotations"]))
elif kind == "coco":
    check_coco(first, rest[0])
else:
    check_fhir(first, rest)
