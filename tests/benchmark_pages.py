"""What a page weighs, how soon it can be read on an emulated slow line, and how long it takes to follow a premise."""

from __future__ import annotations

import contextlib
import functools
import gzip
import http.server
import threading
from pathlib import Path

from conftest import CHROMIUM, CHROMIUM_FLAGS, PAGES, ROOT, QuietHandler

SLOW_LINE = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
COMPRESSED_ALREADY = {".woff", ".woff2", ".png", ".ico"}
FIRST_TEXT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
FONT_IN = "performance.getEntriesByType('resource').find(r => r.name.includes('math-font.css')).responseEnd"

# [ms] of all that a page does when a premise moves, its layout included: the middle of many
REDRAW = """() => {
    const times = [];
    for (let i = 0; i < 40; i++) {
        const start = performance.now();
        kscaleWhatIf.set("computing_share", 0.04 + i * 1e-3);
        document.body.offsetHeight;
        times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b)[20];
}"""


class GzipHandler(QuietHandler):
    """Serves as a usual web server does: texts compressed."""

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        body = path.read_bytes()
        compress = path.suffix not in COMPRESSED_ALREADY
        body = gzip.compress(body, 6) if compress else body
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(body)))
        if compress:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def served(folder: Path):
    """The address at which a folder is served, compressed, while the block runs."""
    handler = functools.partial(GzipHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def open_wholly(tab, address: str) -> None:
    """Open an address and wait for all that it asks for; the network alone may be idle while a long page is read."""
    tab.goto(address, wait_until="load")
    tab.wait_for_load_state("networkidle")


def first_view(browser, address: str, page: str) -> dict[str, int]:
    """The bytes [B], as they come over the line, of all that a page asks for until the network is idle."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    finished = []
    tab.on("requestfinished", lambda request: finished.append(request))
    open_wholly(tab, f"{address}/{page}.html")
    sizes = {request.url: request.sizes()["responseBodySize"] for request in finished if request.url.startswith("http")}
    context.close()
    return sizes


def times(browser, address: str, page: str) -> tuple[float, float | None, float]:
    """When text is painted and the font of formulas is in, on a slow line, and how long a change takes [ms]."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    line = context.new_cdp_session(tab)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_LINE)
    open_wholly(tab, f"{address}/{page}.html")
    text = tab.evaluate(FIRST_TEXT)
    math = tab.evaluate(FONT_IN) if tab.locator("math").count() else None
    redraw = tab.evaluate(REDRAW)
    context.close()
    return text, math, redraw


def main() -> None:
    from playwright.sync_api import sync_playwright

    built = ROOT / "_build" / "html"
    print(
        f"{'page':40}{'compressed':>12}{'requests':>10}{'text':>10}{'math':>10}{'change':>11}    at 1.6 Mbit/s, 150 ms"
    )
    with served(built) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        for page in PAGES:
            sizes = first_view(browser, address, page)
            text, math, redraw = times(browser, address, page)
            math_in = "none" if math is None else f"{math / 1000:.2f} s"
            weight = f"{sum(sizes.values()) / 1000:9.0f} kB{len(sizes):10}"
            print(f"{page:40}{weight}{text / 1000:8.2f} s{math_in:>10}{redraw:8.1f} ms")
        browser.close()


if __name__ == "__main__":
    main()
