import { ProjectError } from "../../diagnostics.ts";

/** How Superset reaches the exported tables: SQLAlchemy's address as a bundle may hold it, and the password apart. */
export interface DatabaseAddress {
  /** With X's for the password, as Superset itself writes it. */
  readonly uri: string;
  /** Null where the address has none: Superset keeps the one it knows. */
  readonly password: string | null;
}

const shape = /^(?<scheme>[a-z][a-z0-9+]*):\/\/(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@(?<rest>.+)$/;

/** Takes an address apart; Postgres' own form (`postgres://`) is taken as well. `setting` is what gave it. */
export function parseDatabaseAddress(address: string, setting: string): DatabaseAddress {
  const { scheme = "", user = "", password, rest = "" } = shape.exec(address)?.groups ?? {};
  if (scheme === "") throw unreadable(setting);
  const driver = scheme === "postgres" || scheme === "postgresql" ? "postgresql+psycopg2" : scheme;
  if (password === undefined) return { uri: `${driver}://${user}@${rest}`, password: null };
  try {
    return { uri: `${driver}://${user}:XXXXXXXXXX@${rest}`, password: decodeURIComponent(password) };
  } catch {
    throw unreadable(setting);
  }
}

/** The same server and database for another role, whose password is not known here. */
export function addressForRole(url: string, role: string): DatabaseAddress {
  const { uri } = parseDatabaseAddress(url, "POSTGRES_URL");
  return { uri: uri.replace(/\/\/[^@]*@/, `//${role}:XXXXXXXXXX@`), password: null };
}

/** The address may hold a password: it is not shown. */
function unreadable(setting: string): ProjectError {
  const hint =
    "Write postgresql://superset_ro:password@host:port/database, or another address of SQLAlchemy; characters such as @ : / # % in a password are written as %40 %3A %2F %23 %25.";
  return new ProjectError([{ path: setting, message: "cannot be read as an address of a database", hint }]);
}
