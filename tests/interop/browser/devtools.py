"""Chromium without a window, driven by its own protocol over two pipes: no package is needed."""

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time

PATIENCE = 60.0  # a browser starts slowly beside other tests


def chromium():
    """The browser's path, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Browser:
    """One page. What its scripts complain of is in `complaints`, each request in `requests`."""

    def __init__(self):
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()
        self._profile = tempfile.TemporaryDirectory()

        def give_pipes():
            # Away from 3 and 4 first: either pipe may be there already.
            reading, writing = os.dup(to_browser), os.dup(from_browser)
            os.dup2(reading, 3)
            os.dup2(writing, 4)

        arguments = [chromium(), "--headless=new", "--no-sandbox", "--remote-debugging-pipe",
                     f"--user-data-dir={self._profile.name}", "--no-first-run",
                     "--disable-background-networking", "--disable-component-update",
                     "--disable-dev-shm-usage", "--enable-unsafe-swiftshader",
                     "--hide-scrollbars", "about:blank"]
        self._process = subprocess.Popen(arguments, preexec_fn=give_pipes, close_fds=False,
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self._number = 0
        self._received = b""
        self._answers = {}
        self._session = None
        self._statuses = {}
        self.complaints = []
        self.requests = {}  # by id: [method, url, status]
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def close(self):
        self._process.kill()
        self._process.wait()
        os.close(self._out)
        os.close(self._in)
        for _ in range(20):  # its helpers may still be writing
            try:
                self._profile.cleanup()
                return
            except OSError:
                time.sleep(0.1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # The protocol: messages of JSON, each ended by a zero byte.

    def call(self, method, **parameters):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while self._number not in self._answers:
            self._receive(deadline)
        answer = self._answers.pop(self._number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def _receive(self, deadline):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self._in], [], [], left)[0]:
            raise TimeoutError("the browser does not answer")
        some = os.read(self._in, 1 << 20)
        if not some:
            raise RuntimeError("the browser is gone")
        self._received += some
        *messages, self._received = self._received.split(b"\0")
        for message in messages:
            self._take(json.loads(message))

    def _take(self, message):
        if "id" in message:
            self._answers[message["id"]] = message
            return
        method, told = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = told["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Log.entryAdded" and told["entry"]["level"] == "error":
            self.complaints.append(f"{told['entry']['text']} {told['entry'].get('url', '')}")
        elif method == "Network.requestWillBeSent":
            self.requests[told["requestId"]] = [told["request"]["method"], told["request"]["url"], None]
        elif method == "Network.responseReceived" and told["requestId"] in self.requests:
            self.requests[told["requestId"]][2] = told["response"]["status"]

    # What a person does.

    def size(self, width, height, dark=False, phone=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=phone)
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
                            {"name": "prefers-reduced-motion", "value": "reduce"}])

    def open(self, url):
        self.call("Page.navigate", url=url)

    def run(self, script):
        """The value of a JavaScript expression, or what its promise becomes."""
        outcome = self.call("Runtime.evaluate", expression=script, awaitPromise=True,
                            returnByValue=True, userGesture=True)
        if "exceptionDetails" in outcome:
            raise RuntimeError(outcome["exceptionDetails"].get("exception", {}).get("description"))
        return outcome["result"].get("value")

    def wait(self, script, what, patience=PATIENCE):
        """Until the expression is true; its value."""
        deadline = time.monotonic() + patience
        while True:
            try:
                value = self.run(script)
            except RuntimeError:
                value = None  # the page was changing
            if value not in (None, False, 0, ""):  # an element comes as {}
                return value
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain for {what}; complaints: {self.complaints}; "
                                     f"page: {self.run('document.body.innerText')[:2000]}")
            time.sleep(0.03)

    def click(self, selector):
        self.wait(f"!!document.querySelector({json.dumps(selector)})", selector)
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def type(self, selector, text):
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        self.call("Input.insertText", text=text)

    def press(self, key, code=None, text=None):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=code or key,
                      **({"text": text} if text and kind == "keyDown" else {}))

    def picture(self, path, whole=False):
        if whole:
            size = self.run("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
            clip = {"x": 0, "y": 0, "width": size[0], "height": min(size[1], 6000), "scale": 1}
            taken = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        else:
            taken = self.call("Page.captureScreenshot", format="png")
        with open(path, "wb") as file:
            file.write(base64.b64decode(taken["data"]))


def need_chromium():
    if chromium() is None:
        print("skipped: there is no chromium")
        sys.exit(0)
