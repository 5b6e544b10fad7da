// A worker does not inherit tsx from the thread that starts it.
import { register } from "tsx/esm/api";

register();
await import("./training-worker.ts");
