#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image. The kit itself lies in source/kit and is not installed:
# the environment is told where it is, so that students' code finds libraries only among the packages.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"

find_python() {
    for name in python3.13 python3.12 python3.11; do
        if command -v "$name" > /dev/null && "$name" -c 'import ensurepip, venv' 2> /dev/null; then
            echo "$name"
            return
        fi
    done
}

python="$(find_python)"
if [ -z "$python" ]; then
    apt-get update
    apt-get install -y --no-install-recommends python3.12 python3.12-venv ||
        apt-get install -y --no-install-recommends python3.11 python3.11-venv
    python="$(find_python)"
fi

"$python" -m venv "$root/venv"
"$root/venv/bin/python" -m pip install --disable-pip-version-check --no-cache-dir -r "$root/source/requirements.txt"
packages="$("$root/venv/bin/python" -c 'import site; print(site.getsitepackages()[0])')"
echo "$root/source/kit" > "$packages/digitlab.pth"
chmod -R go-rwx "$root/source"
