import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { Ajv, type ValidateFunction } from "ajv";
import ajvFormats from "ajv-formats";
import { parse } from "yaml";
import * as z from "zod";

import type { FakeReply, FakeRequest } from "./fake-spotify-request.ts";

/** Says what is wrong with a request or an answer by Spotify's own OpenAPI file; an empty list when nothing is. */
export interface SpotifyContract {
  readonly checkRequest: (request: FakeRequest) => readonly string[];
  readonly checkReply: (request: FakeRequest, reply: FakeReply) => readonly string[];
}

const recordings = resolve(import.meta.dirname, "../../../shared/data/api");

/** A file of recorded answers beside the project. */
export function recordingPath(name: string): string {
  return resolve(recordings, name);
}

/** Why a test of recorded answers is skipped; false when they are there. */
export const skipWithoutRecordings: string | false = existsSync(recordingPath("spotify-openapi-2026-05-30.yml"))
  ? false
  : "no recorded answers of Spotify lie beside the project (../shared/data/api)";

const parameter = z.object({
  name: z.string(),
  in: z.enum(["query", "path"]),
  required: z.boolean().default(false),
  schema: z.record(z.string(), z.unknown()),
});
const reference = z.object({ $ref: z.string() });
const content = z.object({
  content: z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) })).optional(),
});
const operation = z.object({
  parameters: z.array(z.union([reference, parameter])).default([]),
  requestBody: content.optional(),
  responses: z.record(z.string(), z.union([reference, content])),
});
const document = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({
    parameters: z.record(z.string(), parameter),
    responses: z.record(z.string(), content),
    schemas: z.record(z.string(), z.unknown()),
  }),
});

type Document = z.infer<typeof document>;
type Operation = z.infer<typeof operation>;

let loaded: Promise<SpotifyContract> | undefined;

/** The contract, read once a process; null where the OpenAPI file does not lie beside the project. */
export async function loadSpotifyContract(): Promise<SpotifyContract | null> {
  if (skipWithoutRecordings !== false) return null;
  return (loaded ??= readContract());
}

async function readContract(): Promise<SpotifyContract> {
  const text = await readFile(recordingPath("spotify-openapi-2026-05-30.yml"), "utf8");
  const raw: unknown = parse(text);
  const spec = document.parse(raw);
  const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false });
  ajvFormats.default(ajv);
  ajv.addSchema({ components: { schemas: allowDepartures(spec.components.schemas) } }, "spotify");
  const validate = validators(ajv);
  return {
    checkRequest: (request) => checkRequest(request, spec, validate),
    checkReply: (request, reply) => checkReply({ request, reply }, spec, validate),
  };
}

/** Where real answers, recorded ones among them, are not what the file says: null in place of an object or a text. */
const nullable: Readonly<Record<string, readonly string[]>> = {
  CursorPagingObject: ["next", "cursors"],
  PlayHistoryObject: ["context"],
  TrackObject: ["id", "href"],
  AlbumBase: ["id", "href", "uri", "album_type", "release_date", "release_date_precision"],
  SimplifiedArtistObject: ["id", "href", "uri"],
};

/** Gone since February 2026, or not there for the user's own files. */
const notRequired = new Set(["available_markets", "total_tracks"]);

const schemaObject = z.looseObject({
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
});

function allowDepartures(schemas: Document["components"]["schemas"]): Readonly<Record<string, unknown>> {
  const departed = Object.entries(nullable).map(([name, properties]) => {
    const schema = schemaObject.parse(schemas[name]);
    const loosened = properties.map((property) => [
      property,
      { anyOf: [schema.properties[property], { type: "null" }] },
    ]);
    const required = schema.required.filter((property) => !notRequired.has(property));
    return [name, { ...schema, required, properties: { ...schema.properties, ...Object.fromEntries(loosened) } }];
  });
  return { ...schemas, ...Object.fromEntries(departed) };
}

type Validate = (schema: Readonly<Record<string, unknown>>, value: unknown) => readonly string[];

/** Validates by a schema of the file, compiled once. */
function validators(ajv: Ajv): Validate {
  const compiled = new Map<string, ValidateFunction>();
  return (schema, value) => {
    const text = JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"spotify#/');
    const validate = compiled.get(text) ?? ajv.compile(z.record(z.string(), z.unknown()).parse(JSON.parse(text)));
    compiled.set(text, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
}

function checkRequest(request: FakeRequest, spec: Document, validate: Validate): readonly string[] {
  const asked = findOperation(request, spec);
  if (asked === undefined) return [`${request.method} ${request.path} is not in the file`];
  const parameters = asked.parameters.map((it) => resolveIn(it, spec.components.parameters));
  const known = parameters.filter((it) => it.in === "query");
  const unknown = [...request.query.keys()].filter((name) => !known.some((it) => it.name === name));
  const wrong = known.flatMap(({ name, required, schema }) => {
    const text = request.query.get(name);
    if (text === null) return required ? [`the parameter ${name} is missing`] : [];
    return validate(schema, readParameter(text, schema)).map((trouble) => `the parameter ${name}: ${trouble}`);
  });
  const body = checkBody(request, asked, validate);
  return [...unknown.map((name) => `the parameter ${name} is not in the file`), ...wrong, ...body];
}

function checkBody({ body, contentType }: FakeRequest, asked: Operation, validate: Validate): readonly string[] {
  const schema = asked.requestBody?.content?.["application/json"]?.schema;
  if (schema === undefined) return body === "" ? [] : ["a body where the file has none"];
  if (contentType !== "application/json") return [`the content type ${contentType}`];
  const value: unknown = JSON.parse(body);
  const known = Object.keys(schemaObject.parse(schema).properties);
  const unknown = Object.keys(z.record(z.string(), z.unknown()).parse(value)).filter((name) => !known.includes(name));
  return [...validate(schema, value), ...unknown.map((name) => `the body's ${name} is not in the file`)];
}

function checkReply(
  { request, reply }: { readonly request: FakeRequest; readonly reply: FakeReply },
  spec: Document,
  validate: Validate,
): readonly string[] {
  const asked = findOperation(request, spec);
  // Servers in trouble keep no contract, and what is not there is in none.
  if (asked === undefined || reply.status >= 500 || reply.status === 404) return [];
  const found = asked.responses[String(reply.status)];
  if (found === undefined) return [`the file has no answer ${reply.status} here`];
  const schema = resolveIn(found, spec.components.responses).content?.["application/json"]?.schema;
  return schema === undefined ? [] : validate(schema, reply.body);
}

function findOperation({ method, path }: FakeRequest, spec: Document): Operation | undefined {
  const [found] = Object.entries(spec.paths)
    .filter(([template]) => new RegExp(`^/v1${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path))
    // /me/playlists is meant before /{id}/playlists.
    .toSorted(([left], [right]) => left.split("{").length - right.split("{").length);
  const raw = found?.[1][method.toLowerCase()];
  return raw === undefined ? undefined : operation.parse(raw);
}

function resolveIn<T>(value: T | z.infer<typeof reference>, components: Readonly<Record<string, T>>): T {
  if (typeof value !== "object" || value === null || !("$ref" in value)) return value;
  const { $ref } = reference.parse(value);
  const found = components[$ref.split("/").at(-1) ?? ""];
  if (found === undefined) throw new Error(`the OpenAPI file has no ${$ref}`);
  return found;
}

function readParameter(text: string, schema: Readonly<Record<string, unknown>>): unknown {
  return schema["type"] === "integer" && /^-?\d+$/.test(text) ? Number(text) : text;
}
