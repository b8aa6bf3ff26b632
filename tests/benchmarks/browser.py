"""The time that Chromium takes to open a page, and an empty one. Says nothing where there is no Chromium."""

import shutil
import sys
import time
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_EMPTY = "data:text/html,<!doctype html><title>Empty</title>"


def _seconds(page: Page, address: str) -> float:
    began = time.perf_counter()
    page.goto(address, wait_until="load")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return time.perf_counter() - began


def main() -> None:
    """Prints the seconds of the page and of an empty one."""
    address = Path(sys.argv[1]).absolute().as_uri()
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        except Error:
            return
        page = browser.new_page()
        empty = _seconds(page, _EMPTY)
        sys.stdout.write(f"{_seconds(page, address):.3f} {empty:.3f}")
        browser.close()


if __name__ == "__main__":
    main()
