#!/usr/bin/python3
"""Compares DICOM XML as a node serves it with what DCMTK's dcm2xml makes of the same objects, and
searches in XML with the same in JSON.

native_model.py ROOT IMAGE_INDEX FILE: exits with a traceback when they differ; FILE is scratch.
"""

import base64
import json
import subprocess
import sys
import urllib.request
import xml.etree.ElementTree as ElementTree

ROOT, IMAGE_INDEX, FILE = sys.argv[1:]
PARTS = 'multipart/related; type="application/dicom+xml"'
SPACE = "{http://dicom.nema.org/PS3.19/models/NativeDICOM}"

# Every kind of value; text in Latin-1, which is to be told as UTF-8.
FOREIGN = r"""
(0008,0005) CS [ISO_IR 100]
(0008,0008) CS [DERIVED\\SECONDARY]
(0008,0016) UI [1.2.840.10008.5.1.4.1.1.7]
(0008,0018) UI [2.25.77001]
(0008,0060) CS [OT]
(0008,1110) SQ
(fffe,e000) na
(0008,1150) UI [1.2.840.10008.3.1.2.3.1]
(0008,1155) UI [2.25.77002]
(0009,0010) LO [ACME NESTED]
(0009,1001) LO [nested <private> & more]
(fffe,e00d) na
(fffe,e000) na
(fffe,e00d) na
(fffe,e0dd) na
(0009,0010) LO [ACME 1]
(0009,1001) LO [private]
(0009,1002) DS [1.5\2.5]
(0009,1003) UN 01\02\03\04
(0010,0010) PN [M\xfcller^J\xfcrgen^^Dr.^jun.]
(0010,0020) LO [FOREIGN]
(0010,1001) PN [A^B^C^D^E\F=G^H=I]
(0010,4000) LT [1 < 2 & "3" > 'a'\b  with  spaces]
(0018,1063) DS [+1.50]
(0018,1149) IS [1\\3]
(0018,9074) DT [20200102030405.5+0100]
(0020,000d) UI [2.25.77003]
(0020,000e) UI [2.25.77004]
(0020,0010) SH
(0020,9057) UL 4294967295
(0028,0009) AT (0018,1063)
(0028,0106) SS -5
(0028,1201) OW 0001\0203
(0040,a123) PN
(0070,0022) FL 1.5\2.25\0.1\-1e10
(0018,9089) FD 0.1\1e-300
(0042,0011) OB 25\50\44\46
""".replace(r"\xfc", "\xfc")


def ask(address, accept, body=None, headers=None):
    request = urllib.request.Request(address, data=body, headers={"Accept": accept, **(headers or {})})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.headers["Content-Type"], answer.read()


def parts_of(answer):
    kind, body = answer
    assert kind.startswith(PARTS + "; boundary="), kind
    boundary = b"--" + kind.split('boundary="')[1].rstrip('"').encode()
    pieces = body.split(boundary)
    assert pieces[0] == b"" and pieces[-1] == b"--\r\n", (pieces[0], pieces[-1])
    parts = []
    for piece in pieces[1:-1]:
        head, content = piece.split(b"\r\n\r\n", 1)
        assert b"Content-Type: application/dicom+xml" in head, head
        parts.append(content.removesuffix(b"\r\n"))
    return parts


def bulk_of(uri):
    _, body = ask(uri, 'multipart/related; type="application/octet-stream"')
    boundary = body[:body.index(b"\r\n")]
    return body.split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n" + boundary + b"--\r\n")


def values_of(attribute, vr):
    """Numbered values; a name as {(group, component): text}; bytes; items as dictionaries."""
    values = {}
    for child in attribute:
        kind = child.tag
        if kind == "Value":
            text = child.text or ""
            values[child.get("number")] = float(text) if vr in ("FL", "FD") else text
        elif kind == "PersonName":
            values[child.get("number")] = {
                (group.tag, component.tag): component.text for group in child for component in group}
        elif kind == "Item":
            values[child.get("number")] = model_of(child)
        elif kind == "InlineBinary":
            values["bytes"] = base64.b64decode(child.text or "")
        elif kind == "BulkData":
            values["bytes"] = bulk_of(child.get("uri"))
        else:
            raise AssertionError(kind)
    return values


def model_of(element):
    model = {}
    for attribute in element:
        assert attribute.tag == "DicomAttribute", attribute.tag
        vr = attribute.get("vr")
        name = (attribute.get("tag"), attribute.get("privateCreator"))
        assert name not in model, name
        model[name] = (vr, attribute.get("keyword"), values_of(attribute, vr))
    return model


def read(text, namespace=SPACE):
    root = ElementTree.fromstring(text)
    assert root.tag == namespace + "NativeDicomModel", root.tag
    for element in root.iter():
        element.tag = element.tag.removeprefix(namespace)
    return model_of(root)


def words_of(value):
    """DCMTK writes 16-bit words Big Endian before Base64; PS3.18 F.2.7 and the others say Little."""
    swapped = bytearray(value)
    swapped[0::2], swapped[1::2] = value[1::2], value[0::2]
    return bytes(swapped)


def is_near(ours, theirs, vr):
    """DCMTK prints nine digits of a float and seventeen of a double."""
    if vr == "OW":
        return ours == words_of(theirs)
    return ours == theirs or (isinstance(ours, float) and abs(ours - theirs) <= 1e-6 * abs(theirs))


def compare(ours, theirs, where):
    assert list(ours) == list(theirs), (where, set(ours) ^ set(theirs))
    count = 0
    for name, (vr, keyword, values) in ours.items():
        their_vr, their_keyword, their_values = theirs[name]
        at = f"{where}/{name}"
        assert (vr, keyword) == (their_vr, their_keyword), (at, vr, keyword, theirs[name])
        assert list(values) == list(their_values), (at, values, their_values)
        for number, value in values.items():
            if vr == "SQ":
                count += compare(value, their_values[number], f"{at}[{number}]")
            else:
                assert is_near(value, their_values[number], vr), (at, value, their_values[number])
                count += 1
    return count


def compare_instance(address):
    _, file = ask(address, "application/dicom")
    with open(FILE, "wb") as out:
        out.write(file)
    witness = subprocess.run(
        ["dcm2xml", "--native-format", "--encode-base64", "--load-all", "--convert-to-utf8", FILE],
        check=True, capture_output=True).stdout
    kind, ours = ask(address + "/metadata", "application/dicom+xml")
    assert kind == "application/dicom+xml", kind
    (part,) = parts_of(ask(address + "/metadata", PARTS))
    assert part == ours
    return compare(read(ours), read(witness, ""), address)


def store_foreign():
    with open(FILE + ".dump", "w", encoding="latin-1") as dump:
        dump.write(FOREIGN)
    subprocess.run(["dump2dcm", "-q", "+E", FILE + ".dump", FILE], check=True)
    with open(FILE, "rb") as file:
        body = b"--b\r\nContent-Type: application/dicom\r\n\r\n" + file.read() + b"\r\n--b--"
    kind, result = ask(ROOT + "/studies", "application/dicom+xml", body, {
        "Content-Type": 'multipart/related; type="application/dicom"; boundary=b'})
    assert kind == "application/dicom+xml", kind
    vr, keyword, items = read(result)[("00081199", None)]
    assert (vr, keyword, len(items)) == ("SQ", "ReferencedSOPSequence", 1), items
    return items["1"][("00081190", None)][2]["1"]


def addresses_of(image_index):
    accession = "CXR" + image_index.removesuffix(".png")
    _, rows = ask(ROOT + "/studies?AccessionNumber=" + accession, "application/dicom+json")
    (row,) = json.loads(rows)
    _, rows = ask(row["00081190"]["Value"][0] + "/instances", "application/dicom+json")
    return [row["00081190"]["Value"][0] for row in json.loads(rows)]


def texts_of_json(value):
    if isinstance(value, dict):
        names = ("FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix")
        return {("Alphabetic", name): text
                for name, text in zip(names, value.get("Alphabetic", "").split("^")) if text}
    return "" if value is None else str(value)


def compare_search(query):
    rows = json.loads(ask(ROOT + query, "application/dicom+json")[1])
    parts = parts_of(ask(ROOT + query, PARTS))
    assert len(parts) == len(rows) > 1, (len(parts), len(rows))
    for part, row in zip(parts, rows):
        model = read(part)
        assert [tag for tag, _ in model] == list(row), (model, row)
        for (tag, _), (vr, _, values) in model.items():
            assert vr == row[tag]["vr"]
            if vr != "SQ":
                assert list(values.values()) == [texts_of_json(v) for v in row[tag].get("Value", [])], tag
    return len(rows)


for url in addresses_of(IMAGE_INDEX) + [store_foreign()]:
    print(compare_instance(url), "values alike:", url)
for query in ("/studies?limit=7&includefield=all", "/instances?Modality=SR&limit=5", "/series?offset=3"):
    print(compare_search(query), "rows alike:", query)
