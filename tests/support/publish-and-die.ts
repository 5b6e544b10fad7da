import { withLock } from "../../runner/warehouse/locks.ts";
import { makeRelease } from "./make-release.ts";
import { answer } from "./script-host.ts";

const [dataDir = "", content = "", lastStep = ""] = process.argv.slice(2);

/** Publishes a release under the build lock and is killed as soon as the named step is done. */
async function publishAndDie(): Promise<void> {
  const lock = {
    dataDir,
    name: "build" as const,
    command: "tonearm build",
    runId: "dying",
    startedAt: new Date(),
    waitSeconds: 0,
  };
  const onStep = (step: string) => {
    if (step === lastStep) process.kill(process.pid, "SIGKILL");
  };
  await withLock(lock, () => makeRelease(dataDir, Number(content), { keepReleases: 1, onStep }));
  await answer(`no step is called ${lastStep}`);
}

await publishAndDie();
process.disconnect();
