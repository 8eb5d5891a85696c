"""A real browser on a phone and on a desktop: what the stories share. Pictures go to test-output/."""

import json
import shutil
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1440, "height": 900}}
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Person:
    """Somebody of the cast at a browser of their own."""

    def __init__(self, browser, city, size, **options) -> None:
        self.context = browser.new_context(
            viewport=SIZES[size], base_url=f"http://localhost:{city.port}", **({"locale": "en-US"} | options)
        )
        self.page = self.context.new_page()
        self.size, self.problems = size, []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._heard)

    def _heard(self, message) -> None:
        # Chromium says of each 403 and 404 that it is one; the empty style is the screenshot's own.
        known = ("Failed to load resource", "sha256-47DEQpj8HBSa")
        if message.type == "error" and not any(words in message.text for words in known):
            self.problems.append(message.text)

    def sign_in(self, name, lands="**/") -> "Person":
        self.page.goto("/sign-in")
        self.page.get_by_role("button", name=name).click()
        self.page.wait_for_url(lands)
        return self

    def search(self, text, case) -> None:
        self.page.goto("/")
        self.page.get_by_label("Name and year of birth").fill(text)
        self.page.get_by_label("Case, dispatch event or warrant").fill(case)
        self.page.keyboard.press("Enter")
        self.page.locator("[data-start]").first.wait_for()

    def unfold(self) -> None:
        """Open the filters, which are folded on a phone."""
        folded = self.page.locator("details.fold:not([open]) > summary")
        if folded.count():
            folded.click()

    def look(self, name) -> None:
        """Keep a picture, and hold the page against the rules of accessibility and of the screen's width."""
        folder = ROOT / "test-output"
        folder.mkdir(exist_ok=True)
        self.page.wait_for_load_state()
        self.page.screenshot(path=folder / f"{name}-{self.size}.png", full_page=True)
        width = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert width[0] <= width[1] + 1, f"{name} is wider than the screen: {width}"
        assert not self.faults(), f"{name}: {json.dumps(self.faults(), indent=1)}"
        assert not self.problems, f"{name}: {self.problems}"

    def newest_export(self) -> bytes:
        """Wait on the page of what is kept until the worker made the newest export, and download it."""
        for _ in range(40):
            if self.page.get_by_role("link", name="Download").count():
                break
            time.sleep(0.5)
            self.page.reload()
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name="Download").first.click()
        return download.value.path().read_bytes()

    def faults(self) -> list[str]:
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        return [
            f"{item['id']}: {node['html'][:160]}" for item in found["violations"] for node in item["nodes"]
        ]

    def text(self) -> str:
        return self.page.locator("main").inner_text()
