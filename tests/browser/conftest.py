"""A real browser, without a network. Debian's chromium, or another one by the name in CHROMIUM."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

CHROMIUM = shutil.which(os.environ.get("CHROMIUM", "chromium"))


@pytest.fixture(scope="session")
def browser():
    if CHROMIUM is None:
        left_out = "no chromium here, so what pages show is not looked at: install chromium, or name one in CHROMIUM"
        (pytest.fail if "CI" in os.environ else pytest.skip)(left_out)  # CI leaves nothing out
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # root has none to give away
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        yield browser
        browser.close()


@pytest.fixture
def complaints():
    """What a page complained about, and which addresses it asked for outside of itself."""
    return []


@pytest.fixture
def page(browser, complaints):
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(("file:", "data:")) else complaints.append(asked.url))
    yield page
    context.close()
