"""Every layer by an attack that must fail, from inside a real worker; and what a student's code still needs works."""

import os
import platform

import pytest
from conftest import submission_of, zygote_process

from grader.engine.run_settings import find_confinement
from grader.marking.child_session import ChildSession, ChildSettings
from grader.marking.student import StudentWorker
from grader.marking.student_errors import StudentMemory
from grader.sandbox import confinement
from grader.sandbox.layers import landlock, seccomp
from grader.sandbox.layers.syscall_numbers import ARCHITECTURES
from grader.sandbox.layers.user import FIRST_ID
from grader.sandbox.probe import LEVELS, probe
from grader.system.errors import UsageError

pytestmark = pytest.mark.skipif(probe().level == "none", reason="this kernel lacks Landlock or seccomp")

_PRLIMIT = ARCHITECTURES.get(platform.machine(), ARCHITECTURES["x86_64"]).number("prlimit64")
ATTACKS = {
    "read a file of the system": "open('/etc/passwd').read()",
    "read the hidden tests": f"open({str(landlock.__file__)!r}.replace('sandbox/layers/landlock.py', "
    "'assignment/hidden_tests/test_parser_hidden.py')).read()",
    "list the root folder": "os.listdir('/')",
    "list all processes": "os.listdir('/proc')",
    "read the server's memory": "open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
    "read the server's environment": "open(f'/proc/{os.getppid()}/environ').read()",
    "write outside of scratch": "open('/tmp/digitlab-attack', 'w')",
    "change a package": "open(os.__file__, 'a')",
    "plant a package": "open(os.path.dirname(ctypes.__file__) + '/planted.py', 'w')",
    "write shared memory": "open('/dev/shm/digitlab-attack', 'w')",
    "hide memory in a file without a name": "os.memfd_create('hidden')",
    "change the rights of a file": "os.chmod('/etc/passwd', 0o777)",
    "change the owner of a file": "os.chown('.', 0, 0)",
    "link to a file outside": "os.link('/etc/passwd', 'link')",
    "open a TCP socket": "socket.socket()",
    "open a UDP socket": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "open a unix socket": "socket.socket(socket.AF_UNIX)",
    "open a netlink socket": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "fork": "os.fork()",
    "run a program": "subprocess.run(['/bin/true'])",
    "replace the program": "os.execv('/bin/true', ['true'])",
    "signal the server": "os.kill(os.getppid(), 0)",
    "signal everyone": "os.kill(-1, 0)",
    "become another user": "os.setuid(12345)",
    "raise a limit": "resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))",
    "limit another process": "resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))",
    "raise a limit by a pointer whose lower half is zero": f"far({_PRLIMIT}, 0, 7)",
    "have the kernel signal others": "fcntl.fcntl(0, 8, os.getppid())",
    "choose the signal for that": "fcntl.fcntl(0, 10, 9)",
    "outlive the server": "check(libc.prctl(1, 0, 0, 0, 0))",
    "cut a file short": "os.truncate(os.__file__, 0)",
    "slow others": "os.setpriority(os.PRIO_PROCESS, 0, 5)",
    "move others to one core": "os.sched_setaffinity(0, {0})",
    "mark a file": "os.setxattr('.', 'user.attack', b'x')",
    "make a pair that sends packets": "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
    "change the times of a package": "os.utime(os.__file__)",
    "read what the machine is connected to": "open('/proc/self/net/unix').read()",
    "read the name of its control group": "open('/proc/self/cgroup').read()",
    "enter a new namespace": "check(libc.unshare(0x10000000))",
    "mount": "check(libc.mount(b'none', b'.', b'tmpfs', 0, None))",
    "trace the server": "check(libc.ptrace(16, os.getppid(), 0, 0))",
    "type into a terminal": "fcntl.ioctl(0, 0x5412, b'x')",
}

MODULE = """
import ctypes, fcntl, os, resource, socket, struct, subprocess
libc = ctypes.CDLL(None, use_errno=True)

def check(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")

def far(number, pid, kind):
    '''Call prlimit64 with new limits that stand at an address whose lower half is zero.'''
    libc.mmap.restype = ctypes.c_void_p
    place = libc.mmap(ctypes.c_void_p(5 << 32), ctypes.c_size_t(4096), 3, 0x32, -1, ctypes.c_long(0))
    ctypes.memmove(place, struct.pack("QQ", 64, 64), 16)
    check(libc.syscall(ctypes.c_long(number), pid, kind, ctypes.c_void_p(place), None))

def run(code):
    exec(code, globals())
    return "it worked"
"""


@pytest.fixture(scope="module", params=LEVELS)
def held(request, open_folder):
    """A zygote and a worker of it at one level of confinement, and the layers."""
    found = probe(request.param)
    if found.level != request.param:
        pytest.skip(f"this machine offers {found.level} only: {found.reasons}")
    folder = open_folder / request.param
    folder.mkdir()
    folder.chmod(0o711)  # a child of another user must get through, as through a grader's own folder
    zygote = zygote_process(found.layers, folder)
    zygote.start()

    def start(memory_mib=1500):
        return ChildSession(zygote.requests, ChildSettings("worker", memory_mib, 60), folder)

    worker = StudentWorker(submission_of(MODULE), start, 7)
    worker.open()
    worker.limits.time_s = 60
    yield worker, found.layers
    worker.close()
    zygote.stop()
    assert [path for path in folder.iterdir() if path.is_dir()] == []


@pytest.fixture
def worker(held):
    held[0].limits.used_s = held[0].limits.used_cpu_s = 0
    return held[0]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda name: name.replace(" ", "-"))
def test_attack_is_refused(worker, attack):
    with pytest.raises((OSError, ValueError)):
        worker.call("run", (ATTACKS[attack],), {})


ATTACKS_ON_THE_VIEW = {
    "ask for the size of a file": "os.stat('/etc/passwd')",
    "find a folder for temporary files": "os.stat(OUTSIDE)",
    "find the kit": f"os.stat({str(landlock.__file__)!r})",
    "find the home of a user": "os.stat('/root'), os.stat('/home')",
    "make a file of the packages newer": "os.utime(os.__file__)",
    "see another process": "os.stat('/proc/2')",
    "find a network device": "os.stat('/sys/class/net')",
    "take off the scratch folder": "check(libc.umount2(b'/scratch', 2))",
    "go back to the old root": "check(libc.chroot(b'/proc/1/root'))",
}


@pytest.mark.parametrize("attack", ATTACKS_ON_THE_VIEW, ids=lambda name: name.replace(" ", "-"))
def test_namespaces_hide_the_machine(held, attack, tmp_path):
    worker, layers = held
    if "namespaces" not in layers:
        pytest.skip("this level has no namespaces")
    with pytest.raises(OSError):  # noqa: PT011 -- which error it is, the layers decide
        worker.call("run", (ATTACKS_ON_THE_VIEW[attack].replace("OUTSIDE", repr(str(tmp_path))),), {})


def test_namespaces_tell_nothing_of_the_host(held):
    worker, layers = held
    code = f"assert (socket.gethostname() == 'digitlab') is {'namespaces' in layers}"
    assert worker.call("run", (code,), {}) == "it worked"


def test_child_of_root_is_a_user_of_its_own(held):
    worker, layers = held
    code = "assert (os.getuid(), os.getgid(), os.getgroups()) == " + (
        f"({FIRST_ID}, {FIRST_ID}, [])" if "user" in layers else repr((os.getuid(), os.getgid(), os.getgroups()))
    )
    assert worker.call("run", (code,), {}) == "it worked"


FULL_FOLDERS = {
    "one large file": "f = open('big', 'wb')\nwhile True: f.write(bytes(8 << 20))",
    "many large files": "n = 0\nwhile True:\n    n += 1\n    open(f'big{n}', 'wb').write(bytes(64 << 20))",
    "a million files": "n = 0\nwhile True:\n    n += 1\n    open(f'small{n}', 'wb').close()",
    "a deep folder": "while True:\n    os.mkdir('d')\n    os.chdir('d')",
}


@pytest.mark.parametrize("attack", FULL_FOLDERS, ids=lambda name: name.replace(" ", "-"))
def test_scratch_folder_is_bounded(worker, attack):
    with pytest.raises(StudentMemory, match="256 MiB in 10,000 files"):
        worker.call("run", (FULL_FOLDERS[attack],), {})
    worker.close()  # the folder goes with its worker
    assert worker.call("run", ("open('small', 'w').write('x')",), {}) == "it worked"


def test_threads_are_bounded(worker):
    code = (
        "import threading, time\n"
        "for _ in range(5000): threading.Thread(target=time.sleep, args=(600,), daemon=True).start()"
    )
    with pytest.raises(RuntimeError, match="can't start new thread"):
        worker.call("run", (code,), {})
    worker.close()


NEEDS = {
    "write into scratch": "open('notes.txt', 'w').write('x')",
    "make a temporary file": "__import__('tempfile').NamedTemporaryFile().write(b'x')",
    "start a thread": "t = __import__('threading').Thread(target=print); t.start(); t.join()",
    "make a folder": "os.makedirs('a/b/c')",
    "import late": "import sqlite3, xml.dom.minidom, unittest.mock",
    "draw with pyplot": "import matplotlib.pyplot as p; p.plot([1, 2]); p.savefig('a.png')",
    "talk to itself": "socket.socketpair()",
    "run asyncio": "import asyncio\nasync def f(): await asyncio.sleep(0)\nasyncio.run(f())",
    "signal itself": "os.kill(os.getpid(), 0)",
}


@pytest.mark.parametrize("need", NEEDS, ids=lambda name: name.replace(" ", "-"))
def test_honest_code_has_what_it_needs(worker, need):
    assert worker.call("run", (NEEDS[need],), {}) == "it worked"


def test_worker_has_no_capability(worker):
    code = "assert 'CapEff:\\t0000000000000000' in open('/proc/self/status').read()"
    assert worker.call("run", (code,), {}) == "it worked"


def test_child_that_is_not_confined_is_refused(monkeypatch):
    monkeypatch.setattr(confinement, "_works", lambda _action: True)
    with pytest.raises(confinement.NotConfinedError, match="/etc/passwd can be read"):
        confinement.prove(("landlock", "seccomp"))
    with pytest.raises(confinement.NotConfinedError, match="a socket can be opened"):
        confinement.prove(("seccomp",))


@pytest.mark.parametrize(("number", "message"), [(1, "the server can be signalled"), (2, "a process can be created")])
def test_proof_tries_every_forbidden_thing(monkeypatch, number, message):
    answers = iter([False] * number + [True])
    monkeypatch.setattr(confinement, "_works", lambda _action: next(answers))
    with pytest.raises(confinement.NotConfinedError, match=message):
        confinement.prove(("seccomp",))


def test_machine_without_landlock_is_refused_unless_the_instructor_says_so(monkeypatch):
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    probe.cache_clear()
    with pytest.raises(UsageError, match=r"it lacks (user, )?landlock .*this kernel has no Landlock.*--unsafe"):
        find_confinement(unsafe=False)
    found = find_confinement(unsafe=True)
    probe.cache_clear()
    assert found.level == "none"
    assert "landlock" in found.missing


def test_an_instructor_may_ask_for_the_whole_confinement():
    with pytest.raises(UsageError, match=r"level full was asked for, this machine offers reduced \(namespaces: "):
        find_confinement("reduced", unsafe=False, at_least="full")
    if probe().level == "full":
        assert find_confinement(unsafe=False, at_least="full").level == "full"


def test_unknown_architecture_has_no_filter(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "vax")
    assert not seccomp.is_available()
    with pytest.raises(OSError, match="no system call numbers for vax"):
        seccomp.install(own_view=True)
