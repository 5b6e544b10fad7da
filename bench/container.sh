#!/usr/bin/env bash
# Builds the image without any registry and runs it: a base of Debian's packages (debootstrap), built by buildah without a daemon. Prints what
# the image weighs and holds, then runs the demo, the scheduler and its health check in it. Needs root, debootstrap, buildah and npm.
set -euo pipefail
cd "$(dirname "$0")/.."

cache="${BENCH_CONTAINER_HOME:-$HOME/.cache/tonearm-container}"
suite="${BENCH_CONTAINER_SUITE:-trixie}"
base="$cache/$suite"
work="$(mktemp -d)"
mkdir -p "$cache/storage" "$cache/run"
images=(buildah --root "$cache/storage" --runroot "$cache/run" --storage-driver vfs)
containers=()
finish() {
  for container in "${containers[@]}"; do "${images[@]}" rm "$container" > /dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT

fail() { echo "FAILED: $*" >&2; exit 1; }

# Node and npm on Debian: what any base of the Dockerfile has.
if [ ! -f "$base.ready" ]; then
  rm -rf "$base"
  debootstrap --variant=minbase --include=nodejs,ca-certificates "$suite" "$base" > "$cache/debootstrap.log"
  npm install --global --prefix "$base/usr/local" npm@10 --no-fund --no-audit > /dev/null
  touch "$base.ready"
fi
if ! "${images[@]}" inspect --type image localhost/tonearm-base > /dev/null 2>&1; then
  container="$("${images[@]}" from scratch)"
  "${images[@]}" add -q "$container" "$base" / > /dev/null
  "${images[@]}" commit -q --rm "$container" localhost/tonearm-base > /dev/null
fi

# Where a proxy has a certificate of its own, npm has to know it too. /root is that of the container which builds, whichever machine it runs on.
echo "cafile=/etc/ssl/certs/ca-certificates.crt" > "$work/npmrc"
"${images[@]}" build -q --isolation chroot --network host \
  -v /etc/ssl/certs:/etc/ssl/certs:ro -v "$work/npmrc:/root/.npmrc:ro" --build-arg BASE=localhost/tonearm-base -t localhost/tonearm . > /dev/null
echo "the image is built"

container="$("${images[@]}" from localhost/tonearm)"
containers+=("$container")
root="$("${images[@]}" mount "$container")"
megabytes=$(( $(du -sm "$root" | cut -f1) - $(du -sm "$base" | cut -f1) ))
echo "over the base: $megabytes MB (target: less than 450)"
[ "$megabytes" -lt 450 ] || fail "the image is too large"
user="$("${images[@]}" inspect --format '{{.OCIv1.Config.User}}' "$container")"
[ "$user" = 10001:10001 ] || fail "it runs as '$user'"
echo "user: $user"
for name in typescript oxlint oxfmt playwright-core ajv tsx esbuild @esbuild; do
  [ ! -e "$root/app/node_modules/$name" ] || fail "$name is for developers"
done
bundles="$root/app/node_modules/.cache/tonearm"
[ "$(ls "$bundles" | wc -l)" = 1 ] || fail "the runner is not bundled"
found="$(find "$root/app" -path "$root/app/node_modules" -prune -o \( -name .env -o -name '*.duckdb' -o -name '*.zip' -o -name .git \) -print)"
[ -z "$found" ] || fail "there is what belongs to nobody: $found"
writable="$(find "$root/app" -writable -uid 10001 | grep -v "^$root/app/target\$" || true)"
[ -z "$writable" ] || fail "its user may write $writable"
echo "no dependencies of developers, no secrets, nothing to write but /data and /app/target"

mkdir -m 0700 "$work/data" "$work/target" "$work/secrets"
chown 10001:10001 "$work/data" "$work/target" "$work/secrets"
# With chroot there are no limits and no read-only root: what was written elsewhere than in the volumes and /tmp is looked for in the end.
data=/data
touch "$work/began"
inside() {
  "${images[@]}" run --isolation chroot --user 10001:10001 --env TONEARM_TIMEZONE=Europe/Berlin --env DATA_DIR="$data" \
    -v "$work/data:/data" -v "$work/target:/app/target" -v "$work/secrets:/run/tonearm" "$container" -- "$@"
}
inside node container/make-secrets.mjs
stat -c '%a %n' "$work"/secrets/* | sed "s|$work/||"
before="$(cat "$work"/secrets/* | sha256sum)"
inside node container/make-secrets.mjs
[ "$(cat "$work"/secrets/* | sha256sum)" = "$before" ] || fail "the second start made other passwords"

# By name, what the table of README has; the benches measure a checkout.
commands="$(sed -n '/^## Daily commands/,/^## /s/^| `npm run \([a-z-]*\).*/\1/p' README.md | sort -u | grep -vx bench)"
for command in $commands; do
  inside npm run --silent "$command" -- --help > "$work/help.txt" 2>&1 || { cat "$work/help.txt"; fail "$command"; }
done
echo "$(echo "$commands" | wc -l) commands of README are there"

inside npm run --silent pipeline -- --demo > "$work/demo.txt" 2>&1 || { cat "$work/demo.txt"; fail "the demo"; }
grep -A 4 'Minutes of music' "$work/demo.txt"
# Over the demo's data, so that there is something to read and to build.
data=/data/demo
for command in status list releases runs explain landings registry lint-sql compile docs verify \
  "show -- --select top_artists --limit 1" "test-models -- --select test_type:unit" "export -- --to parquet /data/demo/lake"; do
  inside npm run --silent $command > "$work/command.txt" 2>&1 || { cat "$work/command.txt"; fail "$command"; }
done
[ "$(ls "$bundles" | wc -l)" = 1 ] || fail "the runner was bundled again"
echo "those that read, check and export do so"

inside node runner/start.mjs schedule > "$work/scheduler.txt" 2>&1 &
scheduler=$!
healthy=no
for _ in $(seq 120); do
  if inside node container/healthy.mjs > /dev/null 2>&1; then healthy=yes; break; fi
  sleep 1
done
for _ in $(seq 300); do
  if grep -q '^  build  ' "$work/scheduler.txt"; then break; fi
  sleep 1
done
# The scheduler's own process id, from outside of the chroot.
kill -TERM "$(sed 's/.*"pid":\([0-9]*\).*/\1/' "$work/data/demo/locks/scheduler.json")" 2> /dev/null || true
wait "$scheduler" && ended=0 || ended=$?
cat "$work/scheduler.txt"
grep -q '^  build  *success' "$work/scheduler.txt" || fail "the scheduler's build"
[ "$healthy" = yes ] || fail "the scheduler is not healthy"
if inside node container/healthy.mjs > /dev/null 2>&1; then fail "a scheduler that is gone is healthy"; fi
echo "the scheduler was healthy, and ended with $ended when it was told to"
written="$(find "$root" -xdev \( -path "$root/tmp" -o -path "$root/dev" -o -path "$root/proc" -o -path "$root/sys" -o -path "$root/etc" -o -path "$root/run" \) -prune \
  -o -newer "$work/began" ! -type d -print)"
[ -z "$written" ] || fail "it wrote on its root: $written"
echo "nothing was written but in the volumes and /tmp"
