/**
 * Step-up: what is sensitive asks that its holder proved a moment ago who they are. Whoever meets that refusal calls
 * `withProof`: the dialog comes over whatever is on the screen, and what was being done goes on after it.
 */
interface Wanted {
  readonly resolve: (isProven: boolean) => void;
}

let wanted: Wanted | undefined;
const listeners = new Set<() => void>();

export function subscribeProofWanted(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function isProofWanted(): boolean {
  return wanted !== undefined;
}

/** The dialog's answer. */
export function answerProof(isProven: boolean): void {
  const asked = wanted;
  wanted = undefined;
  for (const listener of listeners) listener();
  asked?.resolve(isProven);
}

/** Runs `work`; where it was refused for want of a proof, asks for one and runs it once more. A "no" leaves the refusal. */
export async function withProof<T>(work: () => Promise<T>, isRefused: (result: T) => boolean): Promise<T> {
  const result = await work();
  if (!isRefused(result) || !(await askProof())) return result;
  return work();
}

function askProof(): Promise<boolean> {
  // One dialog at a time: whoever comes second is told no, and may try again.
  if (wanted) return Promise.resolve(false);
  return new Promise((resolve) => {
    wanted = { resolve };
    for (const listener of listeners) listener();
  });
}
