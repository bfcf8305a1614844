"""Firefox, driven by the protocol that it speaks itself (Marionette): Playwright drives a Firefox of its own only."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

NAMES = ("firefox-esr", "firefox")
_PATIENCE = 120.0
"""Seconds until it has started, and until a script has to be done."""
_PREFERENCES = {
    "marionette.port": 0,  # a free one
    "network.proxy.type": 1,  # whatever is asked of anybody else goes to a port where nobody is
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "127.0.0.1",
    "devtools.console.stdout.content": True,
    "devtools.console.stdout.chrome": False,
    "ui.prefersReducedMotion": 1,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
}
_LOGGED = re.compile(r"console\.error: (?![A-Z]\w*: )")
"""What a page logs as an error; what the browser itself does begins with the name of its part."""
_WATCH = """
const keeper = Services.wm.getMostRecentWindow("navigator:browser");
const { asked = [], errors = [] } = keeper.descentSeen ?? {};
if (!keeper.descentSeen) {
    keeper.descentSeen = { asked, errors };
    Services.obs.addObserver((subject) => {
        const channel = subject.QueryInterface(Ci.nsIHttpChannel);
        if (!channel.loadInfo.triggeringPrincipal.isSystemPrincipal) asked.push(channel.URI.spec);
    }, "http-on-modify-request");
    Services.console.registerListener({ observe: (message) => {
        if (!(message instanceof Ci.nsIScriptError) || message.flags & Ci.nsIScriptError.warningFlag) return;
        if (/^(file|http):/.test(message.sourceName)) errors.push(`${message.errorMessage} ${message.sourceName}:${message.lineNumber}`);
    } });
}
const told = [asked.splice(0), errors.splice(0)];
return told;
"""
"""Collects, in the browser's own part, what pages ask anybody for by HTTP and errors that nobody has caught, since it was asked last."""


class Firefox:
    """A Firefox with one tab; `started` gives one."""

    def __init__(self, port: int, output: Path) -> None:
        """Speak to the one that listens at a port, and writes what pages log into a file."""
        self._output, self._read = output, 0
        self._connection = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
        self._file = self._connection.makefile("rb")
        self._numbers = itertools.count(1)
        self._receive()
        self._ask("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {}}})
        self._ask("WebDriver:SetTimeouts", {"script": int(_PATIENCE * 1000), "pageLoad": int(_PATIENCE * 1000)})

    def _receive(self) -> Any:
        length = b""
        while (byte := self._file.read(1)) != b":":
            if not byte:
                raise ConnectionError("Firefox has ended")
            length += byte
        return json.loads(self._file.read(int(length)))

    def _ask(self, command: str, parameters: dict[str, Any]) -> Any:
        text = json.dumps([0, next(self._numbers), command, parameters]).encode()
        self._connection.sendall(b"%d:%s" % (len(text), text))
        _, _, error, result = self._receive()
        if error:
            raise RuntimeError(f"{command}: {error['message']}")
        return result

    def resize(self, width: int, height: int) -> None:
        """Let the window have this size on the screen."""
        self._ask("WebDriver:SetWindowRect", {"width": width, "height": height})

    def open(self, url: str) -> None:
        """Go to an address, and wait until its files are loaded."""
        self._ask("WebDriver:Navigate", {"url": url})

    def evaluate(self, script: str) -> Any:
        """What an expression of JavaScript gives in the page."""
        return self._ask("WebDriver:ExecuteScript", {"script": f"return {script};", "args": [], "sandbox": None})["value"]

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press a mouse at a place of the page, move it to another in some steps, and let it go."""
        ways = [[first + (last - first) * step / 5 for first, last in zip(start, end, strict=True)] for step in range(6)]
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 30, "origin": "viewport"} for x, y in ways]
        actions = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
        pointer = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions}
        self._ask("WebDriver:PerformActions", {"actions": [pointer]})

    def faults(self) -> list[str]:
        """Errors in the console, and what was asked for by HTTP of anybody but this machine, since it was asked last."""
        self._ask("Marionette:SetContext", {"value": "chrome"})
        asked, errors = self._ask("WebDriver:ExecuteScript", {"script": _WATCH, "args": [], "sandbox": "system", "newSandbox": False})[
            "value"
        ]
        self._ask("Marionette:SetContext", {"value": "content"})
        logged = self._output.read_bytes()
        new, self._read = logged[self._read :].decode(errors="replace"), len(logged)
        errors += [line for line in new.splitlines() if _LOGGED.match(line)]
        return [*errors, *(f"asked for {url}" for url in asked if not url.startswith("http://127.0.0.1:"))]


@contextmanager
def started() -> Iterator[Firefox]:
    """A headless Firefox with a profile of its own, which is ended afterwards.

    Raises:
        FileNotFoundError: none is installed.
    """
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        raise FileNotFoundError(f"no Firefox is installed: {' or '.join(NAMES)} is looked for")
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        profile = Path(folder)
        told = "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in _PREFERENCES.items())
        (profile / "user.js").write_text(told, encoding="utf-8")
        command = [path, "--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile", folder]
        output = profile / "output"
        with output.open("wb") as file:
            process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
        try:
            yield Firefox(_port(profile), output)
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()


def _port(profile: Path) -> int:
    """Where it listens: it says so once it does."""
    file, began = profile / "MarionetteActivePort", time.monotonic()
    while time.monotonic() - began < _PATIENCE:
        with suppress(OSError, ValueError):
            return int(file.read_text(encoding="utf-8"))
        time.sleep(0.1)
    raise TimeoutError(f"Firefox has not started within {_PATIENCE:.0f} s")
