/** What another server's reply means for a message of ours (RFC 5321 §4.2.1, RFC 3463): taken, later, or no for good. */
import type { Reply } from '#formats/smtp/reply.ts';

/** Which of our words was answered. */
export type Stage = 'greeting' | 'hello' | 'startTls' | 'auth' | 'mail' | 'rcpt' | 'data' | 'message';

export type Verdict =
  | { readonly kind: 'taken' }
  /** `host`: another host may be tried at once; `recipient` and `message`: wait. */
  | { readonly kind: 'later'; readonly scope: 'host' | 'message' | 'recipient'; readonly status: string }
  | { readonly kind: 'failed'; readonly scope: 'message' | 'recipient'; readonly status: string };

/** Judges a reply. `taken` only says that this step went well. */
export function judgeReply(stage: Stage, reply: Reply): Verdict {
  const isWanted = reply.code >= 200 && reply.code < (stage === 'data' ? 400 : 300);
  if (isWanted) return { kind: 'taken' };
  if (mustWait(stage, reply)) return { kind: 'later', scope: scopeOf(stage, reply), status: statusOf(reply, 4) };
  return { kind: 'failed', scope: stage === 'rcpt' ? 'recipient' : 'message', status: statusOf(reply, 5) };
}

function mustWait(stage: Stage, { code, enhanced }: Reply): boolean {
  if (code < 500) return true;
  // Before MAIL nothing was said about this message: the fault is the host's, or ours, and may be mended in five days.
  if (stage === 'greeting' || stage === 'hello' || stage === 'startTls' || stage === 'auth') return true;
  // "authentication required" and its like: our smarthost's settings, not the message (RFC 4954 §6)
  if (code >= 530 && code <= 538 && enhanced?.startsWith('5.7.') !== false && stage === 'mail') return true;
  // Old servers say 552 for too many recipients (RFC 5321 §4.5.3.1.10); with an enhanced code they mean what it says.
  return code === 552 && stage === 'rcpt' && enhanced === undefined;
}

function scopeOf(stage: Stage, { code }: Reply): 'host' | 'message' | 'recipient' {
  if (code === 421 || stage === 'greeting' || stage === 'hello' || stage === 'startTls' || stage === 'auth')
    return 'host';
  return stage === 'rcpt' ? 'recipient' : 'message';
}

/** The enhanced code where there is one of the right class, or the class with `0.0` (RFC 3463 §2). */
function statusOf({ enhanced }: Reply, kind: 4 | 5): string {
  return enhanced?.startsWith(`${kind}.`) === true ? enhanced : `${kind}.0.0`;
}

/** For Diagnostic-Code (RFC 3464 §2.3.6): one line, printable, bounded. */
export function printDiagnostic({ code, enhanced, lines }: Reply): string {
  const words = lines.join(' ').replace(/[^ -~]+/g, '?');
  return `smtp; ${code} ${enhanced === undefined ? '' : `${enhanced} `}${words}`.slice(0, 500).trimEnd();
}
