import { readFile } from "node:fs/promises";

import { parse } from "yaml";

// 0 as long as the scheduler of this container is alive: asked over HTTP where project.yml gives it a port, by its lock otherwise.
const port = parse(await readFile("project.yml", "utf8")).health?.port ?? null;
if (port === null) {
  const { pid } = JSON.parse(await readFile(`${process.env.DATA_DIR}/locks/scheduler.json`, "utf8"));
  process.kill(pid, 0);
} else {
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`);
  if (!answer.ok) process.exitCode = 1;
}
