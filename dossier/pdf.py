"""The PDF, made from the document itself by WeasyPrint, which is kept from fetching anything."""

from __future__ import annotations

import hashlib
import io
import logging
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from typing import Any


class NoPDF(RuntimeError):
    """PDFs cannot be made here; one line says why and what to do."""


def render(html: str) -> bytes:
    """The document as a tagged PDF (PDF/UA-1) with bookmarks; equal documents give equal files.

    Raises:
        NoPDF: the system lacks Pango.
    """
    try:
        # Its import ends in an OSError, with many lines printed, where Pango is not there.
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            weasyprint: Any = import_module("weasyprint")
            urls: Any = import_module("weasyprint.urls")
    except OSError:
        raise NoPDF(
            "no PDF: WeasyPrint finds no Pango; apt install libpango-1.0-0 libpangoft2-1.0-0, or brew "
            "install pango"
        ) from None

    class Refusing(urls.URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            raise ValueError(f"a dossier fetches nothing: {url[:80]}")

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    document = weasyprint.HTML(string=html, base_url=None, url_fetcher=Refusing())
    made = document.write_pdf(
        pdf_variant="pdf/ua-1",
        pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
    )
    return bytes(made)
