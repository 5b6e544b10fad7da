import type { Channels } from "./alert-desk.ts";
import type { ChannelSettings } from "./channel-settings.ts";
import type { Message } from "./render-alert.ts";
import { sendMail } from "./send-mail.ts";
import { sendWebhook } from "./send-webhook.ts";

/** What a server may take to answer. */
export const patienceMs = 10_000;

/** The channels that the environment names. */
export function openChannels({ mail, webhook }: ChannelSettings, timeoutMs = patienceMs): Channels {
  return {
    ...(mail !== null && { mail: (message: Message) => sendMail(message, { settings: mail, timeoutMs }) }),
    ...(webhook !== null && { webhook: (message: Message) => sendWebhook(message, { url: webhook, timeoutMs }) }),
  };
}
