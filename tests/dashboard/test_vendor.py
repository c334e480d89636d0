"""The vendored libraries are those of the lock file, unchanged, with their licences."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from sms_monitoring.dashboard import page

DASHBOARD = page.STATIC.parent
VENDOR = page.STATIC / "vendor"
LOCK = json.loads((DASHBOARD / "package-lock.json").read_text())["packages"]
PACKAGES = json.loads((VENDOR / "vendored.json").read_text())["packages"]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_a_vendored_package_is_the_locked_one(package):
    locked = LOCK[f"node_modules/{package['name']}"]
    assert (package["version"], package["integrity"]) == (locked["version"], locked["integrity"])
    assert package["folder"].endswith(f"-{locked['version']}")
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (VENDOR / package["folder"]).iterdir()}
    assert sums == package["sha256"]
    assert "LICENSE" in sums


def test_nothing_else_is_vendored():
    folders = {package["folder"] for package in PACKAGES}
    assert {path.name for path in VENDOR.iterdir()} == folders | {"vendored.json", "VENDORED.md"}


def test_versions_are_exact():
    wanted = json.loads((DASHBOARD / "package.json").read_text())
    for version in (wanted["dependencies"] | wanted["devDependencies"]).values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)


def test_vega_lite_is_the_version_that_altair_writes():
    import altair

    assert f"v{LOCK['node_modules/vega-lite']['version']}" == altair.SCHEMA_VERSION


def test_every_import_of_a_module_leads_to_a_file():
    modules = [path for path in page.STATIC.rglob("*.js") if path.suffix == ".js" and ".min." not in path.name]
    missing = [
        f"{module.relative_to(page.STATIC)}: {name}"
        for module in modules
        for name in re.findall(r"""(?:from|import)\s*\(?["']([^"'\s]+)["']""", module.read_text())
        if not (module.parent / name).resolve().is_file()
    ]
    assert missing == []


def test_no_module_of_our_own_is_left_over():
    """Each is imported by another, but for the two that the page itself names."""
    own = set((page.STATIC / "js").rglob("*.js"))
    imported = {
        (module.parent / name).resolve()
        for module in own
        for name in re.findall(r"""from ["'](\.[^"']+)["']""", module.read_text())
    }
    assert {path.name for path in own - imported} == {"main.js", "first.js"}


def test_a_lean_page():
    """What is loaded before the first number, and with the charts, in bytes as they lie there."""
    own = sum(path.stat().st_size for path in page.STATIC.rglob("*") if "vendor" not in path.parts and path.is_file())
    assert own < 200_000
    assert sum(path.stat().st_size for path in Path(VENDOR).rglob("*.js")) < 820_000
