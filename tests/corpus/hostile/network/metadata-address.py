# hopes: to read the keys of the cloud machine from its metadata service
# stopped by: seccomp: no socket can be made; namespaces: there is no network

import http.client
import urllib.request

_REQUESTS = [
    ("169.254.169.254", "/latest/meta-data/iam/security-credentials/", {}),
    ("169.254.169.254", "/computeMetadata/v1/instance/service-accounts/default/token", {"Metadata-Flavor": "Google"}),
    ("169.254.169.254", "/metadata/identity/oauth2/token?api-version=2018-02-01", {"Metadata": "true"}),
    ("169.254.170.2", "/v2/credentials", {}),
    ("fd00:ec2::254", "/latest/meta-data/", {}),
    ("metadata.google.internal", "/computeMetadata/v1/", {"Metadata-Flavor": "Google"}),
    ("127.0.0.1:47811", "/latest/meta-data/", {}),
]

for _host, _path, _headers in _REQUESTS:
    try:
        http.client.HTTPConnection(_host, timeout=0.5).request("GET", _path, headers=_headers)
        it_worked(f"{_host} was asked")
    except OSError:
        pass
    _url = f"http://[{_host}]{_path}" if _host.count(":") > 1 else f"http://{_host}{_path}"
    try:
        urllib.request.urlopen(urllib.request.Request(_url, headers=_headers), timeout=0.5)
        it_worked(f"{_host} answered")
    except OSError:
        pass
