/**
 * Step-up: what is worth stealing a session for asks that its holder proved who they are a moment ago. Logging in is
 * such a proof; later the client asks for the password, or for a second factor of whoever has one (prove.ts).
 */
import type { Actor } from '#server/access/actor.ts';
import { selectOwnSession } from '#server/access/queries/sessions.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { Tx } from '#server/store/statement.ts';

/** How long a proof is fresh, in minutes, where the verb does not say otherwise. */
const freshMinutes = 15;

/**
 * Lets the verb go on, or has the person prove again who they are. Nothing for the house itself.
 * @param at milliseconds since 1970.
 * @throws {Refusal} `stepUpNeeded`; `mayNot` for whoever is not in a session of their own.
 */
export async function requireFresh(tx: Tx, actor: Actor, at: number, minutes: number = freshMinutes): Promise<void> {
  if (actor.kind === 'system') return;
  // The author proved it when they asked; it is done now by the hand of the second one.
  if (actor.kind === 'person' && actor.second) return requireFresh(tx, actor.second.actor, at, minutes);
  if (actor.kind !== 'person' || actor.by !== 'session' || actor.credentialId === undefined)
    throw new Refusal('mayNot');
  const session = await selectOwnSession(tx, actor, actor.credentialId);
  if (!session || session.provedAt + minutes * 60_000 < at) throw new Refusal('stepUpNeeded');
}
