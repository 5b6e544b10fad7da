import type { Alert } from "./book.ts";

/** An alert as a mail has it, and as one block of text. */
export interface Message {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Letterhead {
  /** The project's name. */
  readonly project: string;
  /** What says that the data is made up; null for a real life. */
  readonly notice: string | null;
}

const heads = {
  failed: "failed",
  reminder: "still failing",
  warning: "warning",
  recovered: "recovered",
  test: "test",
} satisfies Record<Alert["kind"], string>;

/** Subject, plain text and HTML of an alert; the HTML loads nothing from anywhere. */
export function renderAlert(alert: Alert, { project, notice }: Letterhead): Message {
  const subject = `[${project}] ${heads[alert.kind]}: ${alert.subject}`;
  const facts = [...alert.facts, ["time", alert.at.replace("T", " ").replace(/\.\d+Z$/, " UTC")]] as const;
  return {
    subject,
    text: renderText({ ...alert, facts }, notice),
    html: renderHtml({ ...alert, facts }, notice),
  };
}

function renderText({ kind, subject, facts, details, advice }: Alert, notice: string | null): string {
  const width = Math.max(...facts.map(([name]) => name.length));
  const blocks = [
    [`${heads[kind]}: ${subject}`],
    facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    details,
    [advice, notice].filter((line) => line !== null),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

const colours = {
  failed: "#b3261e",
  reminder: "#b3261e",
  warning: "#8a5a00",
  recovered: "#1b6e3c",
  test: "#444",
} satisfies Record<Alert["kind"], string>;

function renderHtml({ kind, subject, facts, details, advice }: Alert, notice: string | null): string {
  const rows = facts
    .map(
      ([name, value]) =>
        `<tr><th style="text-align:left;padding:2px 16px 2px 0;font-weight:normal;color:#666">${escapeHtml(name)}</th><td style="padding:2px 0">${escapeHtml(value)}</td></tr>`,
    )
    .join("\n");
  const list = details.map((line) => `<li>${escapeHtml(line)}</li>`).join("\n");
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body style="font-family:system-ui,sans-serif;line-height:1.5">
<h1 style="font-size:18px;color:${colours[kind]}">${escapeHtml(`${heads[kind]}: ${subject}`)}</h1>
<table style="border-collapse:collapse">
${rows}
</table>
${details.length > 0 ? `<ul>\n${list}\n</ul>` : ""}
${[advice, notice].map((line) => (line === null ? "" : `<p>${escapeHtml(line)}</p>`)).join("\n")}
</body>
</html>
`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text inside HTML. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}
