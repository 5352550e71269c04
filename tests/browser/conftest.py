"""One JupyterLab for all the tests of this folder, and a picture of the window where one fails."""

import pytest

from tests.browser.chromium import picture_of


@pytest.fixture(scope="session")
def jupyterlab():
    """JupyterLab in Chromium. Fails, and does not skip, where one of them is not installed."""
    from tests.browser.lab import lab

    with lab() as running:
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    driver = getattr(item.funcargs.get("jupyterlab") or item.funcargs.get("driver"), "driver", None)
    driver = driver or item.funcargs.get("driver")
    if report.failed and driver is not None:
        path = item.config.cache.mkdir("browser") / f"{item.name}.png"
        picture_of(driver, path)
        report.sections.append(("the window", str(path)))
    return report
