"""The benchmarks of gevent and of Python's Eventlet.

    peer.py gevent|eventlet about | job NAME OPERATIONS | server NAME

The words are those of args.rs. Each library is used as its documentation says; what both spell
alike is written once.
"""

import os
import random
import resource
import socket as plain_socket
import sys
import threading
import time

FAR = 5
MESSAGE = 64
BATCH = 1000


class Gevent:
    def __init__(self):
        import gevent
        from gevent.lock import Semaphore
        from gevent.pool import Pool
        from gevent.queue import Queue

        self.version = f"gevent {gevent.__version__}"
        self.spawn = gevent.spawn
        self.sleep = gevent.sleep
        self.Timeout = gevent.Timeout
        self.joinall = gevent.joinall
        self.Semaphore = Semaphore
        self.Pool = Pool
        self.Queue = Queue

    def spawn_in(self, pool, f):
        pool.spawn(f)

    def wait_for(self, pool):
        pool.join()

    def wait(self, greenlet):
        return greenlet.get()

    def serve(self, listener, handler):
        from gevent.server import StreamServer
        from gevent.socket import socket

        def handle(sock, address):
            sock.setsockopt(plain_socket.IPPROTO_TCP, plain_socket.TCP_NODELAY, 1)
            handler(sock)

        StreamServer(socket(fileno=listener.detach()), handle).serve_forever()

    def serve_wsgi(self, listener, application):
        from gevent.pywsgi import WSGIServer
        from gevent.socket import socket

        WSGIServer(socket(fileno=listener.detach()), application, log=None).serve_forever()


class Eventlet:
    def __init__(self):
        import eventlet
        import eventlet.queue

        self.version = f"Eventlet {eventlet.__version__}"
        self.spawn = eventlet.spawn
        self.sleep = eventlet.sleep
        self.Timeout = eventlet.Timeout
        self.Semaphore = eventlet.Semaphore
        self.Pool = eventlet.GreenPool
        self.Queue = eventlet.queue.LightQueue

    def spawn_in(self, pool, f):
        pool.spawn_n(f)

    def wait_for(self, pool):
        pool.waitall()

    def wait(self, greenthread):
        return greenthread.wait()

    def joinall(self, greenthreads):
        for greenthread in greenthreads:
            greenthread.wait()

    def serve(self, listener, handler):
        import eventlet
        from eventlet.greenio import GreenSocket

        def handle(sock, address):
            sock.setsockopt(plain_socket.IPPROTO_TCP, plain_socket.TCP_NODELAY, 1)
            handler(sock)

        eventlet.serve(GreenSocket(listener), handle, concurrency=2000)

    def serve_wsgi(self, listener, application):
        from eventlet import wsgi
        from eventlet.greenio import GreenSocket

        wsgi.server(GreenSocket(listener), application, log_output=False, max_size=2000)


# ---- jobs: each returns a value for every metric of its workload ----


def timed(body):
    """Nanoseconds of CPU time for an operation, after a tenth of them as warm-up."""

    def job(green, n):
        body(green, n // 10)
        begin = time.process_time_ns()
        body(green, n)
        return [(time.process_time_ns() - begin) / n]

    return job


def spawn_each(green, n):
    for i in range(n):
        green.wait(green.spawn(lambda i: i, i))


def spawn_batches(green, n):
    for _ in range(n // BATCH):
        for thread in [green.spawn(lambda i: i, i) for i in range(BATCH)]:
            green.wait(thread)


def yields(n_threads):
    def body(green, n):
        def give_way():
            for _ in range(n // n_threads):
                green.sleep(0)

        green.joinall([green.spawn(give_way) for _ in range(n_threads)])

    return body


def ping_pong(green, n):
    there, back = green.Queue(1), green.Queue(1)

    def ping():
        for i in range(n):
            there.put(i)
            assert back.get() == i

    def pong():
        for _ in range(n):
            back.put(there.get())

    green.joinall([green.spawn(ping), green.spawn(pong)])


def stream(green, n):
    queue = green.Queue(1000)

    def produce():
        for i in range(n):
            queue.put(i)

    def consume():
        for i in range(n):
            assert queue.get() == i

    green.joinall([green.spawn(produce), green.spawn(consume)])


def pool(green, n):
    members = green.Pool(100)
    for _ in range(n):
        green.spawn_in(members, int)
    green.wait_for(members)


def semaphore(green, n):
    permits = green.Semaphore(1)
    for _ in range(n):
        with permits:
            pass


def semaphore_contended(green, n):
    n_threads = 10
    permits = green.Semaphore(1)

    def take_turns():
        for _ in range(n // n_threads):
            with permits:
                green.sleep(0)

    green.joinall([green.spawn(take_turns) for _ in range(n_threads)])


def timeout_ready(green, n):
    for _ in range(n):
        with green.Timeout(FAR):
            pass


def timeout_yield(green, n):
    for _ in range(n):
        with green.Timeout(FAR):
            green.sleep(0)


def resident_bytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def sleepers(green, n):
    """Bytes, nanoseconds until asleep, and nanoseconds from there to the end, for each."""
    before = resident_bytes()
    begin = time.process_time_ns()
    deadline = time.monotonic() + 1 + n / 12e3
    n_asleep = 0

    def sleeper():
        nonlocal n_asleep
        n_asleep += 1
        green.sleep(max(0, deadline - time.monotonic()))

    threads = [green.spawn(sleeper) for _ in range(n)]
    while n_asleep < n:
        green.sleep(0)
    memory = resident_bytes() - before
    middle = time.process_time_ns()
    if time.monotonic() > deadline:
        sys.exit("the first were to wake before the last were asleep")
    green.joinall(threads)
    end = time.process_time_ns()
    return [memory / n, (middle - begin) / n, (end - middle) / n]


def sleeps(green, n):
    """Milliseconds of CPU time for all, and how late the median and the 99th percentile were,
    in microseconds."""
    late = []

    def sleeper(duration):
        begin = time.monotonic()
        green.sleep(duration)
        late.append(time.monotonic() - begin - duration)

    durations = [random.random() for _ in range(n)]
    begin = time.process_time_ns()
    green.joinall([green.spawn(sleeper, duration) for duration in durations])
    cpu = time.process_time_ns() - begin
    late.sort()
    return [cpu / 1e6, late[n // 2] * 1e6, late[n * 99 // 100] * 1e6]


JOBS = {
    "spawn": timed(spawn_each),
    "spawn-batch": timed(spawn_batches),
    "yield-2": timed(yields(2)),
    "yield-1000": timed(yields(1000)),
    "ping-pong": timed(ping_pong),
    "stream": timed(stream),
    "pool": timed(pool),
    "semaphore": timed(semaphore),
    "semaphore-contended": timed(semaphore_contended),
    "sleepers": sleepers,
    "timeout-ready": timed(timeout_ready),
    "timeout-yield": timed(timeout_yield),
    "sleeps": sleeps,
}


# ---- servers ----


def echo(sock):
    try:
        while data := sock.recv(16 * MESSAGE):
            sock.sendall(data)
    except OSError:
        pass
    finally:
        sock.close()


def once(sock):
    data = b""
    while len(data) < MESSAGE and (more := sock.recv(MESSAGE - len(data))):
        data += more
    sock.sendall(data)
    sock.close()


def page(content_type, body):
    length = str(len(body))

    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", content_type), ("Content-Length", length)])
        return [body]

    return application


HELLO = page("text/plain", b"Hello, World!")
JSON = page("application/json", b'{"data":"' + 1013 * b"x" + b'"}')


SERVERS = {
    "echo": lambda green, listener: green.serve(listener, echo),
    "http": lambda green, listener: green.serve_wsgi(listener, HELLO),
    "json": lambda green, listener: green.serve_wsgi(listener, JSON),
    "connect": lambda green, listener: green.serve(listener, once),
}


def exit_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


def main(library, order, *words):
    green = {"gevent": Gevent, "eventlet": Eventlet}[library]()
    if order == "about":
        print(green.version)
        print(*JOBS, *SERVERS)
    elif order == "job":
        name, n = words
        print(*JOBS[name](green, int(n)))
    elif order == "server":
        (name,) = words
        threading.Thread(target=exit_with_parent, daemon=True).start()
        listener = plain_socket.create_server(("127.0.0.1", 0), backlog=1024)
        print(listener.getsockname()[1], flush=True)
        SERVERS[name](green, listener)


if __name__ == "__main__":
    main(*sys.argv[1:])
