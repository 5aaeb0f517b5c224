/** Makes the draft that a request asks for: empty, an answer, a forward, or one to go on with. */
import type { Node } from 'prosemirror-model';
import type { ComposeRequest } from '#web/app/composeRequests.ts';
import type { AccountId, EmailAddress, Identity } from '#web/sync/records.ts';
import type { Sync } from '#web/sync/sync.ts';
import { longDate } from '#web/words/dates.ts';
import { t } from '#web/words/compose.ts';
import { emptyDraft } from './draft.ts';
import type { Draft } from './draft.ts';
import { parseMessage } from './editor/parse.ts';
import { textDocument } from './html/text.ts';
import { beginDocument } from './plan/begin.ts';
import type { Quoted } from './plan/begin.ts';
import { cidsOf, readRelation } from './plan/email.ts';
import { readMailto } from './plan/mailto.ts';
import { readRecipients } from './plan/recipients.ts';
import { planIdentity, planRecipients, planReferences, planSubject } from './plan/reply.ts';
import { fetchSource } from './source.ts';
import type { Source } from './source.ts';

export interface Opened {
  readonly draft: Draft;
  /** The email the draft is stored as, and its Message-ID, where it is stored already. */
  readonly storedId: string | undefined;
  readonly messageId: string | undefined;
}

/** Requests that end in a draft; `resume` takes up local copies instead. */
export type DraftRequest = Exclude<ComposeRequest, { readonly kind: 'resume' }>;

/** @returns undefined where the message meant no longer exists. */
export async function openDraft(sync: Sync, accountId: AccountId, request: DraftRequest): Promise<Opened | undefined> {
  await sync.ensureAll(accountId, 'Identity');
  const identities = sync.store.all(accountId, 'Identity');
  if (request.kind === 'new' || request.kind === 'mailto') {
    const identity = identities[0];
    const wanted = request.kind === 'mailto' ? readMailto(request.url) : undefined;
    const to = wanted?.to ?? readRecipients((request.kind === 'new' ? request.to : undefined) ?? '');
    const draft = {
      ...emptyDraft(identity?.id ?? ''),
      to,
      cc: wanted?.cc ?? [],
      bcc: wanted?.bcc ?? [],
      subject: wanted?.subject ?? '',
    };
    return fresh({
      ...draft,
      body: { kind: 'rich', doc: beginDocument(wanted?.text ?? '', signatureOf(identity), undefined) },
    });
  }
  const source = await fetchSource(sync, accountId, request.emailId);
  if (!source) return undefined;
  if (request.kind === 'draft') return goOn(source, identities);
  const identity = planIdentity(identities, source);
  const draft = emptyDraft(identity?.id ?? '');
  const { inReplyTo, references } = planReferences(source);
  switch (request.kind) {
    case 'reply':
    case 'replyAll':
    case 'replyList': {
      const own = new Set(identities.map(({ email }) => email.toLowerCase()));
      return fresh({
        ...draft,
        ...planRecipients(source, request.kind, own),
        subject: planSubject(source.subject, 'reply'),
        relation: { kind: 'reply', emailId: source.id },
        inReplyTo,
        references,
        ...withOriginal(source, identity, 'reply'),
      });
    }
    case 'forward':
      return fresh({
        ...draft,
        subject: planSubject(source.subject, 'forward'),
        relation: { kind: 'forward', emailId: source.id },
        references,
        ...withOriginal(source, identity, 'forward'),
      });
    case 'forwardAttached':
      return fresh({
        ...draft,
        subject: planSubject(source.subject, 'forward'),
        relation: { kind: 'forward', emailId: source.id },
        references,
        body: { kind: 'rich', doc: beginDocument('', signatureOf(identity), undefined) },
        attachments: [
          {
            blobId: source.blobId,
            type: 'message/rfc822',
            name: `${fileName(source.subject) || t('noSubject')}.eml`,
            sizeOctets: source.sizeOctets,
            cid: null,
          },
        ],
      });
  }
}

const fresh = (draft: Draft): Opened => ({ draft, storedId: undefined, messageId: undefined });

/** What the source's own pictures need comes along by blob id; on a forward its files too. Nothing is uploaded again. */
function withOriginal(
  source: Source,
  identity: Identity | undefined,
  kind: 'reply' | 'forward',
): Pick<Draft, 'body' | 'attachments'> {
  const original = source.html === undefined ? textDocument(source.text) : parseMessage(source.html);
  const quoted: Quoted = {
    kind,
    headLines: kind === 'reply' ? [attribution(source)] : forwardHead(source),
    doc: original,
  };
  const doc = beginDocument('', signatureOf(identity), quoted);
  const cids = cidsOf(doc);
  const attachments = source.attachments.flatMap((it) => {
    if (it.cid !== null && cids.has(it.cid)) return [it];
    return kind === 'forward' ? [{ ...it, cid: null }] : [];
  });
  return { body: { kind: 'rich', doc }, attachments };
}

function goOn(source: Source, identities: readonly Identity[]): Opened {
  const from = source.from[0]?.email.toLowerCase();
  const identity = identities.find((it) => it.email.toLowerCase() === from) ?? identities[0];
  const isRich = source.html !== undefined;
  const doc = source.html === undefined ? undefined : parseMessage(source.html);
  const cids = doc ? cidsOf(doc) : new Set<string>();
  const draft: Draft = {
    identityId: identity?.id ?? '',
    to: source.to,
    cc: source.cc,
    bcc: source.bcc,
    subject: source.subject,
    body: isRich && doc ? { kind: 'rich', doc } : { kind: 'plain', text: source.text },
    attachments: source.attachments.map((it) => (it.cid !== null && cids.has(it.cid) ? it : { ...it, cid: null })),
    relation: readRelation(source.draftMark),
    inReplyTo: source.inReplyTo,
    references: source.references,
  };
  return { draft, storedId: source.id, messageId: source.messageId[0] };
}

/** The signature of an identity as a document; undefined where it has none. */
export function signatureOf(identity: Identity | undefined): Node | undefined {
  if (identity && identity.htmlSignature.trim() !== '') return parseMessage(identity.htmlSignature);
  return identity && identity.textSignature.trim() !== '' ? textDocument(identity.textSignature.trimEnd()) : undefined;
}

function attribution(source: Source): string {
  const sender = source.from[0];
  return t('quote.attribution', {
    date: longDate(source.sentAt),
    name: sender ? written(sender) : t('quote.somebody'),
  });
}

function forwardHead(source: Source): readonly string[] {
  const people = (addresses: readonly EmailAddress[]) => addresses.map(written).join(', ');
  return [
    t('quote.forwarded'),
    t('quote.from', { people: people(source.from) }),
    t('quote.date', { date: longDate(source.sentAt) }),
    t('quote.subject', { subject: source.subject }),
    t('quote.to', { people: people(source.to) }),
    ...(source.cc.length > 0 ? [t('quote.cc', { people: people(source.cc) })] : []),
  ];
}

function written({ name, email }: EmailAddress): string {
  return name === null || name.trim() === '' ? email : `${name} <${email}>`;
}

function fileName(subject: string): string {
  return subject
    .replaceAll(/[/\\:*?"<>|\p{Cc}]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 80);
}
