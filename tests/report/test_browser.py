"""The HTML page in a real browser: headless Chromium, where one is installed."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from guard.report import render
from guard.types import Report

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--allow-file-access-from-files",
    "--enable-logging=stderr",
)
PHONE, DESKTOP = (390, 844), (1280, 900)

# A page of the test's own that opens reports in frames and writes down what it sees.
HARNESS = """<!doctype html><meta charset="utf-8"><body><script>
const jobs = JOBS, seen = [];
onload = () => {
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument, root = page.documentElement;
    const wide = [...page.body.querySelectorAll("*")].filter(e => {
      const box = e.getBoundingClientRect();
      return box.width > 1 && box.right > root.clientWidth + 1;
    });
    seen.push({
      name: frame.dataset.name,
      width: frame.clientWidth,
      overflow: root.scrollWidth - root.clientWidth,
      wide: wide.slice(0, 3).map(e => e.outerHTML.slice(0, 80)),
      ground: frame.contentWindow.getComputedStyle(page.body).backgroundColor,
      title: page.title,
      scripts: page.scripts.length,
      notes: page.querySelectorAll("details.note").length,
      opened: page.querySelectorAll("details.note[open]").length,
    });
  }
  const out = document.createElement("pre");
  out.id = "seen";
  out.textContent = JSON.stringify(seen);
  document.body.replaceChildren(out);
};
for (const [name, file, width] of jobs) {
  const frame = document.createElement("iframe");
  frame.dataset.name = name; frame.width = width; frame.height = 800; frame.src = file;
  frame.style.border = "0";
  document.body.append(frame);
}
</script>"""


@pytest.fixture(scope="module")
def browser() -> str:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium is installed")
    return found


@pytest.fixture(scope="module")
def folder(
    tmp_path_factory: pytest.TempPathFactory, examples: dict[str, Report], outside: Report
) -> Path:
    """A folder with the example reports as pages."""
    place = tmp_path_factory.mktemp("pages")
    for name, report in {**examples, "outside": outside}.items():
        (place / f"{name}.html").write_text(render(report, format="html"), "utf-8")
    return place


def run(browser: str, folder: Path, page: str, *flags: str) -> subprocess.CompletedProcess[str]:
    profile = f"--user-data-dir={folder / 'profile'}"
    command = [browser, *FLAGS, profile, *flags, (folder / page).as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    complaints = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    assert not complaints
    return done


def look(browser: str, folder: Path, *flags: str) -> list[dict[str, Any]]:
    """What the harness sees of every page, on a phone and on a desktop."""
    jobs = [
        (page.stem, page.name, size[0])
        for page in sorted(folder.glob("*.html"))
        if page.stem != "harness"
        for size in (PHONE, DESKTOP)
    ]
    (folder / "harness.html").write_text(HARNESS.replace("JOBS", json.dumps(jobs)), "utf-8")
    dom = run(browser, folder, "harness.html", "--dump-dom", *flags).stdout
    seen: list[dict[str, Any]] = json.loads(
        unescape(dom.split('<pre id="seen">')[1].split("</pre>")[0])
    )
    assert len(seen) == len(jobs)
    return seen


def test_fits(browser: str, folder: Path, examples: dict[str, Report]) -> None:
    """On a phone and on a desktop nothing is wider than the page, styled, and nothing ran."""
    for page in look(browser, folder):
        where = (page["name"], page["width"])
        assert page["overflow"] <= 0, where
        assert page["wide"] == [], where
        assert page["ground"] == "rgb(247, 245, 240)", where
        assert page["scripts"] == 0, where
        assert "guard report on" in page["title"]
        if page["name"] == "prose":
            assert (page["notes"], page["opened"]) == (len(examples["prose"].verdicts), 2)


def test_dark(browser: str, folder: Path) -> None:
    """The page follows a system that prefers dark."""
    seen = look(browser, folder, "--blink-settings=preferredColorScheme=0")
    assert {page["ground"] for page in seen} == {"rgb(20, 22, 25)"}


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_screenshot(browser: str, folder: Path, size: tuple[int, int]) -> None:
    """The page is painted at the size of the window."""
    picture = folder / f"{size[0]}.png"
    window = f"--window-size={size[0]},{size[1]}"
    run(browser, folder, "prose.html", window, f"--screenshot={picture}")
    data = picture.read_bytes()
    assert data.startswith(b"\x89PNG")
    assert struct.unpack(">II", data[16:24]) == size
    assert len(data) > 20_000


def test_print(browser: str, folder: Path) -> None:
    """Printed, every note is open: the evidence of supported claims is on paper too."""
    pypdf = pytest.importorskip("pypdf")
    paper = folder / "prose.pdf"
    run(browser, folder, "prose.html", "--no-pdf-header-footer", f"--print-to-pdf={paper}")
    pages = pypdf.PdfReader(paper).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "In a pressure cooker at twice atmospheric pressure" in text
    assert "Edmund Hillary and Tenzing Norgay reached the summit on 29 May 1953." in text
    assert "Checks and passages" not in text
