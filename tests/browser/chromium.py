"""Headless Chromium, driven over Selenium; it reaches nothing but this computer."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # a container seldom allows Chromium's own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--window-size=1280,1000",
)


def program(*names: str) -> str:
    """The path of the first program that there is; FileNotFoundError without any."""
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise FileNotFoundError(f"none of {', '.join(names)} is installed (see CONTRIBUTING.md).")
    return found


@contextmanager
def chromium() -> Iterator[Any]:
    """A Selenium driver of a new, empty Chromium."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = program("chromium", "chromium-browser", "google-chrome")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(program("chromedriver"))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for option in (*OPTIONS, f"--user-data-dir={profile}"):
            options.add_argument(option)
        driver = webdriver.Chrome(options=options, service=service)
        driver.set_script_timeout(180)
        try:
            yield driver
        finally:
            driver.quit()


def press(driver: Any, key: str) -> None:
    """Press a key, named as in Selenium's Keys, at whatever has the focus."""
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    ActionChains(driver).send_keys(getattr(Keys, key)).perform()


def complaints(driver: Any) -> list[str]:
    """The errors in the console since the last call."""
    return [line["message"] for line in driver.get_log("browser") if line["level"] == "SEVERE"]
