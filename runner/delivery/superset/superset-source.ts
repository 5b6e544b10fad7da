import type { Dashboard } from "../../project/dashboard.ts";
import type { DescribedRelation } from "../release-columns.ts";
import { uuidOf } from "./identity.ts";

/** All that a bundle is made of. */
export interface SupersetSource {
  /** Name of the project: the same project always means the same dashboards. */
  readonly project: string;
  readonly dashboards: readonly Dashboard[];
  readonly relations: readonly DescribedRelation[];
  /** SQLAlchemy's address of the exported tables, as Superset reaches them, without a password. */
  readonly databaseUri: string;
  /** Made-up data has dashboards of its own, on tables of the schema `demo`. */
  readonly isDemo: boolean;
  /** When the release was published. */
  readonly publishedAt: string;
}

/** The files of a bundle: paths below its root folder, and their content as plain data. */
export type BundleFiles = Readonly<Record<string, object>>;

type Identified = "database" | "dataset" | "chart" | "dashboard";

/** The identity of a part of the bundle; the database is one for both lives. */
export function identityOf({ project, isDemo }: SupersetSource, kind: Identified, name: string): string {
  const life = isDemo && kind !== "database" ? "demo" : "life";
  return uuidOf(`${project}/${life}/${kind}/${name}`);
}

/** A title with its label where the data is made up. */
export function titleOf({ isDemo }: SupersetSource, title: string): string {
  return isDemo ? `Demo: ${title}` : title;
}

/** The name in a dashboard's address: `tonearm-what-i-listen-to`. */
export function slugOf({ project, isDemo }: SupersetSource, { name }: Dashboard): string {
  return [project, ...(isDemo ? ["demo"] : []), name].join("-").replaceAll("_", "-");
}
