#!/bin/sh
# Run by Postgres once, when its volume is new: the role that dashboards read with. Exports grant it what they write.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$(cat /run/tonearm/superset_ro_password)" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
create role superset_ro login password :'password';
SQL
