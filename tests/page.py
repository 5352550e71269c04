"""A web page whose sliders move without a kernel: `python -m tests.page NAME OUT`.

The notebook runs with a few pictures drawn beforehand for each slider; nothing is stored in
`chapters/`. The page takes its JavaScript from two npm packages that are fetched once, with `npm
pack`, and laid beside it: no address of another site is left in it.
"""

import argparse
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import pooch
from nbconvert.exporters import HTMLExporter

from dlcore.figures.frames import SETTING
from tests.book import settle_environment
from tests.refresh import CellFailed, execute, find, read, shown, write

# What is copied beside the page: the file, the package, and the place inside it.
SCRIPTS = {
    "widgets.js": ("@jupyter-widgets/html-manager@1.0.15", "package/dist/embed.js"),
    "mathjax.js": ("mathjax@3.2.2", "package/es5/tex-svg.js"),
}
ELSEWHERE = "https://cdn.jsdelivr.net/npm/"  # where both would look for parts that no page uses
FRAMES = 11

TEMPLATE = """
{%- extends "lab/index.html.j2" -%}
{%- block html_head_js -%}{%- endblock -%}
{%- block jupyter_widgets -%}<script src="widgets.js"></script>{%- endblock -%}
{%- block html_head_js_mathjax -%}
<script>
// The widgets know MathJax 2, whose texts are set by way of a Hub.
const Hub = {Queue: ([, , element]) => MathJax.typesetPromise?.([element])};
MathJax = {
  Hub,
  startup: {ready: () => { MathJax.Hub = Hub; MathJax.startup.defaultReady(); }},
  tex: {inlineMath: [["$", "$"]], processEscapes: true, tags: "ams"},
};
</script>
<script src="mathjax.js" async></script>
{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block html_head_css -%}
<style>
.jupyter-widgets { font-family: var(--jp-content-font-family); }
@media print { .widget-vbox, .widget-box { break-inside: avoid; } }
</style>
{%- endblock -%}
"""


def npm_file(package: str, member: str) -> bytes:
    """One file of an npm package, NAME@VERSION; fetched once and kept in this user's cache."""
    kept = Path(pooch.os_cache("dlcore")) / re.sub(r"\W+", "-", f"{package} {member}")
    if not kept.is_file():
        with tempfile.TemporaryDirectory() as room:
            command = ["npm", "pack", "--silent", "--pack-destination", room, package]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            (packed,) = Path(room).glob("*.tgz")
            with tarfile.open(packed) as archive:
                content = archive.extractfile(member).read()
        kept.parent.mkdir(parents=True, exist_ok=True)
        write(kept, content)
    return kept.read_bytes()


def make_page(path: Path, out: Path, frames: int = FRAMES) -> Path:
    """Run a notebook and write NAME.html with its scripts into the folder `out`; CellFailed."""
    from jinja2 import DictLoader

    notebook = read(path)
    settle_environment()
    os.environ[SETTING] = str(frames)
    try:
        execute(notebook, path.parent)
    finally:
        del os.environ[SETTING]
    exporter = HTMLExporter(
        extra_loaders=[DictLoader({"page.html.j2": TEMPLATE})], template_file="page.html.j2"
    )
    html, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": path.stem}})
    out.mkdir(parents=True, exist_ok=True)
    for name, source in SCRIPTS.items():
        write(out / name, npm_file(*source).replace(ELSEWHERE.encode(), b""))
    page = out / f"{path.stem}.html"
    write(page, html.encode())
    return page


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.page", description=__doc__)
    parser.add_argument("name", metavar="NAME", help="03c, 03c_backward or a path")
    parser.add_argument("out", metavar="OUT", type=Path, help="the folder for the page")
    parser.add_argument(
        "--frames", type=int, default=FRAMES, help="pictures of a slider (default: %(default)s)"
    )
    options = parser.parse_args(arguments)
    try:
        for path in find([options.name]):
            page = make_page(path, options.out, options.frames)
            print(f"{shown(page)}  {page.stat().st_size / 1e6:.1f} MB")
    except (CellFailed, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
