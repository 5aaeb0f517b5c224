/**
 * How any screen asks for a composer. The composer is a late chunk: what is asked before it is there waits here, and
 * `isComposerWanted` tells the root when to fetch it.
 */
export type ComposeRequest =
  | { readonly kind: 'new'; readonly to?: string }
  | { readonly kind: 'reply' | 'replyAll' | 'forward'; readonly emailId: string }
  /** Goes on with a draft. */
  | { readonly kind: 'draft'; readonly emailId: string };

const waiting: ComposeRequest[] = [];
let take: ((request: ComposeRequest) => void) | undefined;
let isWanted = false;
const listeners = new Set<() => void>();

export function requestCompose(request: ComposeRequest): void {
  if (take) take(request);
  else waiting.push(request);
  if (isWanted) return;
  isWanted = true;
  for (const listener of listeners) listener();
}

/** The composer's host takes requests, those that waited first, until it lets go. */
export function takeComposeRequests(taker: (request: ComposeRequest) => void): () => void {
  take = taker;
  for (const request of waiting.splice(0)) taker(request);
  return () => {
    if (take === taker) take = undefined;
  };
}

/** Whether anybody has asked for a composer since the page was opened. */
export function isComposerWanted(): boolean {
  return isWanted;
}

export function subscribeComposerWanted(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
