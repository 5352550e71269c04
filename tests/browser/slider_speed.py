"""How soon a slider redraws: `python -m tests.browser.slider_speed [NAME] [--moves N]`.

Runs a notebook in JupyterLab in Chromium and moves its first slider by keyboard. A move lasts from
the key press to the browser's first frame after the new picture is decoded. The kernel shares the
machine with the browser, so a busy machine shows: the load is printed beside the times.
"""

import argparse
import os
import statistics
from typing import Any

from tests.browser.chromium import press
from tests.browser.lab import lab, until
from tests.refresh import find, shown

WATCH = """
const picture = window.picture;
addEventListener("keydown", event => {
  window.move = {pressed: event.timeStamp, painted: null};
}, true);
new MutationObserver(() => {
  const move = window.move;
  picture.decode().then(() => requestAnimationFrame(() => setTimeout(() => {
    move.painted ??= performance.now();
  })));
}).observe(picture, {attributeFilter: ["src"]});
"""
TOOK = "return window.move.painted && window.move.painted - window.move.pressed"


def moves(driver: Any, slider: Any, count: int) -> list[float]:
    """The milliseconds of `count` moves from end to end, the first ones (to warm up) left out."""
    driver.execute_script(WATCH)
    times, key = [], "ARROW_RIGHT"
    for _ in range(count + 5):
        state = slider.state
        if state["now"] == state["max"]:
            key = "ARROW_LEFT"
        elif state["now"] == state["min"]:
            key = "ARROW_RIGHT"
        press(driver, key)
        times.append(until(lambda: driver.execute_script(TOOK), "no new picture came"))
        until(lambda: slider.state["idle"], "the kernel did not come to rest")
    return times[5:]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.browser.slider_speed", description=__doc__
    )
    parser.add_argument("name", nargs="?", default="03d_update", help="a notebook with a slider")
    parser.add_argument("--moves", type=int, default=60)
    options = parser.parse_args()
    (path,) = find([options.name])
    with lab() as running:
        if errors := running.run(shown(path)):
            raise SystemExit("\n".join(errors))
        times = moves(running.driver, next(running.sliders(1)), options.moves)
    tenth = statistics.quantiles(times, n=10)[-1]
    print(
        f"{path.stem}: {len(times)} moves, median {statistics.median(times):.0f} ms, "
        f"90th percentile {tenth:.0f} ms "
        f"(load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)"
    )


if __name__ == "__main__":
    main()
