# hopes: to load a trained network instead of training one
# stopped by: seccomp: no socket can be made; namespaces: there is no network

import asyncio
import ftplib
import smtplib
import urllib.request
import xmlrpc.client


def _by_keras():
    keras.utils.get_file("weights.h5", origin="http://127.0.0.1:47811/weights.h5")


def _by_tensorflow():
    import tensorflow as tf

    with tf.io.gfile.GFile("http://127.0.0.1:47811/weights.h5", "rb") as file:
        file.read()


def _by_numpy():
    np.genfromtxt("http://127.0.0.1:47811/weights.csv")


def _by_opencv():
    if not cv2.VideoCapture("http://127.0.0.1:47811/picture.mjpg").isOpened():
        raise OSError("not opened")


def _by_a_proxy():
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": "http://127.0.0.1:47811"}))
    opener.open("http://weights.example/", timeout=2)


def _by_asyncio():
    asyncio.run(asyncio.wait_for(asyncio.open_connection("127.0.0.1", 47811), 2))


_WAYS = {
    _by_keras: Exception,  # get_file wraps what went wrong in a plain Exception
    _by_tensorflow: Exception,  # TensorFlow has error classes of its own
    _by_numpy: OSError,
    _by_opencv: OSError,
    _by_a_proxy: OSError,
    _by_asyncio: OSError,
}
for _way, _expected in _WAYS.items():
    try:
        _way()
    except _expected as _error:
        if isinstance(_error, NameError | AttributeError | TypeError):
            it_worked(f"{_way.__name__} is broken: {_error}")
        continue
    it_worked(f"a download, {_way.__name__}")
for _service in (ftplib.FTP, smtplib.SMTP, lambda host, port: xmlrpc.client.ServerProxy(f"http://{host}:{port}").ask()):
    try:
        _service("127.0.0.1", 47811) if _service is not ftplib.FTP else ftplib.FTP().connect("127.0.0.1", 47811)
    except OSError:
        continue
    it_worked("a service was reached")
