"""JupyterLab on a copy of the book, its notebooks opened, run and moved in Chromium."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.book import CHAPTERS, EXERCISES, ROOT, settle_environment
from tests.browser.chromium import chromium, press

PATIENCE = 30.0  # seconds until a picture or a server must have come

OPEN_AND_RUN = """
const [path, done] = arguments;
(async () => {
  const panel = await jupyterapp.commands.execute("docmanager:open", {path});
  await panel.context.ready;
  await panel.sessionContext.ready;
  await jupyterapp.commands.execute("notebook:run-all-cells");
  window.panel = panel;
  return [...panel.content.model.cells].flatMap((cell, place) =>
    cell.type !== "code" ? [] : cell.outputs.toJSON()
      .filter(output => output.output_type === "error")
      .map(output => `cell ${place + 1}: ${output.ename}: ${output.evalue}`));
})().then(done, error => done([String(error)]));
"""
CLOSE = """
const done = arguments[0];
panel.sessionContext.shutdown().then(() => { panel.dispose(); done(); });
"""
FOCUS = """
const handle = arguments[0];
handle.scrollIntoView({block: "center"});
handle.focus();
window.picture = handle.closest(".jp-OutputArea-output").querySelector("img");
"""
STATE = """
const handle = arguments[0];
return {
  value: handle.ariaValueText, now: +handle.ariaValueNow,
  min: +handle.ariaValueMin, max: +handle.ariaValueMax, picture: picture.src,
  alert: handle.closest(".jp-OutputArea-output").querySelector("[role=alert]")?.textContent,
  idle: panel.sessionContext.session.kernel.status === "idle",
};
"""


def until(what: Callable[[], Any], failure: str) -> Any:
    """Wait until something is true and give it back; AssertionError after PATIENCE seconds."""
    end = time.monotonic() + PATIENCE
    while not (found := what()):
        assert time.monotonic() < end, failure
        time.sleep(0.02)
    return found


class Slider:
    """One slider in JupyterLab, with the focus on it."""

    def __init__(self, driver: Any, handle: Any):
        self.driver, self.handle = driver, handle
        driver.execute_script(FOCUS, handle)

    @property
    def state(self) -> dict[str, Any]:
        """Its value and range, the address of the picture, an error's text if there is one."""
        return self.driver.execute_script(STATE, self.handle)

    def press(self, key: str) -> dict[str, Any]:
        """Press a key, wait for the picture if the value has changed, and give the new state."""
        before = self.state
        press(self.driver, key)
        after = self.state
        if after["value"] != before["value"]:
            until(
                lambda: (now := self.state)["picture"] != before["picture"] or now["alert"],
                f"the picture stayed the same from {before['value']} to {after['value']}",
            )
        until(lambda: self.state["idle"], "the kernel did not come to rest")
        return self.state


class Lab:
    """A running JupyterLab in a browser."""

    def __init__(self, driver: Any):
        self.driver = driver

    def run(self, path: str) -> list[str]:
        """Open a notebook, run all cells, and give back the errors that they show."""
        return self.driver.execute_async_script(OPEN_AND_RUN, path)

    def close(self) -> None:
        """Close the notebook and its kernel, unsaved."""
        self.driver.execute_async_script(CLOSE)

    def sliders(self, figures: int) -> Iterator[Slider]:
        """The open notebook's sliders, each with the focus, once so many live figures are there."""
        panel = ".jp-NotebookPanel:not(.lm-mod-hidden)"

        def found(css: str) -> list[Any]:
            return self.driver.find_elements("css selector", f"{panel} {css}")

        controls = ":is(.widget-slider, .widget-dropdown, .widget-checkbox)"
        for part in ("img.widget-image", controls):
            until(lambda part=part: len(found(part)) >= figures, f"fewer than {figures} {part}")
        for handle in found(".widget-slider [role=slider]"):
            yield Slider(self.driver, handle)


def settings(folder: Path, theme: str) -> None:
    """Write the settings of a JupyterLab that does not ask for news, in a theme."""
    kept = folder / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    kept.mkdir(parents=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    for name, values in {"themes": {"theme": theme}, "notification": quiet}.items():
        (kept / f"{name}.jupyterlab-settings").write_text(json.dumps(values))


def answers(url: str) -> bool:
    """Whether a server is there."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False


@contextmanager
def server(theme: str) -> Iterator[str]:
    """The address of a new JupyterLab, on a copy of the notebooks, with nobody's settings."""
    settle_environment()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        room = Path(name)
        for folder in filter(Path.is_dir, (CHAPTERS, EXERCISES)):
            shutil.copytree(folder, room / "book" / folder.name)
        shutil.copy(ROOT / "requirements.txt", room / "book")  # chapter 0 compares with it
        settings(room / "config", theme)
        own = {
            "JUPYTER_CONFIG_DIR": room / "config",
            "JUPYTER_DATA_DIR": room / "data",
            "JUPYTER_RUNTIME_DIR": room / "runtime",
            "IPYTHONDIR": room / "ipython",
        }
        command = [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}"),
            "--allow-root",  # it would refuse; it serves this computer only, with a password
            "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={token}",
            f"--ServerApp.root_dir={room / 'book'}",
            "--LabApp.expose_app_in_browser=True",
            "--LabApp.extension_manager=readonly",
        ]
        with (room / "log").open("w") as log:
            lab = subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ | {key: str(path) for key, path in own.items()},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            base = f"http://127.0.0.1:{port}"
            until(lambda: answers(f"{base}/api/status?token={token}"), "JupyterLab did not start")
            yield f"{base}/lab?reset&token={token}"
        finally:
            lab.terminate()
            lab.wait()


@contextmanager
def lab(theme: str = "JupyterLab Light") -> Iterator[Lab]:
    """A new JupyterLab in a new Chromium, ready to open notebooks."""
    with server(theme) as address, chromium() as driver:
        driver.get(address)
        until(
            lambda: driver.execute_script("return !!window.jupyterapp"), "JupyterLab did not load"
        )
        driver.execute_async_script("jupyterapp.restored.then(() => arguments[0]())")
        yield Lab(driver)
