import type { SupersetLogin } from "../delivery/superset/superset-client.ts";
import { ProjectError } from "../diagnostics.ts";
import type { Effects } from "./effects.ts";

/** Where Superset is and who logs in: the address by flag or environment, the account by the environment only. */
export function supersetLogin(
  options: { readonly url?: string | undefined; readonly timeout: number },
  { environment }: Pick<Effects, "environment">,
): SupersetLogin {
  const setting = (name: string): string => environment[name]?.trim() ?? "";
  const [url, username, password] = [
    options.url ?? setting("SUPERSET_URL"),
    setting("SUPERSET_USERNAME"),
    environment["SUPERSET_PASSWORD"] ?? "",
  ];
  const missing = [
    ...(url === ""
      ? [
          {
            path: "SUPERSET_URL",
            message: "is not set",
            hint: "npm run superset -- import --url http://localhost:8088",
          },
        ]
      : []),
    ...(username === ""
      ? [{ path: "SUPERSET_USERNAME", message: "is not set", hint: "Set it to an account with the role Admin." }]
      : []),
    ...(password === ""
      ? [
          {
            path: "SUPERSET_PASSWORD",
            message: "is not set",
            hint: "Set it, for example in .env; it is never a flag, which others could see.",
          },
        ]
      : []),
  ];
  if (missing.length > 0) throw new ProjectError(missing);
  return { url: readAddress(url), username, password, timeoutSeconds: options.timeout };
}

function readAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "") {
    return text.replace(/\/+$/, "");
  }
  const hint = "Write http://host:port; user and password stand in SUPERSET_USERNAME and SUPERSET_PASSWORD.";
  throw new ProjectError([{ path: "--url", message: "is no address of Superset", hint }]);
}
