# hopes: that a file of /proc or /sys changes what the process may do, or the whole machine
# stopped by: Landlock: nothing there can be written; namespaces: the rest of it is not there

import glob
import os

_WRITES = {
    "/proc/self/oom_score_adj": "-1000",
    "/proc/self/uid_map": "0 0 1",
    "/proc/self/gid_map": "0 0 1",
    "/proc/self/setgroups": "allow",
    "/proc/self/limits": "x",
    "/proc/self/attr/current": "x",
    "/proc/self/comm": "x",
    "/proc/self/coredump_filter": "0x7f",
    "/proc/self/clear_refs": "1",
    "/proc/self/autogroup": "19",
    "/proc/self/timerslack_ns": "1",
    "/proc/self/sched": "0",
    "/proc/self/loginuid": "0",
    "/proc/self/mem": "",
    "/proc/sys/kernel/core_pattern": "|/bin/sh",
    "/proc/sys/kernel/modprobe": "/scratch/x",
    "/proc/sysrq-trigger": "h",
    "/proc/sys/kernel/hostname": "attack",
    "/proc/sys/vm/overcommit_memory": "1",
    "/proc/sys/kernel/ns_last_pid": "1",
    "/proc/sys/user/max_user_namespaces": "9",
    "/sys/kernel/mm/ksm/run": "1",
    "/sys/power/state": "mem",
    "/proc/1/oom_score_adj": "-1000",
    f"/proc/{os.getppid()}/oom_score_adj": "1000",
    "/proc/self/task/1/comm": "x",
    "/dev/urandom": "",
}
_WRITES |= dict.fromkeys(glob.glob("/sys/devices/system/cpu/**/online", recursive=True), "0")
_WRITES |= {
    f"{folder}/cgroup.procs": "0" for folder in ("/sys/fs/cgroup", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/unified")
}
for _path, _text in _WRITES.items():
    for _mode in (os.O_WRONLY, os.O_RDWR, os.O_WRONLY | os.O_TRUNC):
        try:
            _number = os.open(_path, _mode)
        except OSError:
            continue
        it_worked(f"{_path} can be written")
for _link in (
    *glob.glob("/proc/self/fd/*"),
    *glob.glob("/proc/self/task/*/fd/*"),
    "/proc/self/exe",
    "/proc/self/root",
    "/proc/self/cwd/..",
    *glob.glob("/proc/self/map_files/*")[:50],
    *glob.glob("/proc/self/ns/*"),
):
    for _mode in (os.O_WRONLY, os.O_RDWR | os.O_APPEND):
        try:
            os.open(_link, _mode)
        except OSError:
            continue
        if os.path.realpath(_link) != "/dev/null":
            it_worked(f"{_link} ({os.path.realpath(_link)}) can be written")
