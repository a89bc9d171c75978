#!/bin/sh
# Brings uv and an empty Python environment, then hands over to runner/: sh runner/bootstrap.sh start|setup|test [checks]
# Plain POSIX sh: this runs before anything of ours is installed.
set -eu

cd "$(dirname "$0")/.."
umask 077

# Set by pyenv for whatever it starts: its shims would then offer that one version, and .python-version names both.
unset PYENV_VERSION
logs=${HANDSCHLAG_LOG_DIR:-logs}
[ -d "$logs" ] || mkdir -m 700 -p "$logs"
mkdir -p .tools
log=$logs/setup-python.log

fail() {
    echo "✗ $1" >&2
    exit 1
}

works() {
    "$1" --version >>"$log" 2>&1
}

install_uv() {
    command -v python3 >/dev/null 2>&1 ||
        fail "Python 3 fehlt. Bitte installieren Sie Python 3 (oder uv), danach geht es hier weiter."
    echo "· uv wird installiert …"
    # Built aside and moved: whoever starts at the same moment finds a whole uv or none.
    fresh=.tools/uv.$$
    if { python3 -m venv "$fresh" && "$fresh/bin/python" -m pip install 'uv>=0.9'; } >>"$log" 2>&1 ||
        { rm -rf "$fresh" && python3 -m pip install --target "$fresh" 'uv>=0.9'; } >>"$log" 2>&1; then
        rm -rf .tools/uv
        mv "$fresh" .tools/uv
    else
        rm -rf "$fresh"
        fail "uv ließ sich nicht installieren; dafür braucht Python 3 sein pip oder venv. Näheres steht in $log."
    fi
}

if [ -z "${HANDSCHLAG_UV:-}" ]; then
    if works uv; then
        HANDSCHLAG_UV=$(command -v uv)
    else
        works .tools/uv/bin/uv || install_uv
        HANDSCHLAG_UV=$PWD/.tools/uv/bin/uv
    fi
    export HANDSCHLAG_UV
fi

# The Python an environment points to may have been removed since.
if ! .venv/bin/python -c '' >/dev/null 2>&1; then
    UV_HTTP_TIMEOUT=${UV_HTTP_TIMEOUT:-300} "$HANDSCHLAG_UV" venv --no-project --clear --python '>=3.11,<3.15' .venv >>"$log" 2>&1 ||
        fail "Python ab 3.11 ist nicht vorhanden und ließ sich auch nicht laden. Näheres steht in $log."
fi

exec .venv/bin/python -m runner "$@"
