/**
 * How far the loading of a demonstration came: a member of its tenant's settings, written in the same commits as what it
 * tells, so that a load which was killed goes on where it was. The passwords stand there in the clear, because they are
 * printed at every start: that is what makes this tenant a demonstration and nothing else.
 */
import { z } from 'zod';

import { changeTenantSettings, readTenantSettings } from '#server/directory/settings.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

const account = z.object({
  userName: z.string(),
  email: z.string(),
  password: z.string(),
  displayName: z.string(),
});

const newcomer = account.extend({ newcomer: z.enum(['numen', 'provisional']) });

const state = z.object({
  people: z.number(),
  messagesPerPerson: z.number(),
  seed: z.number(),
  /** When it was begun: no message is later. */
  now: z.number(),
  /** Of the printed accounts; of everybody when `isForEverybody`. */
  password: z.string(),
  isForEverybody: z.boolean(),
  /** Whether units, people, functional mailboxes and mandates are all there. */
  isPeopled: z.boolean(),
  /** How many of the planned messages are filed, and as how many emails. */
  messages: z.number(),
  emails: z.number(),
  isComplete: z.boolean(),
  /** People who have not come in yet. */
  newcomers: z.array(newcomer).readonly().optional(),
});

export type DemoAccount = Readonly<z.infer<typeof account>>;
export type DemoState = Readonly<z.infer<typeof state>>;

const settings = z.object({
  isDemonstration: z.literal(true),
  demoAccounts: z.array(account).readonly(),
  demo: state,
});

export interface DemoSettings {
  readonly accounts: readonly DemoAccount[];
  readonly state: DemoState;
}

/** Undefined for a tenant that is no demonstration. */
export async function readDemoSettings(tx: Tx, tenantId: TenantId): Promise<DemoSettings | undefined> {
  const { data } = settings.safeParse(await readTenantSettings(tx, tenantId));
  return data && { accounts: data.demoAccounts, state: data.demo };
}

export async function writeDemoSettings(tx: Tx, tenantId: TenantId, given: DemoSettings): Promise<void> {
  await changeTenantSettings(tx, tenantId, {
    isDemonstration: true,
    demoAccounts: given.accounts,
    demo: given.state,
  });
}
