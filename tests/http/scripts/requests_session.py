"""Talks to the server by requests: argv[1] is the address of the server as a URL."""
import io
import sys
from concurrent.futures import ThreadPoolExecutor

import requests

SERVER = sys.argv[1]


def main():
    session = requests.Session()
    session.trust_env = False
    response = session.get(SERVER + "/", timeout=30)
    assert (response.status_code, response.text, response.encoding) == (200, "hello", "utf-8")
    assert session.get(SERVER + "/missing", timeout=30).status_code == 404
    assert session.head(SERVER + "/", timeout=30).headers["content-length"] == "5"

    # A query and a path that have to be encoded.
    response = session.get(SERVER + "/target/ä b", params={"q": "1&2", "r": "ö"}, timeout=30)
    assert response.text == "/target/ä b|q=1%262&r=%C3%B6", response.text

    # A file, a body in chunks, a form.
    data = bytes(range(256)) * 4000
    assert session.post(SERVER + "/echo", data=io.BytesIO(data), timeout=30).content == data
    pieces = (data[at:at + 7000] for at in range(0, len(data), 7000))
    assert session.post(SERVER + "/echo", data=pieces, timeout=30).content == data
    assert session.post(SERVER + "/echo", data={"a": "b c"}, timeout=30).text == "a=b+c"
    files = {"file": ("name.bin", data)}
    assert data in session.post(SERVER + "/echo", files=files, timeout=30).content

    # A redirect, and a body that is read line by line.
    response = session.get(SERVER + "/moved", timeout=30)
    assert (response.text, [r.status_code for r in response.history]) == ("hello", [302])
    with session.get(SERVER + "/stream", stream=True, timeout=30) as response:
        assert len(list(response.iter_lines())) == 100

    # The server goes on after an application has panicked.
    assert session.get(SERVER + "/panic", timeout=30).status_code == 500
    assert session.get(SERVER + "/", timeout=30).text == "hello"

    # Many at once.
    with ThreadPoolExecutor(20) as pool:
        echo = lambda n: session.post(SERVER + "/echo", data=str(n) * 1000, timeout=30).text
        assert all(text == str(n) * 1000 for n, text in enumerate(pool.map(echo, range(200))))


main()
print("fine")
