#!/usr/bin/python3
"""Stores Part 10 files by STOW-RS, so many a request over one connection, and prints of each object
whether it was acknowledged: "stored UID" or "failed UID REASON". Ends when the server is gone.

stow.py URL COUNT FILE...
"""
import http.client
import json
import sys
import urllib.parse


def items(result, tag):
    return result.get(tag, {}).get("Value", [])


def value(item, tag):
    return item.get(tag, {}).get("Value", [""])[0]


def body_of(paths):
    parts = []
    for path in paths:
        with open(path, "rb") as file:
            parts.append(b"--a-b\r\nContent-Type: application/dicom\r\n\r\n" + file.read() + b"\r\n")
    return b"".join(parts) + b"--a-b--"


def main():
    url, count, files = urllib.parse.urlsplit(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    for begin in range(0, len(files), count):
        try:
            connection.request("POST", url.path, body_of(files[begin:begin + count]), {
                "Content-Type": 'multipart/related; type="application/dicom"; boundary="a-b"',
                "Accept": "application/dicom+json"})
            answer = connection.getresponse()
            result = json.loads(answer.read())
        except (OSError, http.client.HTTPException):
            print("the server is gone", flush=True)
            return
        print("status", answer.status, flush=True)
        for item in items(result, "00081199"):
            print("stored", value(item, "00081155"), value(item, "00081190"), flush=True)
        for item in items(result, "00081198"):
            print("failed", value(item, "00081155"), value(item, "00081197"), flush=True)


main()
