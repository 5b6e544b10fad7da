#!/bin/sh
# Starts Superset with the account `admin`, whose password lies in the volume `secrets`.
set -eu
SUPERSET_SECRET_KEY="$(cat /run/tonearm/superset_secret_key)"
export SUPERSET_SECRET_KEY
superset db upgrade
superset fab create-admin --username admin --firstname Tonearm --lastname Admin --email admin@localhost \
  --password "$(cat /run/tonearm/superset_password)" || true
superset init
exec gunicorn --workers 1 --worker-class gthread --threads 8 --timeout 120 --bind 0.0.0.0:8088 "superset.app:create_app()"
