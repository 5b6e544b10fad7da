import { createHash } from "node:crypto";

import type { Project } from "../project/project.ts";
import type { Manifest, ManifestNode } from "./manifest.ts";
import { exposureId, unitTestId } from "./manifest-nodes.ts";

/** The parts of a resource that are compared one by one. */
export const checksumParts = ["body", "configs", "relation", "persisted_descriptions", "macros"] as const;

/** Of each part, a hash of it as it is written, before vars and dates are filled in. */
export type Checksums = Readonly<Record<(typeof checksumParts)[number], string>>;

/** The checksums of all that a project has, by unique id, so that a later state can be compared with this one. */
export function checksumsOf(
  project: Project,
  {
    nodes,
    tests,
    unitTests,
    dashboards,
    macros: calls,
  }: Pick<Manifest, "nodes" | "tests" | "unitTests" | "dashboards" | "macros">,
): Manifest["checksums"] {
  const bodies = rawBodies(project);
  const macros = new Map(project.macros.map(({ name, text }) => [name, text]));
  const macrosOf = (uniqueId: string): unknown => (calls[uniqueId] ?? []).map((name) => [name, macros.get(name)]);
  const entry = (uniqueId: string, parts: Partial<Record<keyof Checksums, unknown>>): [string, Checksums] => [
    uniqueId,
    {
      body: hash(parts.body),
      configs: hash(parts.configs),
      relation: hash(parts.relation),
      persisted_descriptions: hash(parts.persisted_descriptions),
      macros: hash(macrosOf(uniqueId)),
    },
  ];
  return Object.fromEntries([
    ...Object.values(nodes).map((node) => entry(node.uniqueId, nodeParts(node, bodies))),
    ...tests.map(({ uniqueId, test, settings, description }) => {
      const body = { singular: bodies.get(uniqueId), custom: bodies.get(`generic.${"name" in test ? test.name : ""}`) };
      const written =
        "args" in test ? [body.custom, test.column, test.args] : "compiledCode" in test ? body.singular : test;
      return entry(uniqueId, { body: written, configs: settings, persisted_descriptions: description });
    }),
    ...unitTests.map((test) => entry(test.uniqueId, { body: bodies.get(test.uniqueId) })),
    ...dashboards.map((dashboard) => entry(exposureId(project.name, dashboard), { body: dashboard })),
  ]);
}

function rawBodies(project: Project): ReadonlyMap<string, unknown> {
  const sql = ({ text, sqlOffset }: { text: string; sqlOffset: number }): string => text.slice(sqlOffset);
  return new Map<string, unknown>([
    ...project.models.map((it): [string, unknown] => [`model.${project.name}.${it.name}`, sql(it)]),
    ...project.singularTests.map((it): [string, unknown] => [`test.${project.name}.${it.name}`, sql(it)]),
    ...project.genericTests.map((it): [string, unknown] => [`generic.${it.name}`, sql(it)]),
    ...project.unitTests.map((it): [string, unknown] => [
      unitTestId(project.name, it),
      [it.given.map(({ input, rows }) => [input, rows]), it.overrides, it.expect, it.key],
    ]),
  ]);
}

function nodeParts(
  node: ManifestNode,
  bodies: ReadonlyMap<string, unknown>,
): Partial<Record<keyof Checksums, unknown>> {
  const types = node.columns.map(({ name, dataType }) => [name, dataType]);
  const body = { model: bodies.get(node.uniqueId), seed: "sha256" in node ? node.sha256 : null, source: types };
  const { tags, critical } = node;
  const settings =
    node.resourceType === "model"
      ? [node.materialized, node.uniqueKey, node.incrementalStrategy, node.onSchemaChange, node.partitionBy]
      : [];
  const scoring = node.resourceType === "model" ? [node.training, node.scoredBy] : [];
  return {
    body: body[node.resourceType],
    configs: [tags, critical, types, settings, scoring],
    relation: node.relation,
    persisted_descriptions: [node.description, node.columns.map(({ name, description }) => [name, description])],
  };
}

function hash(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(value) ?? "")
    .digest("hex")
    .slice(0, 16);
}
