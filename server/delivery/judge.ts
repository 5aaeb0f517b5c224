/**
 * What becomes of a message that came from outside, before anybody's own rules: accept, junk or refuse. Later stops
 * (spam, virus, administrators' rules) add their verdicts here; the first that refuses decides.
 */
import type { Verdict } from './arrival.ts';
import type { Authentication } from './authenticate.ts';

/** A message that passed this many servers goes round in a circle (RFC 5321 §6.3 asks for at least 100). */
export const mostHops = 100;

/**
 * A sender's domain may ask that mail failing DMARC be quarantined or rejected (RFC 7489 §6.3); mail that failed only
 * because a list or a relay changed it, and says so by a valid ARC chain (RFC 8617 §5.2), is spared the rejection.
 */
export function judge(authentication: Authentication | null): Verdict {
  const accept: Verdict = { stop: 'judge', verdict: 'accept', because: 'nothing against it' };
  if (!authentication || authentication.dmarc !== 'fail') return accept;
  const { dmarcPolicy, arc } = authentication;
  if (dmarcPolicy === 'reject' && arc !== 'pass') return { stop: 'judge', verdict: 'refuse', because: 'DMARC: reject' };
  if (dmarcPolicy === 'reject' || dmarcPolicy === 'quarantine') {
    return { stop: 'judge', verdict: 'junk', because: `DMARC: ${dmarcPolicy}` };
  }
  return accept;
}
