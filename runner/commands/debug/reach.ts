const patienceMs = 8000;

/** What a server answered to a HEAD, whatever its status; an Error says why there was no answer, without the address' path. */
export async function reach(url: URL): Promise<{ readonly status: number; readonly date: Date | null }> {
  try {
    const response = await fetch(url, {
      method: "HEAD",
      redirect: "manual",
      signal: AbortSignal.timeout(patienceMs),
    });
    const date = Date.parse(response.headers.get("date") ?? "");
    return { status: response.status, date: Number.isNaN(date) ? null : new Date(date) };
  } catch (error) {
    throw new Error(`${url.host} cannot be reached: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${patienceMs / 1000} s`;
  const { cause } = error;
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : error.message;
}
