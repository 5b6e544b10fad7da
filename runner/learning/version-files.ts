import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

import type { Diagnostic } from "../diagnostics.ts";
import { dataPaths, makeFolder } from "../warehouse/data-folder.ts";
import { isMissing, writeDurably } from "../warehouse/durable-files.ts";
import { withStorageErrors } from "../warehouse/storage-errors.ts";
import { type Evidence, evidenceSchema } from "./evidence.ts";
import { renderModelCard } from "./model-card.ts";
import { type ModelVersion, type TrainedModel, type VersionRecord, versionRecordSchema } from "./model-version.ts";

/** A version without its models, as lists show it. */
export interface RegisteredVersion {
  readonly model: string;
  readonly version: number;
  /** Of the record, which names that of the models: it stands for the whole version. */
  readonly sha256: string;
  readonly record: VersionRecord;
}

/** A version, or what is wrong with its files. */
export type Found<Version> = { readonly version: Version } | { readonly diagnostic: Diagnostic };

interface VersionPaths {
  readonly record: string;
  readonly artefact: string;
  readonly card: string;
  /** What the decision rests on row by row; there only where a training left such rows. */
  readonly evidence: string;
  /** Written last, in the format of `sha256sum`: without it a version does not count. */
  readonly checksums: string;
}

/** Where a version lies. */
export function versionPaths(dataDir: string, model: string, version: number): VersionPaths {
  const folder = join(dataPaths(dataDir).registry, checkName(model));
  return {
    record: join(folder, `${version}.json`),
    artefact: join(folder, `${version}.model.json`),
    card: join(folder, `${version}.md`),
    evidence: join(folder, `${version}.evidence.json`),
    checksums: join(folder, `${version}.sha256`),
  };
}

/** Writes a trained model under the next number; files (0444) that a killed process left are written over. */
export async function addVersion(
  dataDir: string,
  trained: TrainedModel,
  evidence: Evidence | null = null,
): Promise<RegisteredVersion> {
  const { model } = trained.record;
  const version = ((await listNumbers(dataDir, model)).at(-1) ?? 0) + 1;
  const paths = versionPaths(dataDir, model, version);
  const text = `${JSON.stringify(trained.record, null, 1)}\n`;
  const sha256 = hash(text);
  const rows = evidence === null ? null : JSON.stringify(evidence);
  const checksums = [
    `${sha256}  ${version}.json\n`,
    `${trained.record.artefact.sha256}  ${version}.model.json\n`,
    ...(rows === null ? [] : [`${hash(rows)}  ${version}.evidence.json\n`]),
  ];
  await withStorageErrors(paths.record, async () => {
    await makeFolder(join(dataPaths(dataDir).registry, model));
    await writeDurably(paths.artefact, trained.artefact);
    await writeDurably(paths.card, renderModelCard(version, trained.record));
    await writeDurably(paths.record, text);
    if (rows !== null) await writeDurably(paths.evidence, rows);
    await writeDurably(paths.checksums, checksums.join(""));
  });
  return { model, version, sha256, record: trained.record };
}

/** The models that have versions, in alphabetical order. */
export async function listModels(dataDir: string): Promise<readonly string[]> {
  const names = await namesIn(dataPaths(dataDir).registry);
  return names.filter((name) => namePattern.test(name)).toSorted();
}

/** Numbers of a model's whole versions, rising. */
export async function listNumbers(dataDir: string, model: string): Promise<readonly number[]> {
  const names = await namesIn(join(dataPaths(dataDir).registry, checkName(model)));
  const numbers = names.flatMap((name) => /^([1-9]\d*)[.]sha256$/.exec(name)?.[1] ?? []);
  return numbers.map(Number).toSorted((left, right) => left - right);
}

/** Reads the record of a version; torn, altered or foreign files are never loaded but named. */
export async function readRecord(dataDir: string, model: string, version: number): Promise<Found<RegisteredVersion>> {
  const paths = versionPaths(dataDir, model, version);
  try {
    const sha256 = await readChecksum(paths, `${version}.json`);
    const text = await readWhole(paths.record);
    if (hash(text) !== sha256) throw new Unreadable(paths.record, `was altered: its SHA-256 is not ${sha256}`);
    const record = versionRecordSchema.safeParse(JSON.parse(text));
    if (!record.success) throw new Unreadable(paths.record, `is of another format\n${z.prettifyError(record.error)}`);
    if (record.data.model !== model) throw new Unreadable(paths.record, `belongs to ${record.data.model}`);
    const size = await sizeOf(paths.artefact);
    const { bytes } = record.data.artefact;
    if (size !== bytes) throw new Unreadable(paths.artefact, `has ${size ?? "no"} bytes instead of ${bytes}`);
    return { version: { model, version, sha256, record: record.data } };
  } catch (error) {
    return { diagnostic: describeTrouble(error) };
  }
}

/** Reads a version with its models, checked to the last byte. */
export async function readVersion(
  dataDir: string,
  model: string,
  version: number,
): Promise<Found<ModelVersion & RegisteredVersion>> {
  const found = await readRecord(dataDir, model, version);
  if ("diagnostic" in found) return found;
  const paths = versionPaths(dataDir, model, version);
  try {
    const artefact = await readWhole(paths.artefact);
    const { sha256 } = found.version.record.artefact;
    if (hash(artefact) !== sha256) throw new Unreadable(paths.artefact, `was altered: its SHA-256 is not ${sha256}`);
    return { version: { ...found.version, artefact } };
  } catch (error) {
    return { diagnostic: describeTrouble(error) };
  }
}

/** Reads what a version's decision rests on row by row, checked to the last byte; null where its training left no such rows. */
export async function readEvidence(dataDir: string, model: string, version: number): Promise<Found<Evidence | null>> {
  const paths = versionPaths(dataDir, model, version);
  const name = `${version}.evidence.json`;
  try {
    if (!(await readWhole(paths.checksums)).includes(`  ${name}\n`)) return { version: null };
    const sha256 = await readChecksum(paths, name);
    const text = await readWhole(paths.evidence);
    if (hash(text) !== sha256) throw new Unreadable(paths.evidence, `was altered: its SHA-256 is not ${sha256}`);
    return { version: evidenceSchema.parse(JSON.parse(text)) };
  } catch (error) {
    return { diagnostic: describeTrouble(error) };
  }
}

class Unreadable extends Error {
  readonly path: string;

  constructor(path: string, trouble: string) {
    super(`this file of a model version ${trouble}`);
    this.path = path;
  }
}

const namePattern = /^\w+$/;

function checkName(model: string): string {
  if (!namePattern.test(model)) throw new Error(`'${model}' is no name of a model.`);
  return model;
}

function describeTrouble(error: unknown): Diagnostic {
  if (error instanceof Unreadable) {
    const hint = "It is left out. Put the file back from a backup, or train again: the next version takes its place.";
    return { path: error.path, message: error.message, hint };
  }
  throw error;
}

async function readChecksum(paths: VersionPaths, name: string): Promise<string> {
  const text = await readWhole(paths.checksums);
  const found = text.split("\n").flatMap((line) => /^([0-9a-f]{64}) {2}(.+)$/.exec(line)?.slice(1) ?? []);
  const sha256 = found[found.indexOf(name) - 1];
  if (sha256 === undefined) throw new Unreadable(paths.checksums, `has no SHA-256 of ${name}`);
  return sha256;
}

async function readWhole(path: string): Promise<string> {
  return withStorageErrors(path, () => readFile(path, "utf8")).catch((error: unknown) => {
    if (isMissing(error)) throw new Unreadable(path, "is missing");
    throw error;
  });
}

async function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ size }) => size,
    (error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    },
  );
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return withStorageErrors(folder, () => readdir(folder)).catch((error: unknown): string[] => {
    if (isMissing(error)) return [];
    throw error;
  });
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
