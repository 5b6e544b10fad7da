import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { Ajv } from "ajv";
import ajvFormats from "ajv-formats";
import { parse } from "yaml";
import * as z from "zod";

import { inScratchFolder } from "../support/scratch-folder.ts";

const root = resolve(import.meta.dirname, "../..");
const read = (path: string): Promise<string> => readFile(join(root, path), "utf8");

const service = z.looseObject({
  environment: z.record(z.string(), z.union([z.string(), z.number()]).nullable()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  healthcheck: z.unknown().optional(),
  entrypoint: z.array(z.string()).default([]),
});
const compose = z.looseObject({
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.null()),
});

const readCompose = async () => compose.parse(parse(await read("compose.yaml"), { merge: true }));

/** What the Compose Specification's own schema (June 2026) says against a file. */
async function faultsOf(file: unknown): Promise<readonly string[]> {
  const { $schema: _, ...schema } = z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(await read("tests/support/compose-spec/schema.json")));
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajvFormats.default(ajv, ["duration"]);
  ajv.addFormat("ports", true);
  ajv.addFormat("expose", true);
  const validate = ajv.compile(schema);
  validate(file);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
}

test("compose.yaml is what the Compose Specification allows, which refuses a key that is none", async () => {
  const written: unknown = parse(await read("compose.yaml"), { merge: true });
  assert.deepEqual(await faultsOf(written), []);
  const { postgres } = compose.parse(written).services;
  const misspelt = { services: { postgres: { ...postgres, helthcheck: {} } } };
  assert.deepEqual(await faultsOf(misspelt), ["/services/postgres must NOT have additional properties"]);
});

test("the services are there, nothing listens but on 127.0.0.1, and the scheduler is looked after", async () => {
  const { services } = await readCompose();
  for (const name of ["spotify-scheduler", "spotify-pipeline", "postgres", "superset"]) assert.ok(services[name], name);
  const ports = Object.values(services).flatMap((it) => it.ports);
  assert.equal(ports.length, 2);
  for (const port of ports) assert.match(port, /^127\.0\.0\.1:\$\{\w+:-\d+\}:\d+$/);
  assert.notEqual(services["spotify-scheduler"]?.healthcheck, undefined);
});

test("the deploy page has every variable and every service, and no other variable", async () => {
  const [text, page] = await Promise.all([read("compose.yaml"), read("docs/deploy.md")]);
  const { services } = await readCompose();
  const passedOn = Object.values(services).flatMap(({ environment }) =>
    Object.entries(environment).flatMap(([name, value]) => (value === null ? [name] : [])),
  );
  const named = [...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name ?? "");
  const known = new Set([...passedOn, ...named]);
  const settings = page.slice(page.indexOf("## Settings"), page.indexOf("## Without"));
  const documented = [...settings.matchAll(/`([A-Z_]{4,})`/g)].map(([, name]) => name ?? "");
  assert.deepEqual(new Set(documented), known);
  for (const name of Object.keys(services)) assert.ok(page.includes(`\`${name}\``), name);
});

test("whatever exports has what Superset is told with, its password from the volume of secrets", async () => {
  const { services } = await readCompose();
  for (const name of ["spotify-scheduler", "spotify-pipeline", "superset-dashboards"]) {
    const { environment, entrypoint } = services[name] ?? assert.fail(name);
    assert.equal(environment["SUPERSET_URL"], "http://superset:8088");
    assert.equal(environment["SUPERSET_USERNAME"], "admin");
    assert.deepEqual(entrypoint.slice(0, 2), ["sh", "container/with-secrets.sh"]);
  }
  assert.match(
    await read("container/with-secrets.sh"),
    /SUPERSET_PASSWORD="\$\(cat \/run\/tonearm\/superset_password\)"/,
  );
});

test("what is mounted is there, or a volume that is declared", async () => {
  const { services, volumes } = await readCompose();
  for (const mount of Object.values(services).flatMap((it) => it.volumes)) {
    const [from = ""] = mount.split(":");
    if (from.startsWith("./")) await stat(join(root, from));
    else assert.ok(from in volumes, mount);
  }
});

test("the image is given what the runner reads, and nothing that is personal", async () => {
  const [ignored, dockerfile] = await Promise.all([read(".dockerignore"), read("Dockerfile")]);
  assert.equal(ignored.split("\n")[0], "*");
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = ""]) => names.split(" "));
  for (const name of copied) {
    await stat(join(root, name));
    assert.ok(ignored.includes(`!${name}\n`), name);
  }
});

test("passwords are made once, differ each time, and Postgres' clients take them", () =>
  inScratchFolder(async (folder) => {
    const make = async (name: string): Promise<Readonly<Record<string, string>>> => {
      const path = join(folder, name);
      const script = join(root, "container/make-secrets.mjs");
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], {
        env: { ...process.env, SECRETS_DIR: path },
      });
      assert.equal(stdout + stderr, "");
      const names = await readdir(path);
      return Object.fromEntries(
        await Promise.all(names.map(async (it) => [it, await readFile(join(path, it), "utf8")] as const)),
      );
    };
    const first = await make("one");
    assert.deepEqual(Object.keys(first).toSorted(), [
      "pgpass",
      "postgres_password",
      "superset_password",
      "superset_ro_password",
      "superset_secret_key",
    ]);
    assert.equal(new Set(Object.values(first)).size, 5);
    for (const [name, secret] of Object.entries(first)) if (name !== "pgpass") assert.match(secret, /^[\w-]{43}$/);
    assert.equal(first["pgpass"], `postgres:5432:*:tonearm:${first["postgres_password"]}\n`);
    assert.equal((await stat(join(folder, "one", "pgpass"))).mode & 0o777, 0o600);
    assert.deepEqual(await make("one"), first);
    assert.notEqual((await make("two"))["postgres_password"], first["postgres_password"]);
  }));
