import * as z from "zod";

import { ProjectError } from "../../diagnostics.ts";
import { databasePath } from "./render-bundle.ts";
import type { SupersetSession } from "./superset-client.ts";
import { explainAnswer, supersetError, wordsOf } from "./superset-errors.ts";

export interface ImportRequest {
  readonly bundle: Uint8Array;
  /** Of the database; null leaves the one that Superset knows. */
  readonly databasePassword: string | null;
  readonly server: string;
  readonly username: string;
}

/** Imports a bundle over what stands there: what has the same identity is changed, nothing is doubled. */
export async function importBundle(session: SupersetSession, request: ImportRequest): Promise<void> {
  const { bundle, databasePassword, server, username } = request;
  const body = new FormData();
  body.set("bundle", new Blob([new Uint8Array(bundle)], { type: "application/zip" }), "tonearm.zip");
  if (databasePassword !== null) body.set("passwords", JSON.stringify({ [databasePath]: databasePassword }));
  const what = "import the dashboards";
  const answer = await session.send({ method: "POST", path: "/api/v1/assets/import/", what, body });
  if (answer.status === 200) return;
  throw isMissingPassword(answer.status, answer.body)
    ? missingPassword(server, { databasePassword, said: wordsOf(answer.body) })
    : explainAnswer(answer, { server, username, what });
}

/** Superset says only "for an unknown reason" when it has no password for a new database, and 422 when it asks for one. */
function isMissingPassword(status: number, body: unknown): boolean {
  const said = JSON.stringify(z.unknown().parse(body));
  return (status === 500 && /unknown reason/.test(said)) || /provide a password/i.test(said);
}

function missingPassword(
  server: string,
  { databasePassword, said }: { readonly databasePassword: string | null; readonly said: string },
): ProjectError {
  const message = `refuses the dashboards: ${said}`;
  const log = "Superset's own log has the cause.";
  const setting =
    "It needs the database's password when it sees the database for the first time: set SUPERSET_DATABASE_URI to postgresql://superset_ro:password@host:port/database.";
  const hint = databasePassword === null ? `${setting} Otherwise ${log}` : log;
  return supersetError(server, { message, hint });
}
