"""A real mail server on this machine, which keeps what it gets and refuses what it is told to.

with MailServer(refuses={"gone@example.org": "550 5.1.1 No such mailbox"}) as server:
    server.settings           # for Django, in this process
    server.url                # EMAIL_URL for another process
    server.mails_to(address)  # what arrived there, parsed
"""

import email
import email.policy
import os
import re
import signal
import socket
import subprocess
import sys

from aiosmtpd.controller import Controller

from tests.environment import ENVIRONMENT
from tests.process import PATIENCE, ROOT, bare_environment


class MailServer:
    def __init__(self, *, refuses=None, on_mail=None, hangs_up=False, refuses_sender=""):
        self.refuses = refuses or {}
        self.on_mail = on_mail
        self.hangs_up = hangs_up
        self.refuses_sender = refuses_sender
        self.received = []
        self.connections = 0
        self.controller = Controller(
            self, hostname="127.0.0.1", port=free_port(), ready_timeout=PATIENCE
        )

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *error):
        self.controller.stop()

    @property
    def port(self):
        return self.controller.port

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def settings(self):
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": self.port,
        }

    def process_that(self, command, database):
        variables = ENVIRONMENT | {"DATABASE_URL": database, "EMAIL_URL": self.url}
        return subprocess.Popen(
            [sys.executable, "manage.py", command],
            cwd=ROOT,
            env=bare_environment(**variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def mails_to(self, address):
        return [mail for recipient, mail in self.received if recipient == address]

    @property
    def mails(self):
        return [mail for _recipient, mail in self.received]

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.refuses_sender:
            return self.refuses_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.received += [(address, mail) for address in envelope.rcpt_tos]
        if self.on_mail:
            self.on_mail()
        if self.hangs_up:
            server.transport.abort()
        return "250 OK"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def assert_killed_at_each_mail_it_sends_none_twice(command, database, addresses):
    processes = []
    with MailServer(on_mail=lambda: os.kill(processes[-1].pid, signal.SIGKILL)) as server:
        for _address in addresses:
            processes.append(server.process_that(command, database))
            processes[-1].communicate(timeout=PATIENCE)
            assert processes[-1].returncode == -signal.SIGKILL
        assert sorted(recipient for recipient, _mail in server.received) == addresses

    with MailServer() as server:
        last = server.process_that(command, database)
        said, _errors = last.communicate(timeout=PATIENCE)
        assert server.received == []
    assert last.returncode == 0
    assert re.search(rf"{len(addresses)} e?mails were begun by a run that was cut off", said)
