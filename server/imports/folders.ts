/**
 * Where the folders of an old server go here: by what the server says they are for (RFC 6154), else by the names the
 * mail programs of this world give them, else by their path. Pure: the same list always gives the same plan.
 */
import { mailboxLimits } from '#server/mail/mailboxes/change.ts';
import type { MailboxTarget } from '#server/mail/mailboxes/path.ts';
import type { Mailbox } from '#server/mail/mailboxes/list.ts';

type MailboxRole = NonNullable<Mailbox['role']>;

export interface SourceFolder {
  /** As the source calls it, decoded; what its mark is kept under. */
  readonly path: string;
  /** Its names from the top. */
  readonly names: readonly string[];
  /** `\Sent` and the like, where the server says so itself. */
  readonly specialUse?: string | undefined;
}

export interface PlannedFolder {
  readonly path: string;
  readonly target: MailboxTarget;
  /** Names from the top, for people. */
  readonly label: string;
  /** `account`: a view of everything (`\All`), of which only that is taken which came from nowhere else. */
  readonly knownBy: 'mailbox' | 'account';
}

const roleOfUse: ReadonlyMap<string, MailboxRole> = new Map([
  ['\\inbox', 'inbox'],
  ['\\drafts', 'drafts'],
  ['\\sent', 'sent'],
  ['\\archive', 'archive'],
  ['\\junk', 'junk'],
  ['\\trash', 'trash'],
]);

/** Views of what stands elsewhere too: to take them would double every message. */
const views = new Set(['\\flagged', '\\important']);

function namesOf(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim());
}

/** Without accents and case; a space for any dash or underscore. */
const knownNames: Readonly<Record<Exclude<MailboxRole, 'inbox' | 'important'>, readonly string[]>> = {
  drafts: ['drafts', 'draft', 'brouillons', 'brouillon', 'entwurfe', 'borradores', 'bozze', 'rascunhos'],
  sent: namesOf(`
    sent, sent items, sent messages, sent mail, sent objects, envoyes, elements envoyes,
    messages envoyes, courrier envoye, courriers envoyes, objets envoyes, mails envoyes,
    gesendet, gesendete objekte, gesendete elemente, enviados, elementos enviados, inviati,
    posta inviata, itens enviados, verzonden items`),
  junk: namesOf(`
    junk, spam, junk e mail, junk email, junk mail, bulk mail, indesirables, indesirable,
    courrier indesirable, courriers indesirables, pourriel, pourriels, messages indesirables,
    correo no deseado, posta indesiderata, lixo eletronico`),
  trash: namesOf(`
    trash, deleted items, deleted messages, deleted, corbeille, elements supprimes,
    messages supprimes, objets supprimes, poubelle, papierkorb, geloschte elemente, geloschte objekte,
    papelera, elementos eliminados, cestino, posta eliminata, lixeira, itens excluidos, bin`),
  archive: ['archive', 'archives', 'archiv', 'archivos', 'archivio'],
};

const roleOfName: ReadonlyMap<string, MailboxRole> = new Map(
  (['drafts', 'sent', 'junk', 'trash', 'archive'] as const).flatMap((role) =>
    knownNames[role].map((name) => [name, role] as const),
  ),
);

interface Ranked extends PlannedFolder {
  readonly rank: number;
}

/** Plans the folders, those with a role first, views of everything last. */
export function planFolders(given: readonly SourceFolder[]): readonly PlannedFolder[] {
  const folders = given
    .filter(({ specialUse, names }) => names.length > 0 && !views.has(specialUse?.toLowerCase() ?? ''))
    .map((folder) => ({ ...folder, names: folder.names.map(cleanName) }));
  const others = folders.filter(({ names }) => !isInbox(names));
  // Cyrus and Courier keep everything below INBOX: there that level says nothing.
  const isBelowInbox = others.length > 0 && others.every(({ names }) => isInbox(names.slice(0, 1)));
  const placed = folders.map((folder) => ({
    ...folder,
    names: isBelowInbox && folder.names.length > 1 ? folder.names.slice(1) : folder.names,
  }));
  const roles = assignRoles(placed);
  const planned = placed.map((folder): Ranked => {
    const { path, names, specialUse } = folder;
    const isAll = specialUse?.toLowerCase() === '\\all';
    const role = roles.get(path);
    const rank = isAll ? 2 : role === undefined ? 1 : 0;
    return {
      path,
      target: targetOf(folder, roles, placed),
      label: names.join('/'),
      knownBy: isAll ? 'account' : 'mailbox',
      rank,
    };
  });
  return planned.sort((a, b) => a.rank - b.rank);
}

function targetOf(
  folder: SourceFolder,
  roles: ReadonlyMap<string, MailboxRole>,
  all: readonly SourceFolder[],
): MailboxTarget {
  const { path, names, specialUse } = folder;
  if (specialUse?.toLowerCase() === '\\all') return { kind: 'role', role: 'archive' };
  const role = roles.get(path);
  if (role !== undefined) return { kind: 'role', role };
  for (let length = names.length - 1; length > 0; length -= 1) {
    const above = all.find((other) => isSamePath(other.names, names.slice(0, length)));
    const below = isInbox(names.slice(0, length)) ? 'inbox' : above && roles.get(above.path);
    if (below !== undefined) return { kind: 'path', path: limitDepth(names.slice(length), 1), below };
  }
  return { kind: 'path', path: limitDepth(names, 0) };
}

/** One folder a role: who the server names first, then who has a known name at the top. */
function assignRoles(folders: readonly SourceFolder[]): ReadonlyMap<string, MailboxRole> {
  const taken = new Set<MailboxRole>();
  const roles = new Map<string, MailboxRole>();
  const give = (path: string, role: MailboxRole | undefined): void => {
    if (role === undefined || taken.has(role) || roles.has(path)) return;
    taken.add(role);
    roles.set(path, role);
  };
  for (const { path, names } of folders) if (isInbox(names)) give(path, 'inbox');
  for (const { path, specialUse } of folders) give(path, roleOfUse.get(specialUse?.toLowerCase() ?? ''));
  for (const [name, role] of roleOfName) {
    const named = folders.find(({ names }) => names.length === 1 && foldName(names[0] ?? '') === name);
    if (named) give(named.path, role);
  }
  return roles;
}

function isInbox(names: readonly string[]): boolean {
  return names.length === 1 && names[0]?.toLowerCase() === 'inbox';
}

function isSamePath(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, level) => name === other[level]);
}

function foldName(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
}

/** A name as mailboxes here may have it: no "/", no control, not empty, not too long. */
function cleanName(name: string): string {
  const plain = name
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\u2028\u2029]/gu, '')
    .replaceAll('/', '-')
    .trim();
  let cut = plain;
  while (Buffer.byteLength(cut) > mailboxLimits.nameOctets) cut = cut.slice(0, -1).toWellFormed();
  return cut === '' ? '_' : cut;
}

/** What is deeper than mailboxes here may be stands side by side on the last level. */
function limitDepth(names: readonly string[], above: number): readonly string[] {
  const most = mailboxLimits.depth - above;
  return names.length <= most ? names : [...names.slice(0, most - 1), cleanName(names.slice(most - 1).join(' - '))];
}
