"""The book as a reader meets it: in JupyterLab and on a page, in Chromium, moved by keyboard.

Needs Chromium, its driver (Debian: `chromium`, `chromium-driver`) and the extra `browser`.
"""
