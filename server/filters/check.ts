/** Whether a script can be kept: its size, its grammar, and every extension it asks for. Used wherever one comes in. */
import { isUtf8 } from 'node:buffer';

import { compileSieve } from '#formats/sieve/compile.ts';
import { SieveError } from '#formats/sieve/error.ts';
import { sieveErrorText } from '#formats/sieve/error-text.ts';
import type { Script } from '#formats/sieve/types.ts';
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { read, type Store } from '#server/store/store.ts';

import { filterPolicy } from './policy.ts';
import { type Language, selectLanguage } from './queries/owner.ts';

/** A script that is none: line, column and a sentence in its writer's language. */
export class InvalidScript extends Refusal {
  readonly error: SieveError;
  constructor(error: SieveError, language: Language) {
    super('invalidScript', { description: sieveErrorText(error, language) });
    this.error = error;
  }
}

/**
 * Compiles a script, as `putScript` would before keeping it (RFC 5804 §2.12, RFC 9661 §2.5). Nothing is kept.
 * @throws {InvalidScript}; {Refusal} `tooLarge`.
 */
export async function checkScript(store: Store, actor: Actor, octets: Uint8Array): Promise<Script> {
  const { scriptOctets } = filterPolicy(store);
  if (octets.length > scriptOctets) throw new Refusal('tooLarge', { limit: scriptOctets });
  try {
    return compileOctets(octets);
  } catch (error) {
    if (!(error instanceof SieveError)) throw error;
    throw new InvalidScript(error, await languageOf(store, actor));
  }
}

/** The same without an account's limits, in English. @throws {InvalidScript} */
export function compileOrRefuse(octets: Uint8Array): Script {
  try {
    return compileOctets(octets);
  } catch (error) {
    if (error instanceof SieveError) throw new InvalidScript(error, 'en');
    throw error;
  }
}

/** A script is UTF-8 (RFC 5228 §2.1). @throws {SieveError} */
export function compileOctets(octets: Uint8Array): Script {
  if (!isUtf8(octets)) throw new SieveError({ code: 'badCharacter', text: '\uFFFD' }, 0, 0);
  return compileSieve(new TextDecoder().decode(octets));
}

/** The operator's command line speaks English. */
async function languageOf(store: Store, actor: Actor): Promise<Language> {
  return actor.kind === 'person' ? read(store, (tx) => selectLanguage(tx, actor)) : 'en';
}
