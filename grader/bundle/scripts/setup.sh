#!/usr/bin/env bash
# Installs Python, where it is missing, and the grader with what it needs, each at the version it was bundled with.
# Usage: setup.sh [FOLDER OF THE VIRTUAL ENVIRONMENT]. Gradescope runs it once, while it builds the image.
set -euo pipefail
source=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
venv=${1:-$(dirname "$source")/venv}
minors="@MINORS@"

find_python() {
  local minor each
  for minor in $minors; do
    for each in "python3.$minor" python3; do
      if command -v "$each" >/dev/null &&
        "$each" -I -c "import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, $minor))" 2>/dev/null; then
        command -v "$each"
        return
      fi
    done
  done
  return 1
}

if ! find_python >/dev/null && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  for minor in $minors; do
    apt-get install -y -qq --no-install-recommends "python3.$minor" "python3.$minor-venv" && break
  done
fi
python=$(find_python) || { echo "setup: there is no Python 3 of minor version $minors here" >&2; exit 1; }

"$python" -I -m venv "$venv"
options=()
# With wheels in the bundle nothing is fetched.
if [ -d "$source/wheels" ]; then options=(--no-index --find-links "$source/wheels"); fi
"$venv/bin/python" -I -m pip install --quiet --disable-pip-version-check ${options[@]+"${options[@]}"} \
  --requirement "$source/requirements.txt" "$source"/grader-*.whl
# Submissions run as another user, who reads the interpreter and the packages.
chmod -R a+rX "$venv"
"$venv/bin/python" -I -m grader --version
