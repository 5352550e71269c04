"""Promises of a page without a kernel: its sliders move, and it asks no other site for anything."""

import re

import pytest

from tests.book import CHAPTERS
from tests.browser.chromium import chromium, complaints, press
from tests.browser.lab import until
from tests.page import make_page

pytestmark = pytest.mark.browser

FRAMES = 4
VISIBLE = """
const box = arguments[0].closest(".widget-vbox");
const picture = box.querySelector("img");
return picture && picture.complete && picture.naturalWidth ? picture.src : null;
"""
LOADED = "return performance.getEntriesByType('resource').map(entry => entry.name)"
HANDLES = ".widget-slider [role=slider]"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A notebook with one control for its figure, and one with three, as pages."""
    out = tmp_path_factory.mktemp("pages")
    return {name: make_page(CHAPTERS / f"{name}.ipynb", out, FRAMES) for name in ONE_AND_MANY}


ONE_AND_MANY = ("03d_update", "00_start")


@pytest.fixture
def driver():
    with chromium() as running:
        yield running


def handles(driver):
    """The sliders of the page, once they are there."""
    return until(lambda: driver.find_elements("css selector", HANDLES), "no slider came")


def picture(driver, handle):
    """The address of the one picture that a slider shows, once it is loaded."""
    return until(lambda: driver.execute_script(VISIBLE, handle), "no picture came")


def content(driver, address):
    """The bytes of a picture of the page."""
    return driver.execute_async_script(
        "fetch(arguments[0]).then(r => r.arrayBuffer()).then(b => "
        "arguments[1]([...new Uint8Array(b)].join()))",
        address,
    )


def test_a_slider_shows_every_frame_by_keyboard_and_the_first_again(pages, driver):
    driver.get(pages["03d_update"].as_uri())
    (handle,) = handles(driver)
    assert handle.accessible_name == "learning rate"
    driver.execute_script("arguments[0].focus()", handle)
    start = content(driver, picture(driver, handle))
    press(driver, "HOME")
    seen = []
    for _ in range(FRAMES):
        seen.append(content(driver, picture(driver, handle)))
        press(driver, "ARROW_RIGHT")
    assert len(set(seen)) == FRAMES and start in seen
    press(driver, "HOME")
    until(lambda: content(driver, picture(driver, handle)) == seen[0], "Home did not lead back")


def test_with_several_controls_the_reader_chooses_the_one_that_moves(pages, driver):
    from selenium.webdriver.support.select import Select

    driver.get(pages["00_start"].as_uri())
    handles(driver)
    select = driver.find_element("css selector", ".widget-dropdown select")
    names = [option.text for option in Select(select).options]
    assert names == ["examples", "inputs", "outputs"]
    for name in names:
        Select(select).select_by_visible_text(name)
        until(lambda name=name: handles(driver)[0].accessible_name == name, f"no slider for {name}")
        (handle,) = handles(driver)
        driver.execute_script("arguments[0].focus()", handle)
        press(driver, "HOME")
        first = content(driver, picture(driver, handle))
        press(driver, "END")
        until(
            lambda handle=handle, first=first: content(driver, picture(driver, handle)) != first,
            f"{name} did not move the picture",
        )


@pytest.mark.parametrize("name", ONE_AND_MANY)
def test_a_page_loads_only_what_lies_beside_it(pages, driver, name):
    driver.get(pages[name].as_uri())
    handles(driver)
    until(lambda: driver.find_elements("css selector", "mjx-container svg"), "no formula was set")
    assert complaints(driver) == []
    own = (pages[name].parent.as_uri(), "blob:", "data:")
    assert [
        address for address in driver.execute_script(LOADED) if not address.startswith(own)
    ] == []


def test_no_address_of_a_script_elsewhere_is_left_in_a_page(pages):
    for page in pages.values():
        text = page.read_text(encoding="utf-8")
        assert "<script src=" in text
        # a picture's letters may spell anything: only what stands in an address counts
        assert not re.search(r"https?://[^\s\"'<>]*(?:jsdelivr|unpkg|cloudflare|cdn)", text)
    scripts = list(page.parent.glob("*.js"))
    assert {script.name for script in scripts} == {"widgets.js", "mathjax.js"}
    assert not any(b"cdn.jsdelivr" in script.read_bytes() for script in scripts)
