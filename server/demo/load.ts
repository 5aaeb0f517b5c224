/**
 * Loading the demonstration academy into a store: the tenant, its people, their mail. What is loaded already is left as
 * it is; what was interrupted goes on where it was, with what was asked for then.
 */
import { randomInt } from 'node:crypto';

import { operator } from '#server/access/actor.ts';
import { checkPassword } from '#server/access/password.ts';
import { listTenants, addTenant } from '#server/directory/tenant.ts';
import { listUnits } from '#server/directory/unit.ts';
import type { TenantId, UnitId } from '#server/store/ids.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { DEMO_TENANT, planAcademy, SMALLEST_ACADEMY } from './academy.ts';
import { peopleAcademy } from './people.ts';
import { loadMail } from './mail.ts';
import { addPortal } from './portal/provider.ts';
import { addNewcomers, type Newcomer, waitingNewcomers } from './newcomers.ts';
import { type DemoAccount, type DemoSettings, readDemoSettings, writeDemoSettings } from './state.ts';

export type { DemoAccount };

export const DEMO_SLUG = 'valmont-demonstration';

export interface DemoOptions {
  /** SMALLEST_ACADEMY … 1,000,000. */
  readonly people?: number | undefined;
  /** At least so many emails, all mailboxes together; the stories of the cast come on top. */
  readonly messages?: number | undefined;
  /** Of everybody. Without it only the printed accounts have one, made at random. */
  readonly password?: string | undefined;
  readonly seed?: number | undefined;
  /** No message is later; milliseconds since 1970. */
  readonly now?: number | undefined;
  readonly onProgress?: ((progress: DemoProgress) => void) | undefined;
}

export interface DemoProgress {
  readonly stage: 'people' | 'mailboxes' | 'mail';
  readonly done: number;
  /** About. */
  readonly total: number;
}

export interface LoadedDemo {
  /** Some people with their passwords, to be printed. */
  readonly accounts: readonly DemoAccount[];
  readonly people: number;
  readonly messages: number;
  readonly emails: number;
  /** It was there, whole, before. */
  readonly wasThere: boolean;
}

const LARGEST_ACADEMY = 1_000_000;
const usual = { people: 70, messages: 1500, seed: 20_260_901 };

/**
 * @throws {RangeError} for a size no academy has; {Refusal} `weakPassword`, `invalidArguments`, `alreadyExists` when
 * the domain is another tenant's.
 */
export async function loadDemo(store: Store, options: DemoOptions = {}): Promise<LoadedDemo> {
  if (options.people !== undefined && !(options.people >= SMALLEST_ACADEMY && options.people <= LARGEST_ACADEMY))
    throw new RangeError(`a demonstration has ${SMALLEST_ACADEMY} to ${LARGEST_ACADEMY} people`);
  const tenantId = await findOrAddTenant(store);
  const known = await read(store, (tx) => readDemoSettings(tx, tenantId));
  await addPortal(store, tenantId);
  if (known?.state.isComplete === true) return summary(known, true);
  let settings = known ?? (await begin(store, tenantId, options));
  const { people, seed } = settings.state;
  const academy = planAcademy({ people, seed });
  const onProgress = options.onProgress ?? (() => undefined);
  const { accounts, residents } = await peopleAcademy(store, { tenantId, academy, state: settings.state, onProgress });
  if (!settings.state.isPeopled) {
    settings = { accounts, state: { ...settings.state, isPeopled: true } };
    await save(store, tenantId, settings);
  }
  if (!settings.state.newcomers) {
    const newcomers = await addNewcomers(store, tenantId, await schoolOf(store, tenantId));
    settings = { ...settings, state: { ...settings.state, newcomers } };
    await save(store, tenantId, settings);
  }
  settings = await loadMail(store, { tenantId, settings, residents, onProgress });
  return summary(settings, false);
}

/** Where the cast works. */
async function schoolOf(store: Store, tenantId: TenantId): Promise<UnitId | null> {
  const units = await listUnits(store, operator, tenantId);
  return units.find(({ kind }) => kind === 'college')?.id ?? null;
}

/** The accounts a demonstration shows, newcomers last; undefined where there is none. */
export async function demoAccounts(store: Store): Promise<readonly (DemoAccount | Newcomer)[] | undefined> {
  const tenant = (await listTenants(store, operator)).find(({ slug }) => slug === DEMO_SLUG);
  if (!tenant) return undefined;
  const settings = await read(store, (tx) => readDemoSettings(tx, tenant.id));
  if (!settings) return undefined;
  return [...settings.accounts, ...(await waitingNewcomers(store, tenant.id, settings.state.newcomers ?? []))];
}

async function findOrAddTenant(store: Store): Promise<TenantId> {
  const known = (await listTenants(store, operator)).find(({ slug }) => slug === DEMO_SLUG);
  return known?.id ?? addTenant(store, operator, { slug: DEMO_SLUG, name: DEMO_TENANT.name });
}

async function begin(store: Store, tenantId: TenantId, options: DemoOptions): Promise<DemoSettings> {
  const { people = usual.people, messages = usual.messages, seed = usual.seed, now = store.now() } = options;
  if (options.password !== undefined) checkPassword(options.password);
  const settings: DemoSettings = {
    accounts: [],
    state: {
      people,
      messagesPerPerson: Math.ceil(messages / people),
      seed,
      now,
      password: options.password ?? newPassword(),
      isForEverybody: options.password !== undefined,
      isPeopled: false,
      messages: 0,
      emails: 0,
      isComplete: false,
    },
  };
  await save(store, tenantId, settings);
  return settings;
}

function save(store: Store, tenantId: TenantId, settings: DemoSettings): Promise<void> {
  return write(store, (tx) => writeDemoSettings(tx, tenantId, settings));
}

const syllables = ['ba', 'co', 'du', 'fi', 'ga', 'ju', 'lo', 'ma', 'ni', 'pe', 'ra', 'so', 'ta', 'vi', 'zo', 'me'];

/** Said and typed easily; some 10 million of them, behind a brake on guessing. */
function newPassword(): string {
  const word = Array.from({ length: 4 }, () => syllables[randomInt(syllables.length)]).join('');
  return `${word}-${randomInt(100, 1000)}`;
}

function summary({ accounts, state }: DemoSettings, wasThere: boolean): LoadedDemo {
  return { accounts, people: state.people, messages: state.messages, emails: state.emails, wasThere };
}
