"""Promises about checks in a notebook: the kernel lives on, and the verdict shows itself."""

import nbformat
from nbclient import NotebookClient

CELLS = [
    "from dlcore.classroom import check\ndef squared_error(prediction, target):\n    exit()",
    "check('03b.1', squared_error)",
    "def squared_error(prediction, target):\n    while True: pass",
    "check('03b.1', squared_error)",
    "def squared_error(prediction, target):\n    return float(input('?'))",
    "check('03b.1', squared_error)",
    "def squared_error(prediction, target):\n    d = prediction - target\n    return d.boom",
    "check('03b.1', squared_error)",
    "print('still here')",
]


def test_a_kernel_survives_exits_loops_and_questions(room):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in CELLS])
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(room)}}).execute()
    shown = [cell.outputs[0] for cell in notebook.cells if cell.outputs]
    verdicts = [output.data["text/plain"] for output in shown[:-1]]
    for said, verdict in zip(("SystemExit", "2 s", "input", "d.boom"), verdicts, strict=True):
        assert said in verdict
    assert "line 3 of squared_error" in verdicts[-1]
    assert all("text/html" in output.data for output in shown[:-1])
    assert shown[-1].text == "still here\n"
