"""The PDF, made from the document by WeasyPrint, which is kept from fetching anything; six pages at most."""

from __future__ import annotations

import hashlib
import io
import logging
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from typing import Any

MOST = 6
"""Pages."""

_SHORTER = ("", "brief", "brief briefest")
"""Classes of the body by which the style leaves more and more findings and sources to the screen."""


class NoPDF(RuntimeError):
    """PDFs cannot be made here; one line says why and what to do."""


def render(html: str) -> bytes:
    """The document as a tagged PDF (PDF/UA-1) with bookmarks; equal documents give equal files.

    Where it would have more than ``MOST`` pages, findings that are in order stay on the screen, then sources.

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
    settings = {"pdf_variant": "pdf/ua-1", "pdf_identifier": hashlib.sha256(html.encode()).digest()[:16]}
    for shorter in _SHORTER:
        text = html.replace("<body>", f'<body class="{shorter}">', 1) if shorter else html
        document = weasyprint.HTML(string=text, base_url=None, url_fetcher=Refusing()).render(**settings)
        if len(document.pages) <= MOST:
            break
    return bytes(document.write_pdf(**settings))
