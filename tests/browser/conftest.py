"""One JupyterLab for all the tests of this folder, and a picture of the window where one fails."""

import pytest


@pytest.fixture(scope="session")
def jupyterlab():
    """JupyterLab in Chromium. Fails, and does not skip, where one of them is not installed."""
    from tests.browser.lab import lab

    with lab() as running:
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    lab = item.funcargs.get("jupyterlab")
    driver = lab.driver if lab else item.funcargs.get("driver")
    if report.failed and driver is not None:
        path = item.config.cache.mkdir("browser") / f"{item.name}.png"
        driver.save_screenshot(str(path))
        report.sections.append(("the window", str(path)))
    return report
