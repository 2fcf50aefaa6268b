"""Whether this machine can draw letters: Pango for the PDF, and a font with Chinese."""

from __future__ import annotations

import subprocess

from tests.conftest import absent


def need_printing() -> None:
    """Skip the test where a PDF cannot be drawn; under CI=true it fails, since `make system` brings what is needed."""
    try:
        import weasyprint  # noqa: F401  # it loads Pango and HarfBuzz
    except (ImportError, OSError) as error:
        absent(f"what weasyprint needs ({error})", "run `make dev`, and `make system` as root")
    listed = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False).stdout
    if not listed.strip():
        absent("a font with Chinese", "run `make system` as root")
