"""Runs the notebooks and stores what a reader without a kernel needs: ``python -m kneecourse.notebooks``.

Stored outputs keep text, sentences and pictures and drop everything that changes from run to run: widget
views and state, execution times, kernel versions. ``--check`` runs nothing and lists what is not stored so.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import nbformat

from kneecourse.content import ASSETS

FOLDER = ASSETS.parent / "notebooks"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def execute(path):
    """The notebook at a path, run from top to bottom with an empty learner's log."""
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as home:
        client = NotebookClient(
            notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": path.parent}}
        )
        client.execute(env={**os.environ, "KNEECOURSE_HOME": home})
    return notebook


def stored(notebook):
    """The notebook as it is kept: hidden inputs, outputs without views, no volatile metadata. Idempotent."""
    notebook.metadata = nbformat.from_dict(METADATA)
    number = 0
    for place, cell in enumerate(notebook.cells):
        cell.id = f"cell-{place:02d}"
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        if cell.cell_type != "code":
            continue
        number += 1
        cell.execution_count = number
        cell.metadata["jupyter"] = {"source_hidden": True}
        for output in cell.outputs:
            output.get("data", {}).pop(WIDGET_VIEW, None)
            if "execution_count" in output:
                output.execution_count = number
    return notebook


def main(arguments=None):
    """Store the outputs of the named notebooks, or of all; the exit status for the shell."""
    parser = argparse.ArgumentParser(
        prog="python -m kneecourse.notebooks", description=__doc__.splitlines()[0]
    )
    parser.add_argument("paths", nargs="*", type=Path, help="notebooks; all of notebooks/ when none is named")
    parser.add_argument(
        "--check", action="store_true", help="run nothing; list notebooks that are not stored cleanly"
    )
    options = parser.parse_args(arguments)
    unclean = []
    for path in options.paths or sorted(FOLDER.glob("*.ipynb")):
        before = path.read_text(encoding="utf-8")
        notebook = nbformat.reads(before, as_version=4) if options.check else execute(path)
        text = nbformat.writes(stored(notebook)) + "\n"
        if options.check and text != before:
            unclean.append(path)
        elif text != before:
            path.write_text(text, encoding="utf-8")
            print(f"{path.name}: stored")
    for path in unclean:
        print(f"{path}: not stored cleanly; run 'make notebooks'", file=sys.stderr)
    return bool(unclean)


if __name__ == "__main__":
    sys.exit(main())
