#!/bin/sh
# Runs what follows with what opens Superset, and the database behind it to Superset.
set -eu
SUPERSET_PASSWORD="$(cat /run/tonearm/superset_password)"
SUPERSET_DATABASE_URI="postgresql://superset_ro:$(cat /run/tonearm/superset_ro_password)@postgres:5432/spotify"
export SUPERSET_PASSWORD SUPERSET_DATABASE_URI
exec "$@"
