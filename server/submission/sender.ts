/**
 * Who may send what as whom. The account's own people and those with `sendAs` write as the account; who has only
 * `sendOnBehalf` is named in the Sender field (RFC 5322 §3.6.2). Envelope sender and From are addresses of the account.
 */
import { flattenGroups } from '#formats/address/read.ts';
import type { EmailAddress } from '#formats/address/types.ts';
import type { Envelope } from '#formats/message/types.ts';
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import type { MandateId } from '#server/access/rights.ts';
import { addressesOf } from '#server/directory/account-addresses.ts';
import { findAccountByAddress, parseAddress } from '#server/directory/address.ts';
import type { AccountId, TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import { selectSender, selectWriter } from './sender-queries.ts';

export interface Sender {
  readonly tenantId: TenantId;
  readonly account: EmailAddress;
  /** Folded addresses of the account. */
  readonly addresses: ReadonlySet<string>;
  /** The writer, where they are to be named beside the account. */
  readonly onBehalf: EmailAddress | undefined;
  readonly mandateId: MandateId | undefined;
}

/** @throws {Refusal} `noSuchAccount`, `mayNot`, `readOnlyAccount`, `accountLocked`. */
export async function requireSender(tx: Tx, actor: Actor, accountId: AccountId, at: number): Promise<Sender> {
  const granted = await requireRight(tx, actor, accountId, 'sendOnBehalf', at);
  const account = await selectSender(tx, accountId);
  if (!account) throw new Refusal('noSuchAccount');
  const { tenantId, email, name } = account;
  const writer =
    actor.kind === 'person' && !granted.rights.includes('sendAs') ? await selectWriter(tx, actor) : undefined;
  return {
    tenantId,
    account: { name, email },
    addresses: new Set(await addressesOf(tx, tenantId, accountId)),
    onBehalf: writer && { name: writer.name, email: writer.email },
    mandateId: granted.mandateId,
  };
}

/**
 * The account that an envelope sender belongs to, and that the actor may send for; their own for the null sender.
 * @throws {Refusal} `forbiddenMailFrom`, whatever the reason: that an address exists is nobody's business.
 */
export async function findSendingAccount(tx: Tx, actor: Actor, mailFrom: string, at: number): Promise<AccountId> {
  const accountId = await accountBehind(tx, actor, mailFrom);
  if (accountId === undefined) throw new Refusal('forbiddenMailFrom');
  try {
    await requireRight(tx, actor, accountId, 'sendOnBehalf', at);
    return accountId;
  } catch (error) {
    if (error instanceof Refusal && (error.reason === 'noSuchAccount' || error.reason === 'mayNot'))
      throw new Refusal('forbiddenMailFrom');
    throw error;
  }
}

async function accountBehind(tx: Tx, actor: Actor, mailFrom: string): Promise<AccountId | undefined> {
  if (mailFrom === '') return actor.kind === 'person' ? (await selectWriter(tx, actor))?.accountId : undefined;
  const route = await findAccountByAddress(tx, mailFrom);
  return route.kind === 'account' ? route.accountId : undefined;
}

/** @throws {Refusal} `forbiddenMailFrom`, `forbiddenFrom`, `invalidEmail` without any From. */
export function checkFrom(message: Pick<Envelope, 'from'>, mailFrom: string, { addresses }: Sender): void {
  const from = flattenGroups(message.from ?? []);
  if (from.length === 0) throw new Refusal('invalidEmail', { properties: ['from'], description: 'it has no From' });
  if (!from.every(({ email }) => isOf(addresses, email))) throw new Refusal('forbiddenFrom');
  if (mailFrom !== '' && !isOf(addresses, mailFrom)) throw new Refusal('forbiddenMailFrom');
}

/** `name+detail@` is whose `name@` is. */
function isOf(addresses: ReadonlySet<string>, email: string): boolean {
  const parsed = parseAddress(email);
  if (!parsed) return false;
  const plus = parsed.local.indexOf('+', 1);
  return (
    addresses.has(parsed.address) || (plus > 0 && addresses.has(`${parsed.local.slice(0, plus)}@${parsed.domain}`))
  );
}
