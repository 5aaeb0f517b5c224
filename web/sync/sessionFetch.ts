/** The requests of a session, so that one may leave when none is under way: the server would answer it as a stranger's. */

/** Whoever leaves waits no longer than this for an answer; a line may have died. */
const patienceMs = 3_000;

const underWay = new Set<Promise<unknown>>();

/** `fetch`, for everything that only the person who is logged in may ask. */
export async function sessionFetch(url: string, init?: RequestInit): Promise<Response> {
  const answer = fetch(url, init);
  underWay.add(answer);
  try {
    return await answer;
  } finally {
    underWay.delete(answer);
  }
}

/** Resolves when what was asked has been answered, or after some seconds. */
export async function whenAnswered(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, patienceMs, undefined);
  await Promise.race([Promise.allSettled(underWay), promise]);
  clearTimeout(timer);
}
