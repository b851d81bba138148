"""How gunicorn runs the tracker; it reads this file by itself. Its own options still go before it.

WEB_CONCURRENCY is the number of processes (gunicorn's own variable), WEB_THREADS that of the
threads of each. READER_SECONDS is how long a reader may take nothing at all of an answer.
"""

import os
import socket
import struct

workers = int(os.environ.get("WEB_CONCURRENCY", "3"))
worker_class = "gthread"
# Somebody who takes the data away by a slow line keeps a thread busy, and no process.
threads = int(os.environ.get("WEB_THREADS", "16"))

READER_SECONDS = int(os.environ.get("READER_SECONDS", "60"))


def when_ready(server):
    """Let go of whoever stops reading; every connection has it from the socket that it came by.

    gunicorn's own timeout is for processes, and ends none of which another thread still lives.
    """
    for listener in server.LISTENERS:
        listener.sock.setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", READER_SECONDS, 0)
        )
