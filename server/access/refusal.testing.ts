/** For `assert.rejects`: a refusal with that reason and no other fault. */
import { type Reason, Refusal } from './refusal.ts';

export function refusedFor(reason: Reason): (error: unknown) => boolean {
  return (error) => error instanceof Refusal && error.reason === reason;
}
