/** Verifying a password by binding to the directory as its holder (RFC 4513 §5.1): right, wrong, or no answer. */
import { type Filter, ResultCodeError } from 'ldapts';

import { ProviderFault } from '#server/federation/reach.ts';
import type { LdapSettings } from '#server/federation/settings.ts';

import { bindLimits, type Directory, faultOf, withDirectory } from './connect.ts';
import { filterFor, type PersonValues } from './filter.ts';

export interface Tried {
  readonly settings: LdapSettings;
  /** Of `bindDn`; undefined where nobody is needed. */
  readonly bindPassword: string | undefined;
  readonly who: PersonValues;
  readonly password: string;
}

/**
 * Result codes (RFC 4511 appendix A) by which the directory keeps this very person out: theirs does not open it. 49 invalid
 * credentials, 19 and 53 what password policies answer for a locked account, 48 no password at all, 50 and 32 not theirs.
 */
const keptOut: ReadonlySet<number> = new Set([19, 32, 48, 49, 50, 53]);

/**
 * @returns whether it is theirs; somebody the directory does not have has no password there.
 * @throws {ProviderFault} where the directory gives no answer, or does not let us search.
 */
export async function isTheirs({ settings, bindPassword, who, password }: Tried): Promise<boolean> {
  // A simple bind without a password is an anonymous one and succeeds (RFC 4513 §5.1.2): it never leaves.
  if (password === '') return false;
  const filter = filterFor(settings.filter, who);
  if (!filter) return false;
  return withDirectory(settings, bindLimits, async (directory) => {
    const dn = await findDn(directory, settings, bindPassword, filter);
    if (dn === undefined) return false;
    try {
      await directory.client.bind(dn, password);
      return true;
    } catch (error) {
      if (error instanceof ResultCodeError && keptOut.has(error.code)) return false;
      throw faultOf(settings, error);
    }
  });
}

async function findDn(
  directory: Directory,
  settings: LdapSettings,
  bindPassword: string | undefined,
  filter: Filter,
): Promise<string | undefined> {
  const { client } = directory;
  try {
    await bindAsService(directory, settings, bindPassword);
    const { searchEntries } = await client.search(settings.base, {
      scope: 'sub',
      filter,
      attributes: ['1.1'],
      sizeLimit: 2,
      timeLimit: 5,
    });
    const [found, second] = searchEntries;
    // Two of that name: nobody knows whose password this would be.
    if (second) throw new ProviderFault(`${settings.url}: the filter finds several entries for one person`);
    // The root itself is nobody: a bind with no name is anonymous.
    return found === undefined || found.dn === '' ? undefined : found.dn;
  } catch (error) {
    throw faultOf(settings, error);
  }
}

/** @throws what ldapts does: whoever calls knows how to say it. */
export async function bindAsService(
  { client }: Directory,
  { bindDn }: LdapSettings,
  bindPassword: string | undefined,
): Promise<void> {
  if (bindDn === '') return;
  if (bindPassword === undefined || bindPassword === '') throw new ProviderFault('no password to bind with');
  await client.bind(bindDn, bindPassword);
}
