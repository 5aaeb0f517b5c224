/** What scripts ask of their surroundings while they are evaluated: mailboxes, memory, included scripts, address books. */
import { createHash } from 'node:crypto';

import { createAnswers } from '#formats/sieve/answers.ts';
import { SieveError } from '#formats/sieve/error.ts';
import { evaluate } from '#formats/sieve/evaluate.ts';
import { roundsWork, runLimits } from '#formats/sieve/limits.ts';
import { readNumberedId } from '#formats/jmap/id.ts';
import type { Answers, Finished, Question, Script, SieveInput, World } from '#formats/sieve/types.ts';
import { findAccountByAddress } from '#server/directory/address.ts';
import { sharedAnnotation } from '#server/mail/annotations/look-up.ts';
import { mailboxPlaces, type Places } from '#server/mail/mailboxes/locate.ts';
import { openBlob } from '#server/store/blobs/store.ts';
import type { AccountId, MailboxId, TenantId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import { correspondentsOf } from '#server/submission/correspondents.ts';

import { compileOctets } from './check.ts';
import { selectRemembered } from './queries/memory.ts';
import { selectGlobalScripts, selectScripts } from './queries/scripts.ts';

/** The default address book (RFC 6134 §2.7): whom the account wrote to. */
const defaultAddressBook = 'urn:ietf:params:sieve:addrbook:default';
/** Everybody who has an address in the owner's institution. */
const directoryList = 'urn:pli:params:sieve:directory';

export const externalLists: readonly string[] = [defaultAddressBook, directoryList];

/** What was seen of the memory of duplicates: to be held against it again when the message is filed. */
export interface AskedDuplicate {
  readonly key: string;
  readonly wasSeen: boolean;
}

export interface Ran {
  readonly finished: Finished;
  readonly asked: readonly AskedDuplicate[];
}

/** One evaluation to its end: what it does not know is looked up, and it begins again (formats/sieve/types.ts). */
export async function runScript(
  store: Store,
  who: { readonly accountId: AccountId; readonly tenantId: TenantId },
  script: Script,
  input: Omit<SieveInput, 'world'>,
): Promise<Ran> {
  const answers = createAnswers();
  const asked: AskedDuplicate[] = [];
  let correspondents: Promise<ReadonlySet<string>> | undefined;
  const looked: Surroundings = {
    store,
    ...who,
    at: input.nowMs,
    asked,
    places: undefined,
    correspondents: () => (correspondents ??= read(store, (tx) => correspondentsOf(tx, who.accountId))),
  };
  const world = withPlaces(answers.world, looked);
  for (let left = roundsWork; ;) {
    const limits = { ...input.limits, matchWork: Math.min(left, runLimits.matchWork) };
    const outcome = evaluate(script, { ...input, limits, world });
    if (outcome.kind === 'finished') return { finished: outcome, asked };
    left -= outcome.matchWork;
    for (const question of outcome.questions) await answer(question, looked, answers.add);
  }
}

/** Mailboxes are read once; after that nothing about them needs another round. */
function withPlaces(world: World, looked: Surroundings): World {
  return {
    ...world,
    mailboxExists: ({ by, value }) => looked.places && hasMailbox(looked.places, by, value),
    specialUseExists: ({ mailbox, uses }) => looked.places && hasUses(looked.places, mailbox, uses),
  };
}

interface Surroundings {
  readonly store: Store;
  readonly accountId: AccountId;
  readonly tenantId: TenantId;
  readonly at: number;
  readonly asked: AskedDuplicate[];
  /** undefined until somebody asks for one. */
  places: Places | undefined;
  readonly correspondents: () => Promise<ReadonlySet<string>>;
}

type Add = ReturnType<typeof createAnswers>['add'];

async function answer(question: Question, looked: Surroundings, add: Add): Promise<void> {
  switch (question.kind) {
    case 'mailboxExists':
    case 'specialUseExists':
      await placesOf(looked);
      return undefined;
    case 'mailboxMetadata': {
      const mailboxId = (await placesOf(looked)).byPath(question.mailbox);
      return add(question, mailboxId === undefined ? null : await annotationOf(looked, mailboxId, question.annotation));
    }
    case 'serverMetadata':
      return add(question, await annotationOf(looked, 0, question.annotation));
    case 'duplicateSeen': {
      const key = duplicateKey(question.id);
      const { store, accountId, at } = looked;
      const wasSeen = (await read(store, (tx) => selectRemembered(tx, accountId, 'duplicate', key, at))) > 0;
      looked.asked.push({ key, wasSeen });
      return add(question, wasSeen);
    }
    case 'include':
      return add(question, await includedScript(looked, question));
    case 'listExists':
      return add(question, externalLists.includes(question.list));
    case 'listContains':
      return add(question, await isInList(looked, question.list, question.value));
    default:
      return question satisfies never;
  }
}

async function placesOf(looked: Surroundings): Promise<Places> {
  looked.places ??= await read(looked.store, (tx) => mailboxPlaces(tx, looked.accountId));
  return looked.places;
}

function hasMailbox(places: Places, by: 'name' | 'id', value: string): boolean {
  return (by === 'id' ? placeById(places, value) : places.byPath(value)) !== undefined;
}

function annotationOf(
  { store, accountId }: Surroundings,
  mailboxId: MailboxId | 0,
  entry: string,
): Promise<string | null> {
  return read(store, (tx) => sharedAnnotation(tx, accountId, mailboxId, entry));
}

/** Ids of any length are remembered in the same room. */
export function duplicateKey(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}

/** The mailboxId of OBJECTID and of JMAP: `m5`. */
export function placeById(places: Places, id: string): ReturnType<Places['byId']> {
  const number = readNumberedId('m', id);
  return number === undefined ? undefined : places.byId(number);
}

/** `\Junk` is role `junk` (RFC 6154 §2). */
export function placeByUse(places: Places, use: string): ReturnType<Places['byRole']> {
  return use.startsWith('\\') ? places.byRole(use.slice(1).toLowerCase()) : undefined;
}

/** One mailbox has one use at most here. */
function hasUses(places: Places, mailbox: string | null, uses: readonly string[]): boolean {
  const ids = uses.map((use) => placeByUse(places, use));
  const named = mailbox === null ? undefined : places.byPath(mailbox);
  if (mailbox !== null && named === undefined) return false;
  return ids.every((id) => id !== undefined && id === (named ?? ids[0]));
}

async function includedScript(
  { store, accountId, tenantId }: Surroundings,
  { name, location }: Extract<Question, { readonly kind: 'include' }>,
): Promise<Answers['include']> {
  const octets =
    location === 'global'
      ? await globalOctets(store, tenantId, name)
      : await personalOctets(store, accountId, tenantId, name);
  if (octets === undefined) return 'missing';
  try {
    return compileOctets(octets);
  } catch (error) {
    if (error instanceof SieveError) return 'broken';
    throw error;
  }
}

async function globalOctets(store: Store, tenantId: TenantId, name: string): Promise<Uint8Array | undefined> {
  const scripts = await read(store, (tx) => selectGlobalScripts(tx, tenantId));
  const script = scripts.find((each) => each.name === name.normalize('NFC'));
  return script && Buffer.from(script.content);
}

async function personalOctets(
  store: Store,
  accountId: AccountId,
  tenantId: TenantId,
  name: string,
): Promise<Uint8Array | undefined> {
  const scripts = await read(store, (tx) => selectScripts(tx, accountId));
  const script = scripts.find((each) => each.name === name.normalize('NFC'));
  const blob = script && (await openBlob(store, tenantId, script.hash));
  return blob?.bytes();
}

async function isInList(
  { store, tenantId, correspondents }: Surroundings,
  list: string,
  value: string,
): Promise<boolean> {
  if (list === defaultAddressBook) return (await correspondents()).has(value.toLowerCase());
  if (list !== directoryList) return false;
  const route = await read(store, (tx) => findAccountByAddress(tx, value));
  return route.kind === 'account' && route.tenantId === tenantId;
}
