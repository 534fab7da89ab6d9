"""Talks to the server by Python's own http.client: argv[1] is the port."""
import http.client
import sys

PORT = int(sys.argv[1])


def main():
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    connection.connect()
    socket = connection.sock

    def ask(*arguments, **options):
        connection.request(*arguments, **options)
        response = connection.getresponse()
        return response, response.read()

    response, body = ask("GET", "/")
    assert (response.status, response.reason, response.version, body) == (200, "OK", 11, b"hello")
    assert response.getheader("Content-Type") == "text/plain; charset=utf-8"
    response, body = ask("HEAD", "/")
    assert (response.status, response.getheader("Content-Length"), body) == (200, "5", b"")
    response, body = ask("GET", "/nothing")
    assert (response.status, response.getheader("Content-Length"), body) == (204, None, b"")

    # Bodies: of known length, in chunks, and large.
    for data in (b"", b"abc", bytes(range(256)) * 20000):
        response, body = ask("POST", "/echo", body=data)
        assert (response.status, body) == (200, data)
        pieces = (data[at:at + 5000] for at in range(0, len(data), 5000))
        response, body = ask("POST", "/echo", body=pieces, encode_chunked=True)
        assert (response.status, body) == (200, data)

    # A body that comes in pieces is read in pieces.
    connection.request("GET", "/stream")
    response = connection.getresponse()
    assert response.chunked
    assert [response.readline() for _ in range(3)] == [b"line 0\n", b"line 1\n", b"line 2\n"]
    assert len(response.read().splitlines()) == 97

    # It was one connection all the time, until the client says that it wants no more.
    assert connection.sock is socket
    response, body = ask("GET", "/", headers={"Connection": "close"})
    assert (response.getheader("Connection"), body) == ("close", b"hello")
    assert connection.sock is None

    # A client of HTTP/1.0.
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    connection._http_vsn, connection._http_vsn_str = 10, "HTTP/1.0"
    connection.request("GET", "/stream")
    response = connection.getresponse()
    assert not response.chunked
    assert len(response.read().splitlines()) == 100


main()
print("fine")
