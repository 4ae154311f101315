"""The contenders of every benchmark, started on free ports; and the clients that ask them."""

import json
import pathlib
import re
import shutil
import tempfile

from support import Failure, Server, free_port, run_to_end

CLIENTS = "bench.dimse_clients"
SINK = "bench.dimse_sink"


class Node:
    """A running node: its name in tables, AE title, process, port and first line."""

    def __init__(self, name, title, port, server, ready=""):
        self.name, self.title, self.port, self.server, self.ready = name, title, port, server, ready

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.server.__exit__()

    def resident_bytes(self):
        status = pathlib.Path(f"/proc/{self.server.pid}/status").read_text()
        return 1024 * int(re.search(r"VmRSS:\s+(\d+)", status)[1])


class Destination:
    """storescp, which takes objects and throws them away: what is measured is the sender. `far`: the
    other end of a link."""

    def __init__(self, run, title, environment=None, options=("--ignore",), far=None):
        self.name, self.title, self.port = "storescp", title, free_port()
        self.host = "127.0.0.1" if far is None else far.address
        command = ["storescp", "-aet", title, *options, str(self.port)]
        self.server = Server(
            command if far is None else far.inside(command),
            run.folder / f"{title}.log",
            environment,
        )

    def __enter__(self):
        self.server.wait_for_port(self.port, self.host)
        return self

    def __exit__(self, *unused):
        self.server.__exit__()


class Sink:
    """bench.dimse_sink: as storescp, but as quick as a receiver can be, so that the sender is the limit."""

    def __init__(self, run, title):
        self.name, self.title, self.host = SINK, title, "127.0.0.1"
        program = str(run.build / "bench" / SINK)
        self.server = Server([program, title], run.folder / f"{title}.log")
        self.port = int(self.server.wait_for_line("port ").split()[1])

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.server.__exit__()


def bridge(
    run,
    data_set,
    *,
    name="cxrbridge",
    state=None,
    destinations=(),
    missing_images="list",
    of_state="",
    of_peers="",
    further="",
):
    """cxrbridge, which may move to `destinations`; `of_state` goes to [state], `of_peers` to every
    [[peer]], `further` below all."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=run.folder))
    peers = "".join(
        f'[[peer]]\naet = "{to.title}"\nhost = "{to.host}"\nport = {to.port}\n{of_peers}\n'
        for to in destinations
    )
    configuration = folder / "cxrbridge.toml"
    configuration.write_text(
        f'[node]\nport = 0\nmax_associations = 2000\nmax_associations_per_address = 2000\n'
        f'[dataset]\npath = "{data_set}"\nmissing_images = "{missing_images}"\n'
        f'[state]\npath = "{state or folder / "state"}"\n{of_state}\n{peers}{further}'
    )
    server = Server(
        [run.program(), "serve", "--config", str(configuration)], folder / "bridge.log"
    )
    ready = server.wait_for_line("ready:")
    port = re.search(r"127\.0\.0\.1:(\d+)", ready)
    if port is None:
        raise Failure(f"no port in {ready!r}")
    return Node(name, "CXRBRIDGE", int(port[1]), server, ready)


def orthanc(
    run, environment=None, *, name="Orthanc", destinations=(), storage=None, further=None
):
    """Orthanc as it comes; `further` keys of its configuration. Empty, unless `storage` is another's."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=run.folder))
    storage = storage or folder / "storage"
    port, http_port = free_port(), free_port()
    configuration = folder / "orthanc.json"
    configuration.write_text(
        json.dumps(
            {
                "StorageDirectory": str(storage),
                "IndexDirectory": str(storage),
                "DicomAet": "ORTHANC",
                "DicomPort": port,
                "HttpPort": http_port,
                "RemoteAccessAllowed": False,
                "AuthenticationEnabled": False,
                "DicomAlwaysAllowStore": True,
                "DicomAlwaysAllowFind": True,
                "DicomAlwaysAllowMove": True,
                "DicomModalities": {to.title: [to.title, to.host, to.port] for to in destinations},
                "LimitFindResults": 0,
                "Plugins": [],
                **(further or {}),
            }
        )
    )
    server = Server(["Orthanc", str(configuration)], folder / "orthanc.log", environment)
    server.wait_for_port(port)
    one = Node(name, "ORTHANC", port, server)
    one.http_port = http_port
    return one


def dcmqrscp(run, environment=None, *, name="dcmqrscp", destinations=(), objects=None):
    """dcmqrscp, holding the files of the folder `objects`."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=run.folder))
    storage = folder / "storage"
    if objects is None:
        storage.mkdir()
    else:
        shutil.copytree(objects, storage)
        run_to_end(["dcmqridx", str(storage), *(str(file) for file in sorted(storage.iterdir()))])
    hosts = "".join(f"to{i} = ({to.title}, {to.host}, {to.port})\n"
                    for i, to in enumerate(destinations))
    port = free_port()
    configuration = folder / "dcmqrscp.cfg"
    configuration.write_text(
        f"NetworkTCPPort = {port}\nMaxPDUSize = 131072\nMaxAssociations = 16\n"
        f"HostTable BEGIN\n{hosts}HostTable END\nVendorTable BEGIN\nVendorTable END\n"
        f"AETable BEGIN\nQRSCP {storage} RW (500, 1024mb) ANY\nAETable END\n"
    )
    server = Server(["dcmqrscp", "-c", str(configuration)], folder / "qr.log", environment)
    server.wait_for_port(port)
    return Node(name, "QRSCP", port, server)


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
