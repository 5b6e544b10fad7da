import { type Diagnostic, ProjectError } from "../diagnostics.ts";

/** What an export was about when an error came. */
export interface PostgresPlace {
  /** `user@host:port/database`, never with the password. */
  readonly server: string;
  /** The table at work, when there was one. */
  readonly table?: string | undefined;
}

type Explanation = Pick<Diagnostic, "message" | "hint">;
type Explain = (said: ServerWords, place: PostgresPlace) => Explanation;

interface ServerWords {
  readonly message: string;
  readonly detail: string;
}

const again = "What stands there is whole: run npm run export again, it sends what is missing.";
const isServerUp =
  "Is it running, and are host and port in POSTGRES_URL right? npm run postgres starts one of our own.";
const lost: Explain = () => ({ message: "the connection broke", hint: again });
const down: Explain = () => ({ message: "nobody answers there", hint: isServerUp });
const starting: Explain = ({ message }) => ({
  message,
  hint: "Wait until the server is up, then run the export again.",
});
const refused: Explain = ({ message }) => ({
  message: `refuses the login: ${message}`,
  hint: "Mend user and password in POSTGRES_URL; characters such as @ : / # % in a password are written as %40 %3A %2F %23 %25.",
});

/** By the codes of Postgres and of the network; what is not here is told in the server's own words. */
const explanations: Readonly<Record<string, Explain>> = {
  ECONNREFUSED: down,
  ENOENT: down,
  EHOSTUNREACH: down,
  ENETUNREACH: down,
  ETIMEDOUT: down,
  ENOTFOUND: () => ({ message: "the host's name is not known", hint: "Mend the host in POSTGRES_URL." }),
  EAI_AGAIN: () => ({ message: "the host's name cannot be looked up now", hint: isServerUp }),
  ECONNRESET: lost,
  EPIPE: lost,
  ERR_STREAM_PREMATURE_CLOSE: lost,
  ERR_STREAM_DESTROYED: lost,
  "57P01": lost,
  "57P02": lost,
  "08006": lost,
  "25P03": lost,
  "57P03": starting,
  "28P01": refused,
  "28000": refused,
  "3D000": ({ message }) => ({ message, hint: "Create it with createdb, or mend the database in POSTGRES_URL." }),
  "42501": ({ message }, { table }) => ({
    message: `the user has not the rights it needs${table === undefined ? "" : ` on ${table}`}: ${message}`,
    hint: "The user of POSTGRES_URL must own the schemas it writes, or may create them: grant create on database … to …;",
  }),
  "53100": (_, { table }) => ({
    message: `the server's disk is full${table === undefined ? "" : ` (at ${table})`}`,
    hint: `Free some space on the server. ${again}`,
  }),
  "53300": ({ message }) => ({
    message,
    hint: "The server has too many connections open: run the export again later.",
  }),
  "25006": ({ message }) => ({
    message: `takes no changes: ${message}`,
    hint: "It is a replica or set to read-only: name the primary server in POSTGRES_URL.",
  }),
  "2BP01": ({ detail }, { table }) => ({
    message: `${table ?? "a table"} changes its columns, and these need what goes:\n${detail}`,
    hint: "Change or drop them, or run npm run export -- --cascade, which drops them. Nothing was changed.",
  }),
  // The words hold names only; the values stand in the detail.
  "23503": ({ message }) => ({
    message,
    hint: "An export replaces rows, so that no foreign key can rest on them: drop it, its columns may stay. Nothing was changed.",
  }),
  "55P03": (_, { table }) => ({
    message: `somebody else holds ${table ?? "a table"} for too long`,
    hint: `Its columns change, for which nobody may be reading it for a moment. ${again}`,
  }),
};

/** Any error of an export as a ProjectError (exit code 1) that names the server and the remedy; rows and passwords are left out. */
export function explainPostgresError(error: unknown, place: PostgresPlace): unknown {
  if (!(error instanceof Error) || error instanceof ProjectError) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const explanation = explain(error, code, place);
  if (explanation === undefined) return error;
  return new ProjectError([{ path: `Postgres ${place.server}:`, ...explanation }], 1, { cause: error });
}

function explain(error: Error, code: string, place: PostgresPlace): Explanation | undefined {
  const detail = "detail" in error && typeof error.detail === "string" ? error.detail : "";
  const known = explanations[code];
  if (known !== undefined) return known({ message: error.message, detail }, place);
  // Of a value that does not fit, the server's words would show the value.
  if (/^2[23]/.test(code)) return { message: `${place.table ?? "a table"} has a row that Postgres refuses (${code})` };
  if (/^[0-9A-Z]{5}$/.test(code)) return { message: `${error.message} (${code})`, hint: again };
  if (error.message.startsWith("Connection terminated")) return lost({ message: "", detail }, place);
  if (/timeout expired/.test(error.message)) return down({ message: "", detail }, place);
  if (/password must be|SASL|SCRAM/.test(error.message))
    return refused({ message: "a password is needed", detail }, place);
  if (/SSL|TLS|certificate/i.test(error.message + code)) {
    return {
      message: error.message,
      hint: "Mend sslmode in POSTGRES_URL: disable, require, verify-full or no-verify.",
    };
  }
  return undefined;
}
