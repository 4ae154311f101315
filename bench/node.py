"""Nodes to be asked, and the clients that ask: what the benchmarks of queries share."""

import json
import pathlib
import re
import tempfile

from support import Failure, Server, free_port, run_to_end

CLIENTS = "bench.dimse_clients"


class Node:
    """A running node: its process, AE title, port and first line."""

    def __init__(self, title, port, server, ready=""):
        self.title, self.port, self.server, self.ready = title, port, server, ready

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.server.__exit__()

    def resident_bytes(self):
        status = pathlib.Path(f"/proc/{self.server.pid}/status").read_text()
        return 1024 * int(re.search(r"VmRSS:\s+(\d+)", status)[1])


def bridge(run, data_set, state=None, further="", settings=""):
    """`settings` go to [node], `further` below everything."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=run.folder))
    configuration = folder / "cxrbridge.toml"
    configuration.write_text(
        f'[node]\nport = 0\nmax_associations = 2000\nmax_associations_per_address = 2000\n'
        f'{settings}\n[dataset]\npath = "{data_set}"\nmissing_images = "list"\n'
        f'[state]\npath = "{state or folder / "state"}"\n{further}\n'
    )
    server = Server(
        [run.program(), "serve", "--config", str(configuration)], folder / "bridge.log"
    )
    ready = server.wait_for_line("ready:")
    port = re.search(r"127\.0\.0\.1:(\d+)", ready)
    if port is None:
        raise Failure(f"no port in {ready!r}")
    return Node("CXRBRIDGE", int(port[1]), server, ready)


def orthanc(run, environment=None):
    folder = pathlib.Path(tempfile.mkdtemp(dir=run.folder))
    port, http_port = free_port(), free_port()
    configuration = folder / "orthanc.json"
    configuration.write_text(
        json.dumps(
            {
                "StorageDirectory": str(folder / "storage"),
                "IndexDirectory": str(folder / "storage"),
                "DicomAet": "ORTHANC",
                "DicomPort": port,
                "HttpPort": http_port,
                "RemoteAccessAllowed": False,
                "AuthenticationEnabled": False,
                "DicomAlwaysAllowStore": True,
                "DicomAlwaysAllowFind": True,
                "LimitFindResults": 0,
                "Plugins": [],
            }
        )
    )
    server = Server(["Orthanc", str(configuration)], folder / "orthanc.log", environment)
    server.wait_for_port(port)
    return Node("ORTHANC", port, server)


def dcmqrscp(run, environment=None):
    folder = pathlib.Path(tempfile.mkdtemp(dir=run.folder))
    storage = folder / "storage"
    storage.mkdir()
    port = free_port()
    configuration = folder / "dcmqrscp.cfg"
    configuration.write_text(
        f"NetworkTCPPort = {port}\nMaxPDUSize = 131072\nMaxAssociations = 16\n"
        f"HostTable BEGIN\nHostTable END\nVendorTable BEGIN\nVendorTable END\n"
        f"AETable BEGIN\nQRSCP {storage} RW (500, 1024mb) ANY\nAETable END\n"
    )
    server = Server(["dcmqrscp", "-c", str(configuration)], folder / "qr.log", environment)
    server.wait_for_port(port)
    return Node("QRSCP", port, server)


def ask(run, node, clients, seconds, what, uids=None):
    """What so many clients measured, all at once, each with an association of its own."""
    command = [str(run.build / "bench" / CLIENTS), f"127.0.0.1:{node.port}", node.title]
    command += [str(clients), str(seconds), what]
    if uids is not None:
        listed = run.folder / "uids"
        listed.write_text("\n".join(uids) + "\n")
        command.append(str(listed))
    measured = json.loads(run_to_end(command).splitlines()[-1])
    if measured["trouble"]:
        raise Failure(f"{node.title}, {what}: {measured['trouble']}")
    return measured


def find_uids(node, keys):
    """Study Instance UIDs of what matches."""
    command = ["findscu", "-S", "-aec", node.title, "-k", "QueryRetrieveLevel=STUDY"]
    for key in keys:
        command += ["-k", key]
    listed = run_to_end([*command, "-k", "StudyInstanceUID", "127.0.0.1", str(node.port)])
    return re.findall(r"\(0020,000d\) UI \[([0-9.]+)", listed)


def study_uids(node, patients, count=200):
    """Of some studies all over the table: findscu prints too slowly to list a million."""
    uids = []
    for number in range(count):
        patient = 1 + number * patients // count
        uids += find_uids(node, [f"PatientID={patient:08d}"])[:1]
    if not uids:
        raise Failure("no study of any patient")
    return uids
