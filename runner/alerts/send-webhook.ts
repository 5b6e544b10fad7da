import { post } from "./post.ts";
import type { Message } from "./render-alert.ts";

/** Posts `{"text": …}`, which Slack, Mattermost, Rocket.Chat and Discord (its address with /slack behind it) take. */
export async function sendWebhook(
  { text, subject }: Message,
  { url, timeoutMs }: { readonly url: URL; readonly timeoutMs: number },
): Promise<void> {
  const body = `${subject}\n${text.split("\n").slice(1).join("\n")}`.trimEnd();
  await post(url, { type: "application/json", text: JSON.stringify({ text: escapeMarkup(body) }), timeoutMs });
}

/** The three characters that begin markup there. */
function escapeMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
