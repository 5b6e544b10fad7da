import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { type Prng, prng as createPrng } from "../runner/prng.ts";

const bytesOfFile = 12_700_000;
const titles = 20_000;

/** Writes made-up extended history of about so many bytes into a folder, in files of the size that Spotify's have; gives the bytes. */
export async function generateExport(folder: string, bytes: number): Promise<number> {
  await mkdir(folder, { recursive: true });
  const rows = plays(createPrng(`export of ${bytes} bytes`));
  let written = 0;
  for (let file = 0; written < bytes; file++) {
    const path = join(folder, `Streaming_History_Audio_${2008 + file}_${file}.json`);
    written += await writeFile(path, rows, Math.min(bytesOfFile, bytes - written));
  }
  return written;
}

async function writeFile(path: string, rows: Iterator<object, never>, bytes: number): Promise<number> {
  const stream = createWriteStream(path);
  let size = 0;
  while (size < bytes) {
    const texts = Array.from({ length: 1000 }, () => JSON.stringify(rows.next().value));
    const text = `${size === 0 ? "[" : ","}${texts.join(",")}`;
    size += Buffer.byteLength(text);
    if (!stream.write(text)) await once(stream, "drain");
  }
  stream.end("]");
  await once(stream, "finish");
  return size;
}

function* plays(chance: Prng): Generator<object, never> {
  for (let moment = Date.UTC(2008, 9, 1); ; moment += 1000 * (20 + Math.floor(chance.uniform() * 400)))
    yield play(new Date(moment), chance);
}

/** A row with the fields and lengths of a real one of 2024. */
function play(endedAt: Date, chance: Prng): object {
  const title = Math.floor(chance.uniform() * titles);
  return {
    ts: endedAt.toISOString().replace(/\.\d+Z/, "Z"),
    username: "0123456789abcdefghijklmno",
    platform: "Android OS 10 API 29 (samsung, SM-G960F)",
    ms_played: Math.floor(chance.uniform() * 250_000),
    conn_country: "DE",
    ip_addr_decrypted: "203.0.113.9",
    user_agent_decrypted: "unknown",
    master_metadata_track_name: `Made-up Song Number ${title} - Remastered ${1960 + (title % 60)}`,
    master_metadata_album_artist_name: `The Made-up Artist ${title % 2000}`,
    master_metadata_album_album_name: `An Album That Does Not Exist ${title % 5000} (Deluxe Edition)`,
    spotify_track_uri: `spotify:track:${String(title).padStart(22, "0")}`,
    episode_name: null,
    episode_show_name: null,
    spotify_episode_uri: null,
    reason_start: "trackdone",
    reason_end: chance.chance(0.4) ? "fwdbtn" : "trackdone",
    shuffle: chance.chance(0.4),
    skipped: null,
    offline: false,
    offline_timestamp: endedAt.getTime() - 200_000,
    incognito_mode: false,
  };
}
