"""Drives headless Chromium through the pages of the WebSocket examples.

Arguments: the address of the example `websocket`, that of `websocket_chat`, and a folder for the
screenshots `websocket.png` and `websocket_chat.png`.
"""

import base64, json, os, re, subprocess, sys, tempfile, time, urllib.request

plot, chat, folder = sys.argv[1:]
LIMIT = 40
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--window-size=900,760",
]


class Browser:
    """WebDriver (https://www.w3.org/TR/webdriver2/), as much of it as is needed."""

    def __init__(self, port, profile):
        self.base = f"http://127.0.0.1:{port}/session"
        options = {"args": FLAGS + [f"--user-data-dir={profile}"]}
        wanted = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
        self.base += "/" + self.call("POST", "", wanted)["sessionId"]

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, method=method)
        request.add_header("content-type", "application/json")
        with urllib.request.urlopen(request, timeout=LIMIT) as response:
            return json.load(response)["value"]

    def run(self, script, *arguments):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def until(self, script, *arguments):
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            if value := self.run(script, *arguments):
                return value
            time.sleep(0.05)
        raise AssertionError(f"never true: {script} {arguments}\n" + self.run("return document.body.innerText"))

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def new_tab(self):
        return self.call("POST", "/window/new", {"type": "tab"})["handle"]

    def tab(self, handle):
        self.call("POST", "/window", {"handle": handle})

    def say(self, line):
        """Types a line and presses Enter."""
        found = self.call("POST", "/element", {"using": "css selector", "value": "#line"})
        element = next(iter(found.values()))
        self.call("POST", f"/element/{element}/value", {"text": line + "\ue007"})

    def screenshot(self, name):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(base64.b64decode(self.call("GET", "/screenshot")))


def see_chat(browser):
    """Two tabs, of which each sees what the other one says."""
    first = browser.call("GET", "/window")
    shows = "return document.querySelector('#chat').innerText.includes(arguments[0])"
    browser.open(f"http://{chat}/")
    browser.until(shows, "Guest 1 has joined")
    second = browser.new_tab()
    browser.tab(second)
    browser.open(f"http://{chat}/")
    browser.until(shows, "Guest 2 has joined")
    browser.say("name: Ann")
    browser.until(shows, "Guest 2 is now Ann")
    browser.say("hello from the second tab")
    browser.tab(first)
    browser.until(shows, "Guest 2 is now Ann")
    browser.until(shows, "Ann hello from the second tab")
    browser.say("<b>not bold</b>: and hello from the first")
    browser.tab(second)
    browser.until(shows, "Guest 1 <b>not bold</b>: and hello from the first")
    browser.screenshot("websocket_chat.png")
    browser.call("DELETE", "/window")
    browser.tab(first)
    browser.until(shows, "Ann has left")


def see_plot(browser):
    """Data arrives and is drawn, and the echo comes back."""
    browser.open(f"http://{plot}/")
    browser.until("return points.length >= 30")
    ys = browser.run("return points.map((point) => point[1])")
    assert all(0 <= y <= 1 for y in ys) and len(set(ys)) > 10, ys
    blue = """
        const pen = document.querySelector('#plot').getContext('2d');
        const pixels = pen.getImageData(0, 0, pen.canvas.width, pen.canvas.height).data;
        let n = 0;
        for (let i = 0; i < pixels.length; i += 4) n += pixels[i] < 60 && pixels[i + 2] > 180;
        return n;
    """
    assert browser.run(blue) > 30, "there is no line"
    for line in ["hello", "and once more, with ünicode ✓"]:
        browser.say(line)
        last = "return document.querySelector('#echoes li:last-child')?.innerText === arguments[0]"
        browser.until(last, line)
    assert browser.run("return document.querySelectorAll('.state.open').length") == 2
    browser.screenshot("websocket.png")


with tempfile.TemporaryDirectory() as profile:
    driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True)
    try:
        for line in driver.stdout:
            if match := re.search(r"started successfully on port (\d+)", line):
                break
        browser = Browser(match[1], profile)
        try:
            see_chat(browser)
            see_plot(browser)
        finally:
            browser.call("DELETE", "")
    finally:
        driver.terminate()
        driver.wait()
print("all was seen")
