"""A child holds its own channel and nothing else: no file, socket or terminal of the server that forked it."""

from __future__ import annotations

import os
import resource
import socket


def keep_only(channel: socket.socket) -> None:
    """Point stdin, stdout and stderr at /dev/null and close everything else but the channel."""
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.closerange(3, channel.fileno())
    os.closerange(channel.fileno() + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
