/**
 * Every command with what does it: in which states it may be given, which news may be told before its answer
 * (RFC 9051 §5.5, §7.5.1: no EXPUNGE while sequence numbers are being used), and the function. One table, closed over
 * the union of commands: a new command does not compile until it stands here.
 */
import type { Command, TaggedCommand } from '#formats/imap/command.ts';

import { requireWritable } from '#server/maintenance/require.ts';

import { own, Told } from './say.ts';
import { renewActor, type Session, whoIn } from './session.ts';
import { changeAclCommand, getAclCommand, listRightsCommand, myRightsCommand } from './commands/acl.ts';
import { appendCommand } from './commands/append.ts';
import { authenticateCommand, loginCommand, unauthenticateCommand } from './commands/authenticate.ts';
import { capabilityCommand, enableCommand, idCommand, logoutCommand } from './commands/capability.ts';
import { compressCommand } from './commands/compress.ts';
import { copyCommand, moveCommand } from './commands/copy.ts';
import { createCommand, deleteCommand, renameCommand } from './commands/create.ts';
import { esearchCommand } from './commands/esearch.ts';
import { closeCommand, expungeCommand, uidExpungeCommand } from './commands/expunge.ts';
import { fetchCommand } from './commands/fetch.ts';
import { idleCommand } from './commands/idle.ts';
import { listCommand, lsubCommand, namespaceCommand } from './commands/list.ts';
import { getMetadataCommand, setMetadataCommand } from './commands/metadata.ts';
import { notifyNoneCommand, notifySetCommand } from './commands/notify.ts';
import { getQuotaCommand, getQuotaRootCommand, setQuotaCommand } from './commands/quota.ts';
import { searchCommand } from './commands/search.ts';
import { selectCommand, unselectCommand } from './commands/select.ts';
import { sortCommand } from './commands/sort.ts';
import { starttlsCommand } from './commands/starttls.ts';
import { statusCommand } from './commands/status.ts';
import { storeCommand } from './commands/store.ts';
import { subscribeCommand, unsubscribeCommand } from './commands/subscribe.ts';
import { threadCommand } from './commands/thread.ts';
import { type OwnStore, tellNews } from './news.ts';
import { isKeptIn } from './standing.ts';

type Kind = Command['kind'];
type CommandOf<K extends Kind> = Command extends infer C
  ? C extends { readonly kind: infer Kinds }
    ? K extends Kinds
      ? C
      : never
    : never
  : never;

/** The rest of a tagged OK. `words` follow the command's name otherwise. */
export interface Done {
  readonly code?: string | undefined;
  readonly words?: string;
  /** What is no news any more. */
  readonly told?: OwnStore;
  /** The command has opened the view, which knows all the command changed: the database is not asked for news. */
  readonly hasLooked?: boolean;
}

interface Entry<C> {
  readonly in: 'any' | 'notAuthenticated' | 'authenticated' | 'selected';
  /** What may be told of the selected mailbox before the tagged answer. */
  readonly news: 'all' | 'keepNumbers' | 'none' | ((command: C) => 'all' | 'keepNumbers');
  readonly run: (session: Session, command: C, context: Context) => Promise<Answer> | Answer;
}

/** `said`: the command said its tagged answer itself. */
export type Answer = Done | 'said' | void;

export interface Context {
  readonly tag: string;
  /** Messages that APPEND brought, in order. */
  readonly messages: readonly Buffer[];
}

type Table = { readonly [K in Kind]: Entry<CommandOf<K>> };

const byNumber = ({ byUid }: { readonly byUid: boolean }): 'all' | 'keepNumbers' => (byUid ? 'all' : 'keepNumbers');
const nothing = (): void => undefined;

const table: Table = {
  capability: { in: 'any', news: 'all', run: capabilityCommand },
  noop: { in: 'any', news: 'all', run: nothing },
  logout: { in: 'any', news: 'none', run: logoutCommand },
  id: { in: 'any', news: 'all', run: idCommand },
  starttls: { in: 'notAuthenticated', news: 'none', run: starttlsCommand },
  authenticate: { in: 'notAuthenticated', news: 'none', run: authenticateCommand },
  login: { in: 'notAuthenticated', news: 'none', run: loginCommand },
  unauthenticate: { in: 'authenticated', news: 'none', run: unauthenticateCommand },
  enable: { in: 'authenticated', news: 'all', run: enableCommand },
  compress: { in: 'authenticated', news: 'none', run: compressCommand },
  select: { in: 'authenticated', news: 'none', run: selectCommand },
  create: { in: 'authenticated', news: 'all', run: createCommand },
  delete: { in: 'authenticated', news: 'all', run: deleteCommand },
  rename: { in: 'authenticated', news: 'all', run: renameCommand },
  subscribe: { in: 'authenticated', news: 'all', run: subscribeCommand },
  unsubscribe: { in: 'authenticated', news: 'all', run: unsubscribeCommand },
  list: { in: 'authenticated', news: 'all', run: listCommand },
  lsub: { in: 'authenticated', news: 'all', run: lsubCommand },
  namespace: { in: 'authenticated', news: 'all', run: namespaceCommand },
  status: { in: 'authenticated', news: 'all', run: statusCommand },
  append: { in: 'authenticated', news: 'all', run: appendCommand },
  idle: { in: 'authenticated', news: 'all', run: idleCommand },
  check: { in: 'selected', news: 'all', run: nothing },
  close: { in: 'selected', news: 'none', run: closeCommand },
  unselect: { in: 'selected', news: 'none', run: unselectCommand },
  expunge: { in: 'selected', news: 'all', run: expungeCommand },
  uidExpunge: { in: 'selected', news: 'all', run: uidExpungeCommand },
  fetch: { in: 'selected', news: byNumber, run: fetchCommand },
  store: { in: 'selected', news: byNumber, run: storeCommand },
  copy: { in: 'selected', news: 'all', run: copyCommand },
  move: { in: 'selected', news: 'all', run: moveCommand },
  search: { in: 'selected', news: byNumber, run: searchCommand },
  esearch: { in: 'authenticated', news: 'all', run: esearchCommand },
  sort: { in: 'selected', news: byNumber, run: sortCommand },
  thread: { in: 'selected', news: byNumber, run: threadCommand },
  getQuota: { in: 'authenticated', news: 'all', run: getQuotaCommand },
  getQuotaRoot: { in: 'authenticated', news: 'all', run: getQuotaRootCommand },
  setQuota: { in: 'authenticated', news: 'all', run: setQuotaCommand },
  setAcl: { in: 'authenticated', news: 'all', run: changeAclCommand },
  deleteAcl: { in: 'authenticated', news: 'all', run: changeAclCommand },
  listRights: { in: 'authenticated', news: 'all', run: listRightsCommand },
  getAcl: { in: 'authenticated', news: 'all', run: getAclCommand },
  myRights: { in: 'authenticated', news: 'all', run: myRightsCommand },
  getMetadata: { in: 'authenticated', news: 'all', run: getMetadataCommand },
  setMetadata: { in: 'authenticated', news: 'all', run: setMetadataCommand },
  notifyNone: { in: 'authenticated', news: 'all', run: notifyNoneCommand },
  notifySet: { in: 'authenticated', news: 'all', run: notifySetCommand },
};

/** What changes something. FETCH and CLOSE do by the way, and then leave it. */
const writing: ReadonlySet<Kind> = new Set<Kind>([
  'create',
  'delete',
  'rename',
  'subscribe',
  'unsubscribe',
  'append',
  'expunge',
  'uidExpunge',
  'store',
  'copy',
  'move',
  'setQuota',
  'setAcl',
  'deleteAcl',
  'setMetadata',
]);

/** Does a command and says its answer. @throws {Refusal | Told | BadSyntax} what is to be answered NO or BAD. */
export async function perform(session: Session, tagged: TaggedCommand, messages: readonly Buffer[]): Promise<void> {
  const { tag, command } = tagged;
  // Each entry takes the command of its own kind, which the compiler cannot follow through the lookup.
  const entry = table[command.kind] as Entry<Command>;
  if (!isIn(session, entry.in)) throw new Told(own.notNow);
  renewActor(session);
  if (!(await isKeptIn(session))) return;
  if (writing.has(command.kind)) await requireWritable(session.store, whoIn(session).actor, 'work');
  let done: Answer;
  try {
    done = await entry.run(session, command, { tag, messages });
  } catch (error) {
    await news(session, entry, command);
    throw error;
  }
  if (done === 'said') return;
  await news(session, entry, command, done ?? {});
  const code = done?.code === undefined ? '' : `[${done.code}] `;
  session.connection.say(`${tag} OK ${code}${done?.words ?? 'Done'}\r\n`);
}

async function news(session: Session, entry: Entry<Command>, command: Command, done: Done = {}): Promise<void> {
  const which = typeof entry.news === 'function' ? entry.news(command) : entry.news;
  if (which !== 'none' && session.state.kind === 'selected')
    await tellNews(session, which === 'all', done.told, done.hasLooked);
}

function isIn({ state }: Session, asked: Entry<Command>['in']): boolean {
  switch (asked) {
    case 'any':
      return true;
    case 'notAuthenticated':
      return state.kind === 'notAuthenticated';
    case 'authenticated':
      return state.kind === 'authenticated' || state.kind === 'selected';
    case 'selected':
      return state.kind === 'selected';
  }
}
