/** Which steps second factors put into a login: showing one, and making one where the institution demands it. */
import type { Holder } from '#server/access/queries/people.ts';
import type { Tx } from '#server/store/statement.ts';

import { isTrusted } from './device.ts';
import { selectHasFactor } from './queries/factors.ts';
import { isFactorDemanded } from './settings.ts';

/** How somebody came to where they are in a login. */
export interface Arrival {
  /**
   * How they proved who they are: `password`; `passkey`, two factors at once; `provider`, another identity provider;
   * `trustedProvider`, one whose second factor is believed; `directory`, a password that is verified elsewhere.
   */
  readonly proof: string;
  readonly deviceHash: string;
  readonly remoteAddress: string;
  /** Now, milliseconds since 1970. */
  readonly at: number;
}

export async function needsSecondFactor(tx: Tx, holder: Holder, arrival: Arrival): Promise<boolean> {
  const isOneFactor = ['password', 'provider', 'directory'].includes(arrival.proof);
  if (!isOneFactor || !(await selectHasFactor(tx, holder))) return false;
  return !(await isTrusted(tx, holder, arrival.deviceHash, arrival.at));
}

export async function needsEnrolment(tx: Tx, holder: Holder, { proof, remoteAddress, at }: Arrival): Promise<boolean> {
  if (proof === 'trustedProvider') return false;
  return !(await selectHasFactor(tx, holder)) && (await isFactorDemanded(tx, holder, remoteAddress, at));
}

/** Whether the password alone is too little in a program, which can ask for nothing else. */
export async function isPasswordTooLittle(
  tx: Tx,
  holder: Holder,
  { remoteAddress, at }: Pick<Arrival, 'remoteAddress' | 'at'>,
): Promise<boolean> {
  return (await selectHasFactor(tx, holder)) || (await isFactorDemanded(tx, holder, remoteAddress, at));
}
