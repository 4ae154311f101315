"""A DICOMweb client of nothing but Python's own library (and Pillow for pictures).

dicomweb_client.py ROOT DATASET CHECK: exits with a traceback when the server is not as PS3.18 says.
"""

import csv
import gzip
import http.client
import io
import json
import pathlib
import re
import sys
import urllib.parse

from PIL import Image

ROOT, DATASET, CHECK = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
HOST = urllib.parse.urlsplit(ROOT).netloc
connection = http.client.HTTPConnection(HOST, timeout=30)
JSON = {"Accept": "application/dicom+json"}
FRAMES = 'multipart/related; type="application/octet-stream"'


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    def json(self):
        assert self.status == 200, (self.status, self.body)
        assert self.headers["Content-Type"] == "application/dicom+json", self.headers
        return json.loads(self.body)

    def parts(self):
        """[(headers as they are spelled, content)]"""
        assert self.status == 200, (self.status, self.body)
        boundary = re.search(r'boundary="([^"]+)"', self.headers["Content-Type"])[1].encode()
        pieces = (b"\r\n" + self.body).split(b"\r\n--" + boundary)
        assert pieces[0] == b"" and pieces[-1] == b"--\r\n", (pieces[0][:80], pieces[-1][:80])
        found = []
        for piece in pieces[1:-1]:
            head, content = piece[2:].split(b"\r\n\r\n", 1)
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            assert len(content) == int(headers["Content-Length"])
            found.append((headers, content))
        return found


def ask(path, headers=None, method="GET", base="/dicom-web"):
    connection.request(method, base + path, headers=headers or {})
    return Answer(connection.getresponse())


def value(row, tag):
    values = row.get(tag, {}).get("Value", [None])
    return values[0]["Alphabetic"] if isinstance(values[0], dict) and "Alphabetic" in values[0] else values[0]


def rows_of_data_set():
    with open(next(DATASET.glob("Data_Entry*.csv")), newline="") as file:
        return list(csv.DictReader(file))


def image_of(row):
    """The path of the image instance of a data set's row, and its PNG."""
    index = row["Image Index"]
    accession = "CXR" + index.removesuffix(".png")
    (instance,) = ask(f"/instances?Modality=DX&AccessionNumber={accession}", JSON).json()
    path = urllib.parse.urlsplit(value(instance, "00081190")).path.removeprefix("/dicom-web")
    return path, Image.open(next(DATASET.rglob(index)))


def some_image():
    """One that is grey, as the published ones are."""
    for row in rows_of_data_set():
        if Image.open(next(DATASET.rglob(row["Image Index"]))).mode == "L":
            return image_of(row)
    raise AssertionError("no grey image")


def search():
    rows = rows_of_data_set()
    patients = {row["Image Index"].split("_")[0] for row in rows}
    studies = ask("/studies", JSON).json()
    assert {value(study, "00100020") for study in studies} == patients
    for tag in ("0020000D", "00080020", "00080030", "00080050", "00100010", "00201208", "00080061", "00081190"):
        assert all(tag in study for study in studies), tag
    assert isinstance(value(studies[0], "00201208"), int)
    assert "DX" in studies[0]["00080061"]["Value"]
    patient = sorted(patients)[0]
    mine = ask(f"/studies?00100020={patient}", JSON).json()
    assert {value(study, "00100020") for study in mine} == {patient}
    assert ask(f"/studies?PatientID={patient}*&includefield=all", JSON).status == 200
    one = value(mine[0], "0020000D")
    assert [value(s, "0020000D") for s in ask(f"/studies?StudyInstanceUID={one}", JSON).json()] == [one]
    assert ask("/studies?PatientID=NOBODY", JSON).status == 204

    page = ask("/studies?limit=2&offset=1&fuzzymatching=false&includefield=00081030%2C00080060", JSON)
    assert page.json() != studies[1:3] and len(page.json()) == 2
    assert [value(s, "0020000D") for s in page.json()] == [value(s, "0020000D") for s in studies[1:3]]
    assert "00081030" in page.json()[0] and page.headers["Warning"].startswith("299 ")
    last = ask(f"/studies?limit=5&offset={len(studies) - 2}", JSON)
    assert len(last.json()) == 2 and last.headers["Warning"] is None
    assert ask(f"/studies?offset={len(studies)}", JSON).status == 204
    assert "foo" in ask("/studies?foo=1&limit=1", JSON).headers["Warning"]
    quoted = ask("/studies?a%22b%5Cc=1&limit=10000", JSON).headers["Warning"]  # RFC 9110 5.6.4
    assert quoted == r'299 cxrbridge "Not matched, and ignored: a\"b\\c"', quoted
    for path in ("/studies//series", "/studies//instances", "/studies/1.2,1.3/series"):
        assert ask(path, JSON).status == 400, path
    assert "DX" in ask("/studies?ModalitiesInStudy=DX%2CCR", JSON).json()[0]["00080061"]["Value"]

    series = ask(f"/studies/{one}/series", JSON).json()
    assert {value(s, "00080060") for s in series} >= {"DX", "SR"}
    instances = ask(f"/studies/{one}/instances", JSON).json()
    assert sum(value(s, "00201209") for s in series) == len(instances) == value(mine[0], "00201208")
    first = value(series[0], "0020000E")
    below = ask(f"/studies/{one}/series/{first}/instances", JSON).json()
    assert len(below) == value(series[0], "00201209")
    assert len(ask("/series", JSON).json()) >= len(series)
    assert all("00100010" in row for row in ask("/instances?limit=3", JSON).json())

    for query, named in (("limit=-1", "limit"), ("StudyDate=x", "StudyDate"), ("fuzzymatching=2", "fuzzymatching")):
        refused = ask("/studies?" + query, JSON)
        assert refused.status == 400 and named in json.loads(refused.body)["detail"], refused.body
        assert refused.headers["Content-Type"] == "application/problem+json"
    assert ask("/studies", {"Accept": "image/png"}).status == 406
    assert ask("/studies?accept=application/json", {"Accept": "image/png"}).status == 200
    assert ask("/studies/not-a-uid/series", JSON).status == 400


def metadata():
    path, picture = some_image()
    answer = ask(path + "/metadata", JSON)
    (attributes,) = answer.json()
    for tag in ("0020000D", "0020000E", "00080018", "00080016", "00280010", "00280011", "00280100"):
        assert value(attributes, tag) is not None, tag
    assert (value(attributes, "00280011"), value(attributes, "00280010")) == picture.size
    assert attributes["7FE00010"]["BulkDataURI"].endswith("/bulkdata/7FE00010")
    assert ask(path + "/metadata", {**JSON, "If-None-Match": answer.headers["ETag"]}).status == 304
    zipped = ask(path + "/metadata", {**JSON, "Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip" and gzip.decompress(zipped.body) == answer.body
    assert ask(path + "/metadata", {**JSON, "If-None-Match": zipped.headers["ETag"]}).status == 304
    head = ask(path + "/metadata", JSON, method="HEAD")
    assert head.body == b"" and head.headers["ETag"] == answer.headers["ETag"]
    study = re.match("/studies/[^/]+", path)[0]
    assert len(ask(study + "/metadata", JSON).json()) == len(ask(study + "/instances", JSON).json())
    assert ask(study + "/series/1.2.3/metadata", JSON).status == 404
    report = next(i for i in ask(study + "/instances", JSON).json() if value(i, "00080016").startswith("1.2.840.10008.5.1.4.1.1.88"))
    url = urllib.parse.urlsplit(value(report, "00081190")).path.removeprefix("/dicom-web")
    (document,) = ask(url + "/metadata", JSON).json()
    assert document["0040A730"]["Value"], "a report has its content"


def frames():
    path, picture = some_image()
    pixels = picture.tobytes()
    for accept in (FRAMES + '; transfer-syntax="*"', "multipart/related; type=application/octet-stream; transfer-syntax=*", FRAMES, "*/*"):
        ((headers, content),) = ask(path + "/frames/1", {"Accept": accept}).parts()
        assert headers["Content-Type"] == "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1"
        assert content == pixels
    answer = ask(path + "/frames/1", {"Accept": FRAMES})
    assert ask(path + "/frames/1", {"Accept": FRAMES, "If-None-Match": answer.headers["ETag"]}).status == 304
    single = ask(path + "/frames/1", {"Accept": "application/octet-stream"})
    assert single.body == pixels
    for accept, known in (("application/octet-stream", answer), (FRAMES, single)):  # another representation
        assert ask(path + "/frames/1", {"Accept": accept, "If-None-Match": known.headers["ETag"]}).status == 200
    for accept, begins in (
        ('multipart/related; type="image/jls"', b"\xff\xd8\xff\xf7"),
        ('multipart/related; type="image/jpeg"; transfer-syntax=1.2.840.10008.1.2.4.70', b"\xff\xd8\xff"),
        ("multipart/related; type=image/dicom-rle", b"\x01\x00\x00\x00"),
        ('multipart/related; type="image/jp2"', b"\xff\x4f\xff\x51"),
        (FRAMES + "; transfer-syntax=1.2.840.10008.1.2.4.80", b"\xff\xd8\xff\xf7"),
    ):
        ((headers, content),) = ask(path + "/frames/1", {"Accept": accept}).parts()
        assert content.startswith(begins), (accept, content[:8])
        assert "transfer-syntax=1.2.840.10008.1.2" in headers["Content-Type"]
    assert ask(path + "/frames/2").status == 404
    assert ask(path + "/frames/0").status == 400
    assert ask(path + "/frames/1,x").status == 400
    assert ask(path + "/frames/1", {"Accept": 'multipart/related; type="image/tiff"'}).status == 406
    bulk = path + "/bulkdata/7FE00010"
    assert ask(bulk).body == pixels
    part = ask(bulk, {"Range": "bytes=1000-1999"})
    assert part.status == 206 and part.body == pixels[1000:2000]
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(pixels)}"
    assert ask(bulk, {"Range": "bytes=-10"}).body == pixels[-10:]
    beyond = ask(bulk, {"Range": f"bytes={len(pixels)}-"})
    assert beyond.status == 416 and beyond.headers["Content-Type"] == "application/problem+json"
    assert beyond.headers["Content-Range"] == f"bytes */{len(pixels)}"
    assert ask(path + "/bulkdata/00420011").status == 404


def objects():
    path, picture = some_image()
    study = re.match("/studies/[^/]+", path)[0]
    parts = ask(study, {"Accept": 'multipart/related; type="application/dicom"'}).parts()
    assert len(parts) == len(ask(study + "/instances", JSON).json())
    for headers, content in parts:
        assert headers["Content-Type"] == "application/dicom;transfer-syntax=1.2.840.10008.1.2.1"
        assert content[128:132] == b"DICM"
    assert sum(picture.tobytes() in content for _, content in parts) == 1
    single = ask(path, {"Accept": "application/dicom"})
    assert single.body[128:132] == b"DICM" and single.body.endswith(picture.tobytes())
    assert ask(path, {"Accept": "application/dicom", "If-None-Match": single.headers["ETag"]}).status == 304
    lossless = 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.80'
    kinds = {headers["Content-Type"].split("=")[1] for headers, _ in ask(study, {"Accept": lossless}).parts()}
    assert kinds == {"1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.1"}, kinds
    assert ask(study, {"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=1.2.3'}).status == 406
    assert ask("/studies/1.2.3").status == 404
    sys.stdout.flush()
    pathlib.Path(sys.argv[4]).write_bytes(single.body)


def rendered():
    path, picture = some_image()
    png = ask(path + "/rendered", {"Accept": "image/png"})
    assert png.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(png.body)).tobytes() == picture.tobytes()
    jpeg = Image.open(io.BytesIO(ask(path + "/rendered", {"Accept": "image/jpeg"}).body))
    assert jpeg.format == "JPEG" and jpeg.size == picture.size
    small = Image.open(io.BytesIO(ask(path + "/frames/1/rendered?viewport=100,50&accept=image/png").body))
    assert max(small.size[0] / 100, small.size[1] / 50) == 1, small.size
    dark = Image.open(io.BytesIO(ask(path + "/rendered?window=250,2,linear&accept=image/png").body))
    assert set(dark.tobytes()) <= {0, 255}
    region = Image.open(io.BytesIO(ask(path + "/rendered?viewport=32,32,8,8,32,32&accept=image/png").body))
    assert region.tobytes() == picture.crop((8, 8, 40, 40)).tobytes()
    study = re.match("/studies/[^/]+", path)[0]
    for of in (path, path + "/frames/1", study):
        thumbnail = ask(of + "/thumbnail?accept=image/jpeg", {"Accept": FRAMES})
        assert thumbnail.headers["Content-Type"] == "image/jpeg"
        assert max(Image.open(io.BytesIO(thumbnail.body)).size) == 128
    ((headers, content),) = ask(path + "/thumbnail", {"Accept": FRAMES}).parts()
    assert headers["Content-Type"] == "image/jpeg"
    for query in ("viewport=0,1", "viewport=a", "window=1", "window=1,0,linear", "window=1,2,cubic", "quality=101"):
        refused = ask(path + "/rendered?" + query)
        assert refused.status == 400 and query.split("=")[0] in refused.body.decode(), query
    assert ask(path + "/rendered", {"Accept": "image/gif"}).status == 406


def limits():
    """Of a data set of 10,003 images: `limit` asks for 10,000 at most (PS3.18 8.3.4.4)."""
    for query, rows, more in (
        ("", 10_003, False),
        ("limit=20000", 10_000, True),
        ("limit=10001&offset=3", 10_000, False),
        ("limit=10000", 10_000, True),
        ("limit=10003&offset=2", 10_000, True),
        ("limit=10000&offset=10000", 3, False),
        ("limit=18446744073709551615&offset=9999", 4, False),
        ("offset=10001", 2, False),
        ("limit=2&offset=10001", 2, False),
        ("limit=1&offset=10001", 1, True),
    ):
        answer = ask("/studies?" + query, JSON)
        assert len(answer.json()) == rows, (query, len(answer.json()))
        warning = answer.headers["Warning"]
        assert (warning is not None) == more, (query, warning)
        assert not more or (warning.startswith("299 ") and "additional results" in warning), warning
    for query, more in (("limit=0", True), ("offset=10003", False), ("limit=5&offset=99999999", False)):
        answer = ask("/studies?" + query, JSON)
        assert answer.status == 204 and (answer.headers["Warning"] is not None) == more, query


def boxed_image():
    """(study, path of a presentation state, path of its image, UIDs of the state, its boxes)"""
    found = next(i for i in ask("/instances?Modality=PR", JSON).json())
    state = urllib.parse.urlsplit(value(found, "00081190")).path.removeprefix("/dicom-web")
    (attributes,) = ask(state + "/metadata", JSON).json()
    series = attributes["00081115"]["Value"][0]
    image = series["00081140"]["Value"][0]
    study = re.match("/studies/[^/]+", state)[0]
    path = f"{study}/series/{value(series, '0020000E')}/instances/{value(image, '00081155')}"
    uids = (value(attributes, "0020000E"), value(attributes, "00080018"))
    graphics = [g for a in attributes["00700001"]["Value"] for g in a["00700009"]["Value"]]
    return study, state, path, uids, [g["00700022"]["Value"] for g in graphics]


def presented():
    study, state, path, (series, instance), boxes = boxed_image()
    query = f"?presentationSeriesUID={series}&presentationUID={instance}&accept=image/png"
    drawn = ask(path + "/rendered" + query)
    assert drawn.status == 200, drawn.body
    assert ask(state + "/rendered?accept=image/png").body == drawn.body
    picture = Image.open(io.BytesIO(drawn.body)).convert("L")
    bare = Image.open(io.BytesIO(ask(path + "/rendered?accept=image/png").body)).convert("L")
    assert picture.size == bare.size
    for box in boxes:
        left, top, right, bottom = box[0], box[1], box[4], box[5]
        # Two of its edges, at their middles; the others may run along the picture's edge or a label.
        on = [(left, (top + bottom) / 2), ((left + right) / 2, bottom)]
        for x, y in on:
            x, y = min(int(x), picture.size[0] - 1), min(int(y), picture.size[1] - 1)
            assert picture.getpixel((x, y)) == 255, (box, x, y, picture.getpixel((x, y)))
    changed = sum(a != b for a, b in zip(picture.tobytes(), bare.tobytes()))
    assert 0 < changed < len(bare.tobytes()) / 4, changed
    half = Image.open(io.BytesIO(ask(path + "/rendered" + query + "&viewport=512,512").body))
    assert max(half.size) == 512
    noted = Image.open(io.BytesIO(ask(path + "/rendered?annotation=patient,technique&accept=image/png").body))
    assert noted.convert("L").tobytes() != bare.tobytes()
    wrong = ask(path + f"/rendered?presentationSeriesUID={series}&presentationUID=1.2.3")
    assert wrong.status == 404 and ask(path + f"/rendered?presentationUID={instance}").status == 400
    parts = ask(study + "/rendered?accept=multipart/related;type=image/jpeg").parts()
    assert len(parts) >= 2 and all(h["Content-Type"] == "image/jpeg" for h, _ in parts)


def uri():
    path, picture = some_image()
    uids = re.match("/studies/([^/]+)/series/([^/]+)/instances/([^/]+)", path).groups()
    root = "/wado?requestType=WADO&" + "&".join(
        f"{name}={uid}" for name, uid in zip(("studyUID", "seriesUID", "objectUID"), uids))

    def shown(query):
        answer = ask(root + query, base="")
        assert answer.status == 200, (query, answer.body)
        return answer, Image.open(io.BytesIO(answer.body))

    answer, jpeg = shown("")
    assert answer.headers["Content-Type"] == "image/jpeg" and jpeg.size == picture.size
    answer, png = shown("&contentType=image/png")
    assert answer.headers["Content-Type"] == "image/png" and png.tobytes() == picture.tobytes()
    assert ask(root + "&contentType=image/png", {"If-None-Match": answer.headers["ETag"]}, base="").status == 304
    assert max(shown("&rows=100&columns=100")[1].size) == 100
    width, height = picture.size
    _, quarter = shown("&contentType=image/png&region=0.5,0.5,1,1")
    assert quarter.size == (width // 2, height // 2)
    assert quarter.tobytes() == picture.crop((width // 2, height // 2, width, height)).tobytes()
    _, dark = shown("&contentType=image/png&windowCenter=250&windowWidth=2")
    assert set(dark.tobytes()) <= {0, 255}
    assert len(ask(root + "&imageQuality=10", base="").body) < len(ask(root + "&imageQuality=95", base="").body)
    whole = ask(root + "&contentType=application/dicom", base="")
    assert whole.headers["Content-Type"] == "application/dicom" and whole.body[128:132] == b"DICM"
    assert whole.body.endswith(picture.tobytes())
    jls = ask(root + "&contentType=application/dicom&transferSyntax=1.2.840.10008.1.2.4.80", base="")
    assert b"1.2.840.10008.1.2.4.80" in jls.body[:400] and len(jls.body) < len(whole.body)
    for query, status in (
        ("&contentType=image/gif", 406),
        ("&contentType=application/dicom&transferSyntax=1.2.3", 406),
        ("&frameNumber=2", 404),
        ("&rows=x", 400),
        ("&anonymize=yes", 406),
    ):
        assert ask(root + query, base="").status == status, query
    assert ask("/wado", base="").status == 400
    assert ask(root.replace(uids[2], "1.2.3"), base="").status == 404
    _, _, boxed, (series, instance), _ = boxed_image()
    uids = re.match("/studies/([^/]+)/series/([^/]+)/instances/([^/]+)", boxed).groups()
    root = "/wado?requestType=WADO&" + "&".join(
        f"{name}={uid}" for name, uid in zip(("studyUID", "seriesUID", "objectUID"), uids))
    stated = ask(f"{root}&contentType=image/png&presentationUID={instance}&presentationSeriesUID={series}", base="")
    assert stated.status == 200 and stated.body != ask(root + "&contentType=image/png", base="").body


def manners():
    origin = {"Origin": "https://viewer.example.org"}
    allowed = ask("/studies?limit=1", {**JSON, **origin})
    assert allowed.headers["Access-Control-Allow-Origin"] == origin["Origin"]
    assert ask("/studies?limit=1", {**JSON, "Origin": "https://evil.example.org"}).headers["Access-Control-Allow-Origin"] is None
    preflight = ask("/studies", {**origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "accept"}, "OPTIONS")
    assert preflight.status == 204 and preflight.headers["Access-Control-Allow-Headers"] == "accept"
    assert "GET" in preflight.headers["Access-Control-Allow-Methods"]
    assert ask("/studies", method="DELETE").status == 405
    assert ask("/nothing").status == 404
    assert "default-src 'none'" in allowed.headers["Content-Security-Policy"]
    for answer in (allowed, ask("/studies", {"Accept": "image/png"})):
        assert answer.headers["Vary"] == "Accept-Encoding, Accept, Origin", answer.headers
    assert allowed.headers["X-Content-Type-Options"] == "nosniff"


globals()[CHECK]()
print("done")
