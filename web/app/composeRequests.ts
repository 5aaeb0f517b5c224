/**
 * How any screen asks for a composer. The composer is a late chunk: what is asked before it is there waits here, and
 * `isComposerWanted` tells the root when to fetch it.
 */
export type ComposeRequest =
  | { readonly kind: 'new'; readonly to?: string }
  | {
      /** `replyList` writes to the list alone; `forwardAttached` sends the message as a file. */
      readonly kind: 'reply' | 'replyAll' | 'replyList' | 'forward' | 'forwardAttached';
      readonly emailId: string;
    }
  /** A mailto: address (RFC 6068). */
  | { readonly kind: 'mailto'; readonly url: string }
  /** Offers what an earlier page left unfinished. */
  | { readonly kind: 'resume' }
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

/** Called once at the start: fetches the composer only where an earlier page may have left something. */
export function resumeCompose(): void {
  try {
    if (localStorage.getItem('pli.compose.kept') !== null) requestCompose({ kind: 'resume' });
  } catch {
    // Without storage nothing was kept.
  }
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
