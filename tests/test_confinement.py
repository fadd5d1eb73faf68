"""Every layer by an attack that must fail, from inside a real worker; and what a student's code still needs works."""

import platform

import pytest

from grader.errors import UsageError
from grader.grade import find_confinement
from grader.marking.child_session import ChildSession, ChildSettings
from grader.marking.raised import StudentException
from grader.sandbox import confinement
from grader.sandbox.layers import landlock, seccomp
from grader.sandbox.layers.syscall_numbers import AARCH64, ARCHITECTURES, DECIDED_BY_ARGUMENT, X86_64

pytestmark = pytest.mark.skipif(confinement.offer().level == "none", reason="this kernel lacks Landlock or seccomp")

ATTACKS = {
    "read a file of the system": "open('/etc/passwd').read()",
    "read the hidden tests": f"open({str(landlock.__file__)!r}.replace('sandbox/layers/landlock.py', "
    "'assignment/hidden_tests/test_parser_hidden.py')).read()",
    "list the root folder": "os.listdir('/')",
    "list all processes": "os.listdir('/proc')",
    "read the server's memory": "open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
    "read the server's environment": "open(f'/proc/{os.getppid()}/environ').read()",
    "write outside of scratch": "open('/tmp/digitlab-attack', 'w')",
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
    "enter a new namespace": "check(libc.unshare(0x10000000))",
    "mount": "check(libc.mount(b'none', b'.', b'tmpfs', 0, None))",
    "trace the server": "check(libc.ptrace(16, os.getppid(), 0, 0))",
    "type into a terminal": "fcntl.ioctl(0, 0x5412, b'x')",
}

MODULE = """
import ctypes, fcntl, os, resource, socket, subprocess
libc = ctypes.CDLL(None, use_errno=True)

def check(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")

def run(code):
    exec(code, globals())
    return "it worked"
"""


@pytest.fixture(scope="module")
def worker(zygote, tmp_path_factory):
    from conftest import submission_of

    from grader.marking.student import StudentWorker

    folder = tmp_path_factory.mktemp("confined")
    held = StudentWorker(
        submission_of(MODULE), lambda: ChildSession(zygote.requests, ChildSettings("worker", 1500, 60), folder), 7
    )
    held.open()
    held.limits.time_s = 60
    yield held
    held.close()


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda name: name.replace(" ", "-"))
def test_attack_is_refused(worker, attack):
    with pytest.raises(StudentException, match=r"PermissionError|OSError|ValueError"):
        worker.call("run", (ATTACKS[attack],), {})


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
    with pytest.raises(UsageError, match=r"it lacks namespaces, user, landlock.*--unsafe"):
        find_confinement(unsafe=False)
    found = find_confinement(unsafe=True)
    assert found.level == "none"
    assert "landlock" in found.missing


def test_unknown_architecture_has_no_filter(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "vax")
    assert not seccomp.is_available()
    with pytest.raises(OSError, match="no system call numbers for vax"):
        seccomp.install()


def test_both_architectures_name_the_same_calls_but_for_old_ones():
    old = {"fork", "vfork", "chmod", "chown", "lchown", "iopl", "ioperm", "modify_ldt"}
    assert set(X86_64) - set(AARCH64) == old
    assert set(AARCH64) <= set(X86_64)
    assert set(DECIDED_BY_ARGUMENT) <= set(AARCH64)


@pytest.mark.parametrize("machine", list(ARCHITECTURES))
def test_filter_fits_the_kernels_limit_and_every_jump_stays_inside(machine):
    code = seccomp.build_filter(ARCHITECTURES[machine], pid=42)
    assert len(code) < 4096
    for place, (operation, if_true, if_false, _value) in enumerate(code):
        if operation in (0x15, 0x35, 0x45):
            assert place + 1 + max(if_true, if_false) < len(code)
