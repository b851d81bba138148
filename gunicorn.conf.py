"""How gunicorn runs the tracker. It reads this file by itself; its own options override it.

WEB_CONCURRENCY is the number of processes (gunicorn's own variable), WEB_THREADS the number of
threads of each. READER_SECONDS is how long a reader may receive nothing at all of a response, or
send nothing at all of a request.
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
    """Drop who stops reading or sending: every connection inherits the listening socket's timeouts.

    gunicorn's own timeout is for processes, and ends none in which another thread still works.
    """
    for listener in server.LISTENERS:
        for timeout in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
            listener.sock.setsockopt(
                socket.SOL_SOCKET, timeout, struct.pack("ll", READER_SECONDS, 0)
            )
