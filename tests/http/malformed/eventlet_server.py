"""Eventlet's own server, with the application that the corpus is run against.

Prints the port and Eventlet's version. Ends when its input does.
"""
import sys

import eventlet
from eventlet import tpool, wsgi

calls = []


def application(environ, start_response):
    path = environ['PATH_INFO']
    if path == '/calls':
        body = '\n'.join(calls)
        calls.clear()
    else:
        if path != '/probe':
            calls.append(path)
        if path != '/ignore':
            environ['wsgi.input'].read()
        body = path
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [body.encode('latin-1')]


listener = eventlet.listen(('127.0.0.1', 0))
print(listener.getsockname()[1], eventlet.__version__, flush=True)
eventlet.spawn_n(wsgi.server, listener, application, log_output=False, debug=False)
tpool.execute(sys.stdin.read)
