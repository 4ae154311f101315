"""Writes a Part 10 file that names one patient in one character set: an object to be stored, or the
identifier of a query. Encodings are Python's, the escape sequences those of PS3.5 Annexes H to K.

write_named_object.py object FILE SPECIFIC_CHARACTER_SET CODEC NAME UID
write_named_object.py query FILE SPECIFIC_CHARACTER_SET CODEC NAME
"""
import struct
import sys


def component(text, codec):
    if codec == "ks_x_1001":
        return text.encode("ascii") if text.isascii() else b"\x1b$)C" + text.encode("euc_kr")
    if codec == "jis":
        half_width = all(0xFF61 <= ord(c) <= 0xFF9F for c in text) and text
        return text.encode("shift_jis" if half_width else "iso2022_jp")
    return text.encode(codec)


def name_bytes(name, codec):
    return b"=".join(b"^".join(component(c, codec) for c in group.split("^"))
                     for group in name.split("="))


def element(group, number, vr, value):
    if isinstance(value, str):
        value = value.encode("ascii")
    value += (b"\0" if vr in ("UI", "OB") else b" ") * (len(value) % 2)
    head = struct.pack("<HH", group, number) + vr.encode()
    length = struct.pack("<HI", 0, len(value)) if vr == "OB" else struct.pack("<H", len(value))
    return head + length + value


def write(file, sop_class, uid, body):
    meta = (element(2, 1, "OB", b"\0\1") + element(2, 2, "UI", sop_class) + element(2, 3, "UI", uid)
            + element(2, 0x10, "UI", "1.2.840.10008.1.2.1") + element(2, 0x12, "UI", "1.2.3.4"))
    with open(file, "wb") as out:
        out.write(b"\0" * 128 + b"DICM" + element(2, 0, "UL", struct.pack("<I", len(meta))) + meta
                  + body)


def main():
    kind, file, charset, codec, name = sys.argv[1:6]
    secondary_capture = "1.2.840.10008.5.1.4.1.1.7"
    patient = element(0x10, 0x10, "PN", name_bytes(name, codec))
    label = element(8, 5, "CS", charset) if charset else b""
    if kind == "query":
        write(file, secondary_capture, "1.2.3.4.5",
              label + element(8, 0x52, "CS", "STUDY") + patient + element(0x20, 0xD, "UI", ""))
        return
    uid = sys.argv[6]
    write(file, secondary_capture, uid,
          label + element(8, 0x16, "UI", secondary_capture) + element(8, 0x18, "UI", uid)
          + element(8, 0x20, "DA", "20200102") + element(8, 0x30, "TM", "101112")
          + element(8, 0x50, "SH", "") + element(8, 0x60, "CS", "OT") + patient
          + element(0x10, 0x20, "LO", "C" + uid.rsplit(".", 1)[1])
          + element(0x20, 0xD, "UI", uid + ".1") + element(0x20, 0xE, "UI", uid + ".2")
          + element(0x20, 0x10, "SH", "1") + element(0x20, 0x13, "IS", "1"))


main()
