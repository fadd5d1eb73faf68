"""A warm process that forks confined children: what it imports, and what they do, whoever starts it says."""

from __future__ import annotations

import functools
import os
import socket
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from grader.sandbox import confinement
from grader.sandbox.forkserver import ForkServer, Request, settle
from grader.sandbox.frames import send_frame
from grader.sandbox.layers.limits import ChildLimits

Serve = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Service:
    """What a server is for."""

    warm_up: Callable[[], None]
    """Imports what its children need, before the server loses sight of it."""
    roles: Mapping[str, Serve]
    """What a confined child does with its channel, until it closes, by the role that a request names."""
    get_ready: Callable[[], None] = lambda: None
    """Called in each child, once it is confined."""


def run(service: Service) -> None:
    """Run the server: descriptors of the request socket and of the set-up stream, and the layers, are arguments."""
    requests = socket.socket(fileno=int(sys.argv[1]))
    os.close(int(sys.argv[2]))
    layers = tuple(sys.argv[3].split(","))
    os.set_inheritable(requests.fileno(), False)
    confinement.prepare_server(layers)
    service.warm_up()
    confinement.narrow_server(layers)
    settle()
    child_main = functools.partial(_child_main, service, layers)
    ForkServer(requests, child_main, fork=confinement.fork_for(layers)).serve()


def _child_main(service: Service, layers: confinement.Layers, channel: socket.socket, request: Request) -> None:
    """Confine the fresh child, say that it is ready, then let it serve its role until its channel closes.

    What fails before ``ready`` is a fault of ours, not the student's: it is told as such.
    """
    try:
        limits = ChildLimits(memory_mib=request["memory_mib"], cpu_s=request["cpu_s"])
        place = confinement.ChildPlace(layers, request["scratch"], request["slot"])
        scratch = confinement.enter(channel, place, limits)
        service.get_ready()
    except Exception:
        send_frame(channel, {"is": "fault", "text": traceback.format_exc()[-4000:]})
        raise
    send_frame(channel, {"is": "ready", "scratch": scratch})
    service.roles[request["role"]](channel)
