"""The warm processes of one run or of several that know no secret, so that graders with different ones may share them.

The zygote, which students' code is forked from, and the readers' server, which reads what they handed in.
"""

from __future__ import annotations

import contextlib
from types import TracebackType
from typing import Self

from grader.engine.run_settings import ZYGOTE_ENVIRONMENT, GradeSettings, find_confinement, matplotlib_cache
from grader.sandbox.warm_process import WarmProcess, expect_own_package
from grader.system.run_folder import RunFolder


def asked_for(settings: GradeSettings) -> tuple[str, bool, str]:
    """Return what a zygote hangs on: how students' code is to be confined."""
    return settings.level, settings.unsafe, settings.at_least


class ZygoteClient:
    """What workers, examiners and readers are forked from. Use as a context manager, or `start` and `close`."""

    def __init__(self, settings: GradeSettings) -> None:
        """Find out how this machine confines students' code; the secret of the settings is not used.

        Raises:
            UsageError: it does so less than the settings ask for, or would run another copy of the kit.
        """
        expect_own_package()
        self.asked_for = asked_for(settings)
        self.confinement = find_confinement(settings.level, unsafe=settings.unsafe, at_least=settings.at_least)
        self._run_folder = RunFolder()
        self.log = self._run_folder.path / "zygote.log"
        environment = ZYGOTE_ENVIRONMENT | {"MPLCONFIGDIR": str(matplotlib_cache(self._run_folder.path))}
        layers = ",".join(self.confinement.layers)
        self.process = WarmProcess("grader.sandbox.zygote", [layers], environment=environment, log=self.log)
        self.readers = WarmProcess("grader.marking.reading_child", [layers], environment=environment, log=self.log)

    def start(self) -> None:
        self.process.start()
        self.readers.start()

    def close(self) -> None:
        """End the processes with all of their children, if they were started, and remove their folder."""
        with contextlib.ExitStack() as at_last:  # the last one first
            at_last.callback(self._run_folder.close)
            at_last.callback(self.readers.stop)
            at_last.callback(self.process.stop)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:  # of two processes the first may run already
            self.close()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()
