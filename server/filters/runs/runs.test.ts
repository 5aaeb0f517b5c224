import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { refusedFor } from '#server/access/refusal.testing.ts';
import { flagBits } from '#server/mail/keywords.ts';
import { mailboxPlaces } from '#server/mail/mailboxes/locate.ts';
import type { FilterRunId } from '#server/store/ids.ts';
import { leaseJobs } from '#server/store/jobs.ts';
import { rows } from '#server/store/statement.ts';
import { read } from '#server/store/store.ts';
import { openAcademy, type TestAcademy, type TestSender } from '#server/submission/sender.testing.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { emailsOf, messageTo, receive } from '#server/filters/filters.testing.ts';
import { applyFilterJob } from './job.ts';
import { type FilterRun, listRuns, runChanges } from './list.ts';
import { applyFilterKind, cancelRun, removeRun, startRun } from './start.ts';

const emails = 120;

forEachDatabase((_name, databaseUrl, folder) => {
  let academy: TestAcademy;
  let alice: TestSender;
  before(async () => {
    academy = await openAcademy(databaseUrl, folder);
    alice = academy.alice;
    for (let index = 0; index < emails; index += 1) {
      const subject = index % 3 === 0 ? 'classe verte' : index % 3 === 1 ? 'réunion' : 'réclame';
      await receive(academy, messageTo(alice.email, { Subject: subject, 'X-Number': String(index) }), alice.email);
    }
  });
  after(() => academy.store.close());

  const start = (script: string, mailboxId: FilterRun['mailboxId'] = null) =>
    startRun(academy.store, alice.actor, alice.accountId, {
      source: { kind: 'content', name: 'essai', content: Buffer.from(script) },
      mailboxId,
    });
  const runOf = async (id: FilterRunId) => {
    const run = (await listRuns(academy.store, alice.actor, alice.accountId)).find((each) => each.id === id);
    assert.ok(run);
    return run;
  };
  /** As the runner of jobs does it. @returns how many jobs there were. */
  async function work(): Promise<number> {
    const kind = applyFilterJob(academy.store);
    const jobs = await leaseJobs(academy.store, [applyFilterKind], { limit: 10, forMs: kind.leaseMs, owner: 'test' });
    for (const job of jobs) await kind.run(job);
    return jobs.length;
  }
  const counted = async () => {
    const places = (await emailsOf(academy, alice)).flatMap(({ mailboxes }) => mailboxes);
    return Object.fromEntries([...Map.groupBy(places, (name) => name)].map(([name, all]) => [name, all.length]));
  };

  test('old mail is filed, marked and thrown away; nothing leaves, and new mail is not touched', async () => {
    const run = await start(`require ["fileinto", "mailbox", "imap4flags", "vacation", "copy"];
      vacation "Absente";
      if header :is "subject" "classe verte" { fileinto :create :flags "\\\\Seen" "Classes"; }
      elsif header :is "subject" "réclame" { discard; }
      else { redirect "ailleurs@elsewhere.example"; }`);
    assert.deepEqual([run.total, run.state], [emails, 'waiting']);
    await receive(academy, messageTo(alice.email, { Subject: 'réclame' }), alice.email);
    assert.equal(await work(), 1);
    const done = await runOf(run.id);
    assert.deepEqual(
      { state: done.state, done: done.done, changed: done.changed, failed: done.failed },
      { state: 'done', done: emails, changed: 80, failed: 0 },
    );
    assert.deepEqual(await counted(), { Classes: 40, Inbox: 41, Trash: 40 });
    const filed = (await emailsOf(academy, alice)).filter(({ mailboxes }) => mailboxes.includes('Classes'));
    assert.ok(filed.every(({ flags }) => (flags & flagBits.$seen) !== 0));
    assert.ok(filed.every(({ stops }) => stops.some(({ action }) => action === 'apply')));
    const sent = await read(academy.store, (tx) => rows(tx, tx.q.selectFrom('submission').select('id')));
    assert.deepEqual(sent, []);
    assert.equal(await work(), 0);
  });

  test('one mailbox alone, and a second time nothing changes', async () => {
    const places = await read(academy.store, (tx) => mailboxPlaces(tx, alice.accountId));
    const classes = places.byPath('Classes');
    assert.ok(classes !== undefined);
    const script = 'require ["fileinto", "mailbox", "copy"]; fileinto :copy :create "Copies";';
    const first = await start(script, classes);
    assert.equal(first.total, 40);
    await work();
    assert.equal((await runOf(first.id)).changed, 40);
    assert.deepEqual(await counted(), { Classes: 40, Copies: 40, Inbox: 41, Trash: 40 });
    const second = await start(script, classes);
    await work();
    assert.equal((await runOf(second.id)).changed, 0);
  });

  test('killed between two batches it goes on where it was', async () => {
    const run = await start('require "imap4flags"; addflag "vu";');
    const kind = applyFilterJob(academy.store);
    const [job] = await leaseJobs(academy.store, [applyFilterKind], { limit: 1, forMs: 1_000, owner: 'mortal' });
    assert.ok(job);
    // Dies after its first batch: a transaction of its own that never comes.
    let batches = 0;
    const mortal = { ...academy.store, engine: { ...academy.store.engine } };
    mortal.engine.write = async (work) => {
      batches += 1;
      if (batches > 1) throw new Error('the power is cut');
      return academy.store.engine.write(work);
    };
    await assert.rejects(applyFilterJob(mortal).run(job), /power/);
    const half = await runOf(run.id);
    assert.deepEqual([half.state, half.done], ['running', 50]);
    academy.turnClock(kind.leaseMs + 1_000);
    assert.equal(await work(), 1);
    const done = await runOf(run.id);
    assert.deepEqual([done.state, done.done, done.changed], ['done', 121 - 40, 121 - 40]);
  });

  test('a cancelled run ends where it is, and a run can be forgotten', async () => {
    const { store } = academy;
    const run = await start('require "imap4flags"; addflag "jamais";');
    await cancelRun(store, alice.actor, alice.accountId, run.id);
    assert.equal(await work(), 1);
    const ended = await runOf(run.id);
    assert.deepEqual([ended.state, ended.done], ['canceled', 0]);
    assert.ok((await emailsOf(academy, alice)).every(({ keywords }) => !keywords.includes('jamais')));
    const { newState } = await runChanges(store, alice.actor, alice.accountId, '0', 100);
    await removeRun(store, alice.actor, alice.accountId, run.id);
    assert.deepEqual((await runChanges(store, alice.actor, alice.accountId, newState, 100)).destroyed, [run.id]);
    const links = await read(store, (tx) =>
      rows(tx, tx.q.selectFrom('blob_link').select('owner').where('owner', '=', `run:${run.id}`)),
    );
    assert.deepEqual(links, []);
  });

  test('a script that fails leaves its emails as they were, and counts them', async () => {
    const run = await start('require ["ihave", "imap4flags"]; addflag "x"; error "Panne";');
    await work();
    const done = await runOf(run.id);
    assert.deepEqual([done.state, done.changed, done.failed], ['done', 0, done.total]);
    assert.match(done.lastError ?? '', /Panne/);
  });

  test('nobody starts a run of nothing, elsewhere, or many at once', async () => {
    const { store, bruno } = academy;
    const given = { source: { kind: 'script', name: 'nulle part' }, mailboxId: null } as const;
    await assert.rejects(startRun(store, alice.actor, alice.accountId, given), refusedFor('noSuchScript'));
    await assert.rejects(startRun(store, bruno.actor, alice.accountId, given), refusedFor('noSuchAccount'));
    await assert.rejects(start('nonsense'), refusedFor('invalidScript'));
    for (let index = 0; index < 3; index += 1) await start('keep;');
    await assert.rejects(start('keep;'), refusedFor('tooMany'));
    assert.equal(await work(), 3);
  });
});
