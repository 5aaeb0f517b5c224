import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyDraft, packDraft, unpackDraft } from '#web/compose/draft.ts';
import type { Attachment, Draft } from '#web/compose/draft.ts';
import { schema } from '#web/compose/editor/schema.ts';
import { textDocument } from '#web/compose/html/text.ts';
import { beginDocument, replaceSignature, replaceTextSignature } from './begin.ts';
import { checkDraft, draftField, planEmail, planEnvelope, printRelation, readRelation } from './email.ts';

const person = (email: string) => ({ name: null, email });
const identity = { name: 'Zoé', email: 'z@x.fr', replyTo: [] };
const file = (blobId: string, cid: string | null): Attachment => ({
  blobId,
  name: blobId,
  type: 'image/png',
  sizeOctets: 9,
  cid,
});
const picture = schema.node('paragraph', null, [schema.node('image', { cid: 'seen' })]);
const draft: Draft = {
  ...emptyDraft('i1'),
  to: [person('a@x.fr')],
  bcc: [person('B@x.fr'), person('A@x.fr')],
  subject: 'Sujet',
  body: { kind: 'rich', doc: schema.node('doc', null, [picture]) },
  attachments: [file('f1', null), file('f2', 'seen'), file('f3', 'gone')],
  relation: { kind: 'forward', emailId: 'e7' },
};
const plan = { draft, identity, draftsId: 'd', messageId: 'm@x.fr', isFinal: false };

test('a draft says what it answers; what is sent does not', () => {
  assert.equal(planEmail(plan)[draftField], 'forward e7');
  assert.equal(draftField in planEmail({ ...plan, isFinal: true }), false);
});

test('pictures no longer in the text stay behind', () => {
  assert.deepEqual(planEmail(plan)['attachments'], [
    { blobId: 'f1', type: 'image/png', name: 'f1', disposition: 'attachment' },
    { blobId: 'f2', type: 'image/png', name: 'f2', disposition: 'inline', cid: 'seen' },
  ]);
});

test('plain text has no HTML part', () => {
  const email = planEmail({ ...plan, draft: { ...draft, body: { kind: 'plain', text: 'a' } } });
  assert.equal('htmlBody' in email, false);
  assert.deepEqual(email['bodyValues'], { text: { value: 'a' } });
});

test('the envelope holds each person once, the hidden ones too', () => {
  assert.deepEqual(planEnvelope(draft, 'z@x.fr', 10), {
    mailFrom: { email: 'z@x.fr', parameters: { HOLDFOR: '10' } },
    rcptTo: [
      { email: 'A@x.fr', parameters: null },
      { email: 'B@x.fr', parameters: null },
    ],
  });
});

test('a check names every wrong address', () => {
  const { invalid, hasRecipient, hasSubject } = checkDraft({
    ...draft,
    cc: [person('dupont'), person('x@y')],
    subject: ' ',
  });
  assert.deepEqual([invalid.map(({ email }) => email), hasRecipient, hasSubject], [['dupont', 'x@y'], true, false]);
});

test('relations survive their field, and nonsense in it is none', () => {
  for (const relation of [undefined, { kind: 'reply', emailId: 'e1' }, { kind: 'forward', emailId: 'E-2' }] as const)
    assert.deepEqual(readRelation(printRelation(relation)), relation);
  assert.equal(readRelation('reply <script>'), undefined);
  assert.equal(readRelation(null), undefined);
});

test('a draft survives as JSON', () => {
  const back = unpackDraft(JSON.parse(JSON.stringify(packDraft(draft))));
  assert.deepEqual({ ...back, body: null }, { ...draft, body: null });
  assert.ok(back.body.kind === 'rich' && draft.body.kind === 'rich' && back.body.doc.eq(draft.body.doc));
});

test('the signature stands above what is quoted, and another takes its place', () => {
  const quoted = { kind: 'reply', headLines: ['Il a écrit :'], doc: textDocument('avant') } as const;
  const doc = beginDocument('', textDocument('Zoé'), quoted);
  const names = (node: typeof doc) => Array.from({ length: node.childCount }, (_, n) => node.child(n).type.name);
  assert.deepEqual(names(doc), ['paragraph', 'paragraph', 'signature', 'paragraph', 'original']);
  const other = replaceSignature(doc, textDocument('Directrice'));
  assert.deepEqual(names(other), names(doc));
  assert.equal(other.child(2).textContent, 'Directrice');
  const none = replaceSignature(other, undefined);
  assert.equal(names(none).includes('signature'), false);
  assert.deepEqual(names(replaceSignature(none, textDocument('Zoé'))).slice(-2), ['signature', 'original']);
});

test('in plain text the mark tells the signature', () => {
  assert.equal(replaceTextSignature('a\n-- \nZoé\n\n> b', 'Zoé', 'Awa $1'), 'a\n-- \nAwa $1\n\n> b');
  assert.equal(replaceTextSignature('a\n', '', 'Awa'), 'a\n\n-- \nAwa\n');
});
