#!/usr/bin/env bash
# Runs Superset without containers, on this machine only. The first start installs it: about 5 minutes and 850 MB.
set -euo pipefail
cd "$(dirname "$0")/.."
export SUPERSET_HOME="${SUPERSET_HOME:-$PWD/data/superset}"
export SUPERSET_CONFIG_PATH="$PWD/dashboards/superset_config.py" FLASK_APP=superset
version=6.1.0
venv="${SUPERSET_VENV:-$SUPERSET_HOME/venv}"
setting() { [ ! -f .env ] || node --env-file=.env -p "process.env.$1 ?? ''"; }
username="${SUPERSET_USERNAME:-$(setting SUPERSET_USERNAME)}"
password="${SUPERSET_PASSWORD:-$(setting SUPERSET_PASSWORD)}"
if [ -z "$password" ]; then
  echo "SUPERSET_PASSWORD is not set: choose the password of Superset's administrator, for example in .env" >&2
  exit 2
fi

umask 077
mkdir -p "$SUPERSET_HOME"
# Encrypts what Superset stores: made once, then kept.
[ -f "$SUPERSET_HOME/secret_key" ] || node -p 'require("node:crypto").randomBytes(42).toString("base64")' > "$SUPERSET_HOME/secret_key"
SUPERSET_SECRET_KEY="$(cat "$SUPERSET_HOME/secret_key")"
export SUPERSET_SECRET_KEY

if [ ! -x "$venv/bin/superset" ]; then
  python="$(command -v python3.11 || command -v python3.12 || command -v python3.10 || true)"
  if [ -z "$python" ]; then
    echo "Superset needs Python 3.10, 3.11 or 3.12 with venv (Debian: apt install python3-venv; macOS: brew install python@3.11)" >&2
    exit 1
  fi
  "$python" -m venv "$venv"
  # With newer ones of the last three, Superset 6.1 does not start.
  "$venv/bin/pip" install --quiet "apache_superset==$version" psycopg2-binary 'flask-caching<2.4' 'flask-limiter<4' cachetools
fi
export PATH="$venv/bin:$PATH"
# Neither this folder's Python files nor its .env are Superset's.
cd "$SUPERSET_HOME"
if [ ! -f "$SUPERSET_HOME/ready-$version" ]; then
  superset db upgrade
  superset fab create-admin --username "${username:-admin}" --firstname Tonearm --lastname Admin --email admin@localhost --password "$password"
  superset init
  touch "$SUPERSET_HOME/ready-$version"
fi
echo "Superset comes up on http://127.0.0.1:${SUPERSET_PORT:-8088}. Ctrl-C stops it."
exec gunicorn --workers 1 --worker-class gthread --threads 8 --timeout 120 --bind "127.0.0.1:${SUPERSET_PORT:-8088}" "superset.app:create_app()"
