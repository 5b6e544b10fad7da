#!/bin/sh
# Brings the dashboards into Superset; tried again until the first export is there.
set -eu
SUPERSET_PASSWORD="$(cat /run/tonearm/superset_password)"
SUPERSET_DATABASE_URI="postgresql://superset_ro:$(cat /run/tonearm/superset_ro_password)@postgres:5432/spotify"
export SUPERSET_PASSWORD SUPERSET_DATABASE_URI
exec node runner/start.mjs superset import
