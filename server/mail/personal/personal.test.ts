/**
 * Two who read one account, each with what they have seen: by JMAP and by IMAP's verbs at once, on both databases.
 * Longer than other files because one store is verified after all of it: the cases leave their traces in it together.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { allScopes, operator, type PersonActor } from '#server/access/actor.ts';
import { grantMandate, revokeMandate } from '#server/access/mandate.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { Right } from '#server/access/rights.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { addPerson } from '#server/directory/person.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { appendMessages } from '#server/mail/emails/append.ts';
import { appendMany } from '#server/mail/emails/append-many.ts';
import { changeEmails } from '#server/mail/emails/change.ts';
import { destroyEmails } from '#server/mail/emails/destroy.ts';
import { copyByUid } from '#server/mail/emails/place.ts';
import { emailOrThreadChanges, readEmails } from '#server/mail/emails/read.ts';
import { storeFlags } from '#server/mail/emails/store-flags.ts';
import { ingest } from '#server/mail/ingest.ts';
import { flagBits, keywordsOf, wordsOf } from '#server/mail/keywords.ts';
import { countMailboxes, listMailboxes } from '#server/mail/mailboxes/list.ts';
import type { EmailFilter, EmailSort } from '#server/mail/query/filter.ts';
import { queryEmailChanges, queryEmails } from '#server/mail/query/query.ts';
import { verifyMail } from '#server/mail/verify/verify.ts';
import { countMarks } from '#server/mail/view/marks.ts';
import { openView } from '#server/mail/view/open.ts';
import {
  type AccountId,
  asId,
  asMilliseconds,
  type EmailId,
  type MailboxId,
  type TenantId,
} from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { rows } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { setSeenIsPersonal } from './switch.ts';

forEachDatabase((name, databaseUrl, folder) => {
  describe('an account that keeps $seen for each reader', () => {
    let store: Store;
    let tenantId: TenantId;
    let alice: PersonActor;
    let bruno: PersonActor;
    let own: AccountId;
    let made = 0;

    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      tenantId = await addTenant(store, operator, { slug: 'essai', name: 'Essai' });
      await addDomain(store, operator, { tenantId, name: 'essai.example' });
      [alice, own] = await newPerson('Alice');
      [bruno] = await newPerson('Bruno');
    });
    after(async () => {
      const problems: string[] = [];
      for await (const problem of verifyMail(store)) problems.push(problem);
      await store.close();
      assert.deepEqual(problems, []);
    });

    async function newPerson(givenName: string): Promise<[PersonActor, AccountId]> {
      const familyName = `Essai${(made += 1)}`;
      const { personId, accountId } = await addPerson(store, operator, {
        tenantId,
        givenName,
        familyName,
        password: null,
      });
      const actor: PersonActor = { kind: 'person', tenantId, personId, by: 'session', scopes: allScopes, from: '::1' };
      return [actor, accountId];
    }

    const grant = (accountId: AccountId, to: PersonActor, rights: readonly Right[] = ['write']) =>
      grantMandate(store, operator, { tenantId, accountId, personId: to.personId, rights });

    /** A functional account that alice and bruno may write in, with `count` emails of the last days. */
    async function newTeam(count: number, isPersonal = true): Promise<Team> {
      const { accountId } = await addFunctionalAccount(store, operator, { tenantId, name: `Équipe ${(made += 1)}` });
      await grant(accountId, alice);
      await grant(accountId, bruno);
      if (isPersonal) assert.ok(await setSeenIsPersonal(store, operator, accountId, true));
      const { mailboxes } = await listMailboxes(store, operator, accountId);
      const idOf = (role: string): MailboxId => {
        const mailbox = mailboxes.find((one) => one.role === role);
        assert.ok(mailbox);
        return mailbox.id;
      };
      const team = { accountId, inbox: idOf('inbox'), sent: idOf('sent'), trash: idOf('trash') };
      await deliver(team, count);
      return team;
    }

    async function letter(subject: string) {
      return ingest(store, Buffer.from(`From: a@x.example\r\nSubject: ${subject}\r\n\r\n${(made += 1)}\r\n`));
    }

    async function deliver({ accountId }: Team, count: number, keywords: readonly string[] = []): Promise<void> {
      const items = [];
      for (let n = 1; n <= count; n += 1) {
        const placement = {
          accountId,
          mailbox: { kind: 'role' as const, role: 'inbox' as const },
          keywords: keywordsOf(keywords),
          receivedAt: asMilliseconds(Date.now() - 1_000 * (count - n)),
        };
        items.push({ message: await letter(`n° ${(made += 1)}`), placements: [placement] });
      }
      await appendMany(store, operator, items);
    }

    /** Ids in the inbox, oldest first. */
    async function idsIn({ accountId, inbox }: Team): Promise<readonly EmailId[]> {
      const { columns } = await openView(store, operator, accountId, inbox);
      return [...columns.emailIds.subarray(0, columns.length)].map((id) => asId<EmailId>(id));
    }

    /** Of the inbox, oldest first: 1 where the actor has seen it; as JMAP and IMAP say it, which must be the same. */
    async function seenBy(who: PersonActor, team: Team): Promise<string> {
      const { accountId, inbox } = team;
      const ids = await idsIn(team);
      const { emails } = await readEmails(store, who, accountId, ids);
      const byJmap = emails.map(({ keywords }) => (wordsOf(keywords).includes('$seen') ? '1' : '0')).join('');
      // A new record, as for each command: rights are asked for anew.
      const { columns } = await openView(store, { ...who }, accountId, inbox);
      const flags = columns.flags.subarray(0, columns.length);
      const byImap = [...flags].map((bits) => ((bits & flagBits.$seen) === 0 ? '0' : '1')).join('');
      assert.equal(byImap, byJmap);
      // And every count and every list says the same.
      const unseen = byJmap.replaceAll('1', '').length;
      const { mailboxes, reader } = await countMailboxes(store, who, accountId);
      const mailbox = mailboxes.find(({ id }) => id === inbox);
      assert.ok(mailbox);
      assert.equal(mailbox.unreadEmails, unseen);
      assert.equal((await countMarks(store, who, { accountId, mailbox, reader })).unseen, unseen);
      const listed = await find(who, team, { kind: 'keyword', keyword: '$seen', has: false });
      assert.deepEqual(
        new Set(listed),
        new Set(emails.filter(({ keywords }) => (keywords.flags & flagBits.$seen) === 0).map(({ id }) => id)),
      );
      return byJmap;
    }

    async function find(who: PersonActor, { accountId }: Team, filter: EmailFilter, sort: readonly EmailSort[] = []) {
      const query = {
        filter,
        sort,
        collapse: false,
        position: 0,
        anchorOffset: 0,
        limit: 100_000,
        calculateTotal: true,
      };
      return (await queryEmails(store, who, accountId, query)).ids;
    }

    const mark = (who: PersonActor, { accountId }: Team, ids: readonly (EmailId | undefined)[], isSeen: boolean) =>
      changeEmails(
        store,
        who,
        accountId,
        ids.map((id) => ({
          emailId: id ?? asId<EmailId>(0),
          keywords: { kind: 'patch', add: isSeen ? ['$seen'] : [], remove: isSeen ? [] : ['$seen'] },
        })),
      );

    const store1 = (who: PersonActor, { accountId, inbox: mailboxId }: Team, uid: number, change: Partial<Change>) =>
      storeFlags(store, who, {
        accountId,
        mailboxId,
        uids: Uint32Array.of(uid),
        action: 'add',
        keywords: ['$seen'],
        isDeleted: false,
        unchangedSince: undefined,
        ...change,
      });

    test('each has their own, whether said by JMAP or by IMAP; other keywords are everybody’s', async () => {
      const team = await newTeam(4);
      const [one, two, three] = await idsIn(team);
      assert.equal(await seenBy(alice, team), '0000');
      await mark(alice, team, [one, two, three], true);
      assert.equal(await seenBy(alice, team), '1110');
      assert.equal(await seenBy(bruno, team), '0000');
      const stored = await store1(bruno, team, 4, { keywords: ['$seen', '$flagged', 'urgent'] });
      assert.deepEqual(
        stored.emails.map(({ keywords }) => wordsOf(keywords)),
        [['$seen', '$flagged', 'urgent']],
      );
      assert.equal(await seenBy(bruno, team), '0001');
      assert.equal(await seenBy(alice, team), '1110');
      const { emails } = await readEmails(store, alice, team.accountId, await idsIn(team));
      assert.deepEqual(wordsOf(emails[3]?.keywords ?? keywordsOf([])), ['$flagged', 'urgent']);
      await store1(alice, team, 1, { action: 'remove' });
      assert.equal(await seenBy(alice, team), '0110');
      await store1(alice, team, 2, { action: 'replace', keywords: ['$answered'] });
      assert.equal(await seenBy(alice, team), '0010');
      await changeEmails(store, bruno, team.accountId, [
        { emailId: asId<EmailId>(two ?? 0), keywords: { kind: 'replace', by: ['$seen', '$answered'] } },
      ]);
      assert.equal(await seenBy(bruno, team), '0101');
      const team1 = await readEmails(store, operator, team.accountId, await idsIn(team));
      assert.deepEqual(
        team1.emails.map(({ keywords }) => wordsOf(keywords)),
        [[], ['$answered'], [], ['$flagged', 'urgent']],
        'of all this nothing is seen for all',
      );
    });

    test('what one saw is told to their other programs, as a change of the email and of the counts', async () => {
      const team = await newTeam(3);
      const { accountId, inbox } = team;
      const [, two] = await idsIn(team);
      const before = await readEmails(store, alice, accountId, []);
      const view = await openView(store, { ...alice }, accountId, inbox);
      const clock = view.modseq;
      assert.equal(await seenBy(alice, team), '000');
      const told: string[] = [];
      const stop = store.changes.listen(accountId, ({ states }) => void told.push(...Object.keys(states)));
      await mark(alice, team, [two], true);
      stop();
      assert.deepEqual(told.toSorted(), ['Email', 'Mailbox']);
      const changed = await emailOrThreadChanges(store, alice, accountId, 'Email', String(before.state), 10);
      assert.deepEqual(changed.updated, [two]);
      const news = await openView(store, { ...alice }, accountId, inbox);
      assert.deepEqual(
        [...news.columns.modseqs.subarray(0, 3)].map((modseq) => modseq > clock),
        [false, true, false],
      );
      // CONDSTORE: whoever counts by the old clock does not overwrite it.
      const late = await store1(alice, team, 2, { action: 'remove', unchangedSince: clock });
      assert.deepEqual(late.modified, [2]);
      await mark(alice, team, [two], true);
      const { state } = await readEmails(store, alice, accountId, []);
      assert.equal(String(state), changed.newState, 'what is seen already changes nothing');
    });

    test('filters, sorts and threads ask for the reader’s own; queryChanges tells what it moved', async () => {
      const team = await newTeam(0);
      const { accountId } = team;
      const head = (id: string, more = '') =>
        Buffer.from(`From: a@x.example\r\nSubject: conseil\r\nMessage-ID: <${id}@x>\r\n${more}\r\n${(made += 1)}\r\n`);
      const messages = [];
      for (const octets of [head('a'), head('b', 'References: <a@x>\r\n'), head('c')])
        messages.push(await ingest(store, octets));
      await appendMany(
        store,
        operator,
        messages.map((message, n) => ({
          message,
          placements: [
            {
              accountId,
              mailbox: { kind: 'role', role: 'inbox' },
              keywords: keywordsOf([]),
              receivedAt: asMilliseconds(Date.now() + n),
            },
          ],
        })),
      );
      const [a, b, c] = await idsIn(team);
      const unseen: EmailFilter = { kind: 'keyword', keyword: '$seen', has: false };
      const question = { filter: unseen, sort: [], collapse: false };
      const ask = { ...question, position: 0, anchorOffset: 0, limit: 10, calculateTotal: true };
      const first = await queryEmails(store, alice, accountId, ask);
      const firstOfBruno = await queryEmails(store, bruno, accountId, ask);
      await mark(alice, team, [a], true);
      const since = { ...question, maxChanges: null, calculateTotal: true };
      const moved = await queryEmailChanges(store, alice, accountId, { ...since, sinceQueryState: first.queryState });
      assert.deepEqual([moved.removed, moved.added, moved.total], [[a], [], 2]);
      const still = await queryEmailChanges(store, bruno, accountId, {
        ...since,
        sinceQueryState: firstOfBruno.queryState,
      });
      assert.deepEqual([still.removed, still.added, still.total], [[], [], 3]);

      const inThread = (which: 'all' | 'some' | 'none'): EmailFilter => ({
        kind: 'threadKeyword',
        which,
        keyword: '$seen',
      });
      assert.deepEqual(await find(alice, team, inThread('some')), [b, a]);
      assert.deepEqual(await find(alice, team, inThread('all')), []);
      assert.deepEqual(await find(alice, team, inThread('none')), [c]);
      assert.deepEqual(await find(bruno, team, inThread('some')), []);
      const seenFirst: EmailSort = { kind: 'hasKeyword', keyword: '$seen', isAscending: false };
      const all: EmailFilter = { kind: 'and', of: [] };
      assert.deepEqual(await find(alice, team, all, [seenFirst]), [a, c, b]);
      // A sort by text is left to SQL.
      const bySubject: EmailSort = { kind: 'subject', isAscending: true };
      assert.deepEqual(await find(alice, team, all, [seenFirst, bySubject]), [a, c, b]);
      assert.deepEqual(await find(bruno, team, all, [seenFirst, bySubject]), [c, b, a]);
      assert.deepEqual(await find(alice, team, inThread('some'), [bySubject]), [b, a]);
      assert.deepEqual(await find(alice, team, unseen, [bySubject]), [c, b]);
      assert.deepEqual(await find(bruno, team, unseen, [bySubject]), [c, b, a]);

      const threads = async (who: PersonActor) =>
        (await countMailboxes(store, who, accountId)).mailboxes.find(({ id }) => id === team.inbox)?.unreadThreads;
      assert.deepEqual([await threads(alice), await threads(bruno)], [2, 2]);
      await mark(alice, team, [b], true);
      assert.deepEqual([await threads(alice), await threads(bruno)], [1, 2]);
    });

    test('an unread email in the trash makes a thread unread there alone', async () => {
      const team = await newTeam(2);
      const [one, two] = await idsIn(team);
      await changeEmails(store, alice, team.accountId, [
        { emailId: asId<EmailId>(one ?? 0), mailboxIds: { kind: 'replace', by: [team.trash] } },
      ]);
      await mark(alice, team, [two], true);
      const { mailboxes } = await countMailboxes(store, alice, team.accountId);
      const counts = (id: MailboxId) => {
        const mailbox = mailboxes.find((each) => each.id === id);
        return mailbox && [mailbox.unreadEmails, mailbox.unreadThreads];
      };
      assert.deepEqual(counts(team.trash), [1, 1]);
      assert.deepEqual(counts(team.inbox), [0, 0]);
    });

    test('who comes later finds read what came before, and unread what comes then; so does who was long away', async () => {
      const team = await newTeam(3);
      const clock = store.now();
      const [carole] = await newPerson('Carole');
      // The emails came up to now: her mandate begins a moment later.
      const mandate = await grantMandate(store, operator, {
        tenantId,
        accountId: team.accountId,
        personId: carole.personId,
        rights: ['write'],
        startsAt: clock + 1,
      });
      while (Date.now() <= clock + 1) await new Promise((resolve) => setTimeout(resolve, 1));
      assert.equal(await seenBy(carole, team), '111');
      assert.equal(await seenBy(alice, team), '000');
      await deliver(team, 1);
      assert.equal(await seenBy(carole, team), '1110');
      const [one] = await idsIn(team);
      await mark(carole, team, [one], false);
      assert.equal(await seenBy(carole, team), '0110');
      await revokeMandate(store, operator, tenantId, mandate);
      await assert.rejects(seenBy(carole, team), Refusal);
      await grant(team.accountId, carole);
      assert.equal(await seenBy(carole, team), '0110', 'a mandate renewed makes nobody a newcomer');
    });

    test('one for each again and again: what was read for all stays read, then what anybody read', async () => {
      const team = await newTeam(4, false);
      const { accountId } = team;
      const [one, two, three] = await idsIn(team);
      await mark(alice, team, [one], true);
      assert.equal(await seenBy(bruno, team), '1000');
      assert.ok(await setSeenIsPersonal(store, operator, accountId, true));
      assert.ok(!(await setSeenIsPersonal(store, operator, accountId, true)));
      assert.equal(await seenBy(bruno, team), '1000');
      await mark(alice, team, [one], false);
      await mark(alice, team, [two], true);
      await mark(bruno, team, [three], true);
      assert.equal(await seenBy(alice, team), '0100');
      assert.equal(await seenBy(bruno, team), '1010');
      const { state } = await readEmails(store, alice, accountId, []);
      assert.ok(await setSeenIsPersonal(store, operator, accountId, false));
      assert.equal(await seenBy(alice, team), '1110');
      assert.equal(await seenBy(bruno, team), '1110');
      const { updated } = await emailOrThreadChanges(store, alice, accountId, 'Email', String(state), 10);
      for (const id of [one, two, three]) assert.ok(updated.includes(id ?? 0));
      await mark(bruno, team, [one], false);
      assert.equal(await seenBy(alice, team), '0110');
      assert.ok(await setSeenIsPersonal(store, operator, accountId, true));
      assert.equal(await seenBy(alice, team), '0110', 'what was said then is forgotten');
      await assert.rejects(
        setSeenIsPersonal(store, operator, own, true),
        new Refusal('invalidArguments', undefined).constructor,
      );
      await assert.rejects(setSeenIsPersonal(store, bruno, accountId, false), Refusal);
    });

    test('a reader who may change nothing else says what they have seen', async () => {
      const team = await newTeam(2);
      const [david] = await newPerson('David');
      await grant(team.accountId, david, ['read']);
      const [one] = await idsIn(team);
      await mark(david, team, [one], false);
      await store1(david, team, 2, {});
      const seen = await seenBy(david, team);
      assert.deepEqual([seen[0], seen[1]], ['0', '1']);
      assert.equal(await seenBy(alice, team), '00');
      await assert.rejects(store1(david, team, 2, { keywords: ['$flagged'] }), { reason: 'mayNot' });
      await assert.rejects(store1(david, team, 2, { isDeleted: true }), { reason: 'mayNot' });
      await assert.rejects(store1(david, team, 2, { action: 'replace' }), { reason: 'mayNot' });
      const common = await newTeam(1, false);
      await grant(common.accountId, david, ['read']);
      await assert.rejects(store1(david, common, 1, {}), { reason: 'mayNot' });
    });

    test('what one brings along as read is new to the others; what is sent is not', async () => {
      const team = await newTeam(0);
      const { accountId, inbox, sent } = team;
      const message = { message: await letter('apporté'), isDeleted: false, receivedAt: undefined };
      await appendMessages(store, alice, accountId, { mailboxId: inbox }, [
        { ...message, keywords: ['$seen', '$flagged'] },
      ]);
      assert.equal(await seenBy(alice, team), '1');
      assert.equal(await seenBy(bruno, team), '0');
      await appendMessages(store, alice, accountId, { mailboxId: sent }, [{ ...message, keywords: ['$seen'] }]);
      const { mailboxes } = await countMailboxes(store, bruno, accountId);
      assert.equal(mailboxes.find(({ id }) => id === sent)?.unreadEmails, 0);
      const there = { accountId, mailboxId: inbox };
      await copyByUid(store, bruno, there, Uint32Array.of(1), there);
      assert.equal(await seenBy(alice, team), '11', 'a copy is as read as its original, to each');
      assert.equal(await seenBy(bruno, team), '00');
      const { mailboxes: hers } = await listMailboxes(store, alice, own);
      const target = hers.find(({ role }) => role === 'inbox');
      assert.ok(target);
      await copyByUid(store, alice, there, Uint32Array.of(1), { accountId: own, mailboxId: target.id });
      const view = await openView(store, { ...alice }, own, target.id);
      assert.equal((view.columns.flags[0] ?? 0) & flagBits.$seen, flagBits.$seen);
      await copyByUid(store, alice, { accountId: own, mailboxId: target.id }, Uint32Array.of(1), there);
      assert.equal(await seenBy(bruno, team), '000');
      assert.equal(await seenBy(alice, team), '111');
    });

    test('a filter’s choice is everybody’s, and an email that is destroyed takes what was said of it along', async () => {
      const team = await newTeam(1);
      await deliver(team, 1, ['$seen']);
      assert.equal(await seenBy(alice, team), '01');
      const ids = await idsIn(team);
      await mark(alice, team, ids, true);
      await mark(bruno, team, [ids[1]], false);
      await destroyEmails(store, bruno, team.accountId, ids);
      const left = await read(store, (tx) =>
        rows(tx, tx.q.selectFrom('email_personal').selectAll().where('account_id', '=', team.accountId)),
      );
      assert.deepEqual(left, []);
    });

    // Copying so many one by one takes PostgreSQL minutes; that there is an answer at once was seen there too.
    const many = name === 'sqlite' ? 20_000 : 2_000;

    test(`${many} emails, half of them read, are counted and listed at once`, async () => {
      const team = await newTeam(1);
      const [one] = await idsIn(team);
      await fill(team, one ?? asId<EmailId>(0), many);
      const ids = await idsIn(team);
      assert.equal(ids.length, many + 1);
      const half = ids.filter((_, index) => index % 2 === 0);
      for (let from = 0; from < half.length; from += 1_000)
        await mark(alice, team, half.slice(from, from + 1_000), true);
      await seenBy(alice, team);
      await mark(alice, team, [ids[1]], true);
      const { mailboxes } = await countMailboxes(store, alice, team.accountId);
      assert.equal(mailboxes.find(({ id }) => id === team.inbox)?.unreadEmails, many / 2 - 1);
      // They are all of one thread, which is planned anew for each page: elsewhere this takes a tenth of it.
      await setSeenIsPersonal(store, operator, team.accountId, false);
      assert.equal((await seenBy(bruno, team)).replaceAll('0', '').length, many / 2 + 2);
    });

    /** More emails like one, without reading a message for each. */
    async function fill({ accountId, inbox }: Team, like: EmailId, count: number): Promise<void> {
      const { mailboxId } = { mailboxId: inbox };
      const { columns } = await openView(store, operator, accountId, mailboxId);
      const uid = columns.uids[0] ?? 0;
      assert.equal(columns.emailIds[0], like);
      // Copies into the mailbox it is in: an email each. Doubling what there is.
      for (let there = 1; there < count + 1;) {
        const some = Math.min(there, count + 1 - there);
        const uids = Uint32Array.from({ length: some }, (_, index) => uid + index);
        const place = { accountId, mailboxId };
        await copyByUid(store, operator, place, uids, place);
        there += some;
      }
    }
  });
});

interface Team {
  readonly accountId: AccountId;
  readonly inbox: MailboxId;
  readonly sent: MailboxId;
  readonly trash: MailboxId;
}

type Change = Pick<Parameters<typeof storeFlags>[2], 'action' | 'keywords' | 'isDeleted' | 'unchangedSince'>;
