"""How gunicorn runs the tracker. It reads this file by itself; its own options override it.

WEB_CONCURRENCY is the number of processes (gunicorn's own variable), WEB_THREADS the number of
threads of each. READER_SECONDS is how long a reader may receive nothing at all of a response.
"""

import os
import socket
import struct

workers = int(os.environ.get("WEB_CONCURRENCY", "3"))
worker_class = "gthread"
# A reader who downloads the data over a slow line occupies a thread, not a process.
threads = int(os.environ.get("WEB_THREADS", "16"))

READER_SECONDS = int(os.environ.get("READER_SECONDS", "60"))


def when_ready(server):
    """Drop readers who stop reading: every connection inherits the timeout of the listening socket.

    gunicorn's own timeout is for processes, and ends none in which another thread still works.
    """
    for listener in server.LISTENERS:
        listener.sock.setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", READER_SECONDS, 0)
        )
