# The pipeline and its scheduler. Any base with Node 20.19 or newer, npm and glibc will do.
ARG BASE=docker.io/library/node:22-bookworm-slim

FROM ${BASE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-fund --no-audit --cache /tmp/npm && rm -rf /tmp/npm
# Bundled here, once and for all: nobody can write it later, so what bundles is left behind.
COPY tsconfig.json ./
COPY runner runner
RUN node runner/start.mjs help > /dev/null && rm -rf node_modules/esbuild node_modules/@esbuild

FROM ${BASE}
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json package-lock.json project.yml LICENSE ./
COPY runner runner
COPY models models
COPY seeds seeds
COPY dashboards dashboards
COPY tests/models tests/models
COPY container container
# The only places that are written; compose.yaml lays volumes there.
RUN mkdir -p -m 0700 /data /app/target && mkdir -p -m 0755 /run/tonearm && chown 10001:10001 /data /app/target /run/tonearm
ENV NODE_ENV=production DATA_DIR=/data HOME=/tmp npm_config_cache=/tmp/npm npm_config_update_notifier=false
USER 10001:10001
VOLUME ["/data", "/app/target"]
# What follows is what follows `npm run` everywhere else: show -- --select top_artists
ENTRYPOINT ["npm", "run", "--silent"]
CMD ["pipeline"]
