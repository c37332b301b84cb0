"""Pictures of matplotlib as SVG that a page without inline styles can hold."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from fiduciary.dossier.markup import Markup

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}"
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"

_REFERENCE = re.compile(r"url\(#([^)]+)\)")


def inline(figure: Figure, name: str, title: str) -> Markup:
    """An ``svg`` element with a title, whose ids begin with ``name``.

    Styles become presentation attributes, since the page's policy allows no inline style; metadata go, and
    text stays text. Equal figures give equal markup.
    """
    raw = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        FigureCanvasSVG(figure).print_svg(raw, metadata={"Date": None})
    root = ElementTree.fromstring(raw.getvalue())
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{SVG}style", f"{SVG}metadata") or child.tag.endswith("}metadata"):
                parent.remove(child)
    used = _used(root)
    for element in root.iter():
        _plain(element, name, used)
    for key in ("width", "height", "version"):
        root.attrib.pop(key, None)
    root.attrib |= {
        "role": "img",
        "aria-labelledby": f"{name}-title",
        "stroke-linejoin": "round",
        "stroke-linecap": "butt",
        "font-family": FONT,
    }
    said = ElementTree.Element(f"{SVG}title", {"id": f"{name}-title"})
    said.text = title
    root.insert(0, said)
    ElementTree.register_namespace("", SVG[1:-1])
    ElementTree.register_namespace("xlink", XLINK[1:-1])
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _used(root: ElementTree.Element) -> set[str]:
    """Ids that something refers to."""
    found = set()
    for element in root.iter():
        for key, value in element.attrib.items():
            found |= set(_REFERENCE.findall(value))
            if key == f"{XLINK}href":
                found.add(value.removeprefix("#"))
    return found


def _plain(element: ElementTree.Element, name: str, used: set[str]) -> None:
    style = element.attrib.pop("style", "")
    for part in filter(None, (part.strip() for part in style.split(";"))):
        key, _, value = part.partition(":")
        key, value = key.strip(), value.strip()
        if key == "font":
            size = re.search(r"([\d.]+)px", value)
            element.set("font-size", size[1] if size else "10")
            if "bold" in value or re.search(r"\b[6-9]00\b", value):
                element.set("font-weight", "bold")
        elif not key.startswith("font-") or key in ("font-size", "font-weight"):
            element.set(key, value.removesuffix("px") if key == "font-size" else value)
    held = element.attrib.get("id")
    if held is not None:
        if held in used:
            element.set("id", f"{name}-{held}")
        else:
            del element.attrib["id"]
    for key, value in element.attrib.items():
        element.set(key, _REFERENCE.sub(rf"url(#{name}-\1)", value))
        if key == f"{XLINK}href":
            element.set(key, f"#{name}-{value.removeprefix('#')}")
