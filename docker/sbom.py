"""Writes what is installed in an image, Python's and Debian's packages, as a CycloneDX list.

docker/build.sh runs it inside the image, so it uses the standard library only. A tool that knows Python's
packages alone would leave out the half that the base image brings.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import re
import shutil
import subprocess
import sys
from urllib.parse import quote

Component = dict[str, object]


def python_packages() -> list[Component]:
    found = {}
    for package in importlib.metadata.distributions():
        name = re.sub(r"[-_.]+", "-", package.metadata["Name"]).lower()
        found[name] = component(name, package.version, f"pkg:pypi/{name}@{quote(package.version)}")
        licence = package.metadata.get("License-Expression")
        if licence:
            found[name]["licenses"] = [{"expression": licence}]
    return [found[name] for name in sorted(found)]


def system_packages(release: dict[str, str]) -> list[Component]:
    if not shutil.which("dpkg-query"):
        return []
    lines = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Package} ${Version} ${Architecture}\n"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    vendor = release.get("ID", "debian")
    return [
        component(name, version, f"pkg:deb/{vendor}/{name}@{quote(version, safe='')}?arch={architecture}")
        for name, version, architecture in (line.split() for line in sorted(lines))
    ]


def component(name: str, version: str, purl: str) -> Component:
    return {"type": "library", "name": name, "version": version, "purl": purl, "bom-ref": purl}


def bill(name: str, version: str) -> dict[str, object]:
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        release = {}
    system = {
        "type": "operating-system",
        "name": release.get("ID", "linux"),
        "version": release.get("VERSION_ID", ""),
    }
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "container", "name": name, "version": version}},
        "components": [system, *python_packages(), *system_packages(release)],
    }


if __name__ == "__main__":
    json.dump(bill(*sys.argv[1:3]), sys.stdout, indent=1)
