/**
 * What becomes of a message that comes in, by its recipient's script. Longer than other files because every case needs
 * the same academy with its clock and the same server elsewhere, which are opened once for each database.
 */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import { parseMessage } from '#formats/message/parse.ts';
import { operator } from '#server/access/actor.ts';
import { putGlobalScript } from '#server/filters/globals.ts';
import { setFilterPolicy } from '#server/filters/policy.ts';
import { activateScript, putScript } from '#server/filters/scripts/change.ts';
import { changeVacation } from '#server/filters/vacation/change.ts';
import { annotate } from '#server/mail/annotations/annotate.ts';
import { flagBits } from '#server/mail/keywords.ts';
import { mailboxPlaces } from '#server/mail/mailboxes/locate.ts';
import { changePolicy } from '#server/policies/policies.ts';
import { listTrace } from '#server/records/trace.ts';
import { rows } from '#server/store/statement.ts';
import { read } from '#server/store/store.ts';
import { openAcademy, type TestAcademy, type TestSender } from '#server/submission/sender.testing.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { type Sink, startSink } from '#tools/testing/mail-sink.ts';

import { emailsOf, messageTo, receive, type StoredEmail, useScript } from '#server/filters/filters.testing.ts';

forEachDatabase((_name, databaseUrl, folder) => {
  let academy: TestAcademy;
  let sink: Sink;
  let alice: TestSender;
  /** What the other server had taken when the test began. */
  let takenBefore = 0;

  before(async () => {
    sink = await startSink('127.0.0.2');
    academy = await openAcademy(databaseUrl, folder, { portOf: () => sink.port });
    academy.mx.set('elsewhere.example', {
      kind: 'found',
      records: [{ exchange: 'mx.elsewhere.example', priority: 1 }],
    });
    academy.addresses.set('mx.elsewhere.example', ['127.0.0.2']);
    alice = academy.alice;
  });
  after(async () => {
    await sink.close();
    await academy.store.close();
  });
  beforeEach(async () => {
    // Another day: nothing of before is remembered.
    academy.turnClock(30 * 86_400_000);
    await changeVacation(academy.store, alice.actor, alice.accountId, { isEnabled: false });
    await activateScript(academy.store, alice.actor, alice.accountId, null);
    takenBefore = sink.taken.length;
  });

  /** Runs one message through alice's script. @returns her emails that came of it. */
  async function through(
    script: string,
    message = messageTo(alice.email),
    mailFrom?: string,
  ): Promise<readonly StoredEmail[]> {
    await useScript(academy, alice, script);
    const known = (await emailsOf(academy, alice)).length;
    await receive(academy, message, alice.email, mailFrom);
    return (await emailsOf(academy, alice)).slice(known);
  }

  async function sent(): Promise<
    readonly { readonly from: string; readonly to: readonly string[]; readonly text: string }[]
  > {
    await academy.runDue();
    return sink.taken.slice(takenBefore).map(({ mailFrom, recipients, octets }) => ({
      from: mailFrom,
      to: recipients.map(({ address }) => address),
      text: Buffer.from(octets).toString(),
    }));
  }

  describe('filing', () => {
    test('a message goes where the script says, with its flags, and the passport tells why', async () => {
      const [email, ...others] = await through(
        'require ["fileinto","mailbox","imap4flags"];\r\nfileinto :create :flags ["\\\\Seen","classe"] "Classes/4e B";',
      );
      assert.deepEqual(others, []);
      assert.deepEqual(email?.mailboxes, ['4e B']);
      assert.equal((email?.flags ?? 0) & flagBits.$seen, flagBits.$seen);
      assert.deepEqual(email?.keywords, ['classe']);
      assert.deepEqual(email?.stops, [
        { script: 'filtre', action: 'fileinto', line: 2, mailbox: 'Classes/4e B', flags: String.raw`\Seen classe` },
      ]);
    });

    test('two places and one set of flags are one email; a copy with other flags is another', async () => {
      const one = await through('require ["fileinto","mailbox","copy"]; fileinto :copy :create "Copies"; keep;');
      assert.deepEqual(
        one.map(({ mailboxes }) => mailboxes),
        [['Copies', 'Inbox']],
      );
      const two = await through(
        'require ["fileinto","mailbox","copy","imap4flags"]; fileinto :copy :create :flags "\\\\Seen" "Copies"; keep;',
      );
      assert.deepEqual(
        two.map(({ mailboxes }) => mailboxes),
        [['Copies'], ['Inbox']],
      );
    });

    test('what cannot be filed where it should is in the inbox, and the owner hears of it once a day', async () => {
      const script = 'require "fileinto"; fileinto "Nulle part";';
      const [email, notice] = await through(script);
      assert.deepEqual(email?.mailboxes, ['Inbox']);
      assert.equal(email?.stops[0]?.['result'], 'noSuchMailbox');
      assert.deepEqual(notice?.mailboxes, ['Inbox']);
      assert.match(notice?.text ?? '', /Auto-Submitted: auto-generated/);
      assert.match(notice?.text ?? '', /Nulle part/);
      assert.equal((await through(script)).length, 1);
      academy.turnClock(25 * 3_600_000);
      assert.equal((await through(script)).length, 2);
    });

    test('a script that fails keeps the message, and says at which line', async () => {
      const [email, notice] = await through('require "ihave";\r\nkeep;\r\nerror "Panne voulue";');
      assert.deepEqual(email?.mailboxes, ['Inbox']);
      assert.equal(email?.stops[0]?.['action'], 'fail');
      assert.equal(email?.stops[0]?.['line'], 3);
      assert.match(notice?.text ?? '', /Panne voulue/);
    });

    test('a script that asks again and again after hard work ends in time, and keeps the message', async () => {
      const asks = Array.from({ length: 1_500 }, (_, n) => `if duplicate :uniqueid "${n}" {}`).join('\r\n');
      const script = `require ["body","duplicate","regex"]; if body :raw :regex "(a|b)*(a|b)(a|b)c" {} ${asks}`;
      const long = messageTo(alice.email, {}, 'abab'.repeat(20_000));
      const started = process.threadCpuUsage();
      const [email] = await through(script, long);
      const { user, system } = process.threadCpuUsage(started);
      assert.ok((user + system) / 1_000 < 4_000, `${(user + system) / 1_000} ms`);
      assert.deepEqual(email?.mailboxes, ['Inbox']);
      assert.equal(email?.stops[0]?.['action'], 'fail');
    });

    test('a discarded message leaves no email, and a line in the trace', async () => {
      assert.deepEqual(await through('discard;'), []);
      const [line] = await listTrace(academy.store, academy.tenantId, { accountId: alice.accountId });
      assert.equal(line?.verb, 'filterAway');
    });

    test('a header added by the script is in what is filed', async () => {
      const [email] = await through('require "editheader"; addheader "X-Test" "vu";');
      assert.match(email?.text ?? '', /^X-Test: vu\r\n/);
    });

    test('other recipients of the same message are not concerned', async () => {
      await useScript(academy, alice, 'discard;');
      const known = (await emailsOf(academy, academy.bruno)).length;
      await receive(academy, messageTo(alice.email), [alice.email, academy.bruno.email]);
      assert.equal((await emailsOf(academy, academy.bruno)).length, known + 1);
    });

    test('the scripts of the institution and one’s own can be included', async () => {
      const { store, tenantId } = academy;
      const global = Buffer.from('require "imap4flags"; addflag "institution";');
      await putGlobalScript(store, operator, tenantId, { name: 'commun', content: global });
      const personal = Buffer.from('require "imap4flags"; addflag "personnel";');
      await putScript(store, alice.actor, alice.accountId, { name: 'à moi', content: personal, origin: 'jmap' });
      const [email] = await through('require "include"; include :global "commun"; include "à moi";');
      assert.deepEqual(email?.keywords, ['institution', 'personnel']);
    });

    test('duplicates are known for as long as the script says', async () => {
      const script =
        'require ["duplicate","fileinto","mailbox"]; if duplicate :seconds 3600 { fileinto :create "Doubles"; }';
      const message = messageTo(alice.email);
      assert.deepEqual((await through(script, message))[0]?.mailboxes, ['Inbox']);
      assert.deepEqual((await through(script, message))[0]?.mailboxes, ['Doubles']);
      academy.turnClock(3_700_000);
      assert.deepEqual((await through(script, message))[0]?.mailboxes, ['Inbox']);
    });

    test('of two copies at the same instant one is the duplicate', async () => {
      await useScript(
        academy,
        alice,
        'require ["duplicate","fileinto","mailbox"]; if duplicate { fileinto :create "Doubles"; }',
      );
      const message = messageTo(alice.email);
      const known = (await emailsOf(academy, alice)).length;
      await Promise.all([1, 2, 3].map(() => receive(academy, message, alice.email)));
      const places = (await emailsOf(academy, alice)).slice(known).flatMap(({ mailboxes }) => mailboxes);
      assert.deepEqual(places.toSorted(), ['Doubles', 'Doubles', 'Inbox']);
    });

    test('a script that changes between two messages is the one that counts', async () => {
      const first = await through('require ["fileinto","mailbox"]; fileinto :create "Avant";');
      const second = await through('require ["fileinto","mailbox"]; fileinto :create "Après";');
      assert.deepEqual(
        [first, second].map(([email]) => email?.mailboxes),
        [['Avant'], ['Après']],
      );
    });

    test('a shared annotation of a mailbox can be asked for', async () => {
      const { store } = academy;
      const places = await read(store, (tx) => mailboxPlaces(tx, alice.accountId));
      const inbox = places.byRole('inbox');
      assert.ok(inbox !== undefined);
      const value = Buffer.from('à trier');
      await annotate(store, alice.actor, alice.accountId, inbox, [{ entry: '/shared/comment', value }]);
      const [email] = await through(`require ["mboxmetadata","fileinto","mailbox"];
        if metadata "INBOX" "/shared/comment" "à trier" { fileinto :create "Annotés"; }`);
      assert.deepEqual(email?.mailboxes, ['Annotés']);
    });

    test('the directory and whom one wrote to are lists', async () => {
      const script = `require ["extlists","fileinto","mailbox"];
        if header :list "x-sender" "urn:pli:params:sieve:directory" { fileinto :create "Collègues"; }`;
      const inside = await through(script, messageTo(alice.email, { 'X-Sender': academy.bruno.email }));
      const outside = await through(script, messageTo(alice.email, { 'X-Sender': 'zoe@elsewhere.example' }));
      assert.deepEqual(
        [inside, outside].map(([email]) => email?.mailboxes),
        [['Collègues'], ['Inbox']],
      );
    });
  });

  describe('refusing', () => {
    test('each recipient answers for themselves', async () => {
      await useScript(academy, alice, 'require "reject"; reject "Écrivez plutôt à l’accueil.";');
      const outcomes = await receive(academy, messageTo(alice.email), [alice.email, academy.bruno.email]);
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        ['refused', 'delivered'],
      );
      const [refused] = outcomes;
      assert.equal(refused?.kind === 'refused' && refused.refusal.reason, 'rejected');
      assert.equal(refused?.kind === 'refused' && refused.refusal.message, 'Écrivez plutôt à l’accueil.');
      const [line] = await listTrace(academy.store, academy.tenantId, { accountId: alice.accountId });
      assert.equal(line?.verb, 'filterReject');
    });

    test('a colleague whose message is refused hears why', async () => {
      await useScript(academy, academy.bruno, 'require "ereject"; ereject "Boîte fermée.";');
      const { submissionId } = await academy.send(
        `From: ${alice.email}\r\nTo: ${academy.bruno.email}\r\nDate: Mon, 23 Nov 2026 09:00:00 +0100\r\nMessage-ID: <${Math.random()}@x>\r\n\r\nBonjour\r\n`,
      );
      await academy.runDue();
      const [recipient] = (await academy.status(submissionId)).recipients;
      assert.equal(recipient?.smtpReply, '550 5.7.1 Boîte fermée.');
      assert.match((await academy.inbox(alice.accountId)).at(-1) ?? '', /5\.7\.1/);
      await activateScript(academy.store, academy.bruno.actor, academy.bruno.accountId, null);
    });
  });

  describe('forwarding', () => {
    test('leaves under the owner’s address, below what it came through, and keeps nothing', async () => {
      const message = messageTo(alice.email);
      assert.deepEqual(
        await through('redirect "ailleurs@elsewhere.example";', `Return-Path: <zoe@elsewhere.example>\r\n${message}`),
        [],
      );
      const [forward, ...more] = await sent();
      assert.deepEqual(more, []);
      assert.deepEqual([forward?.from, forward?.to], [alice.email, ['ailleurs@elsewhere.example']]);
      assert.ok(forward?.text.includes(message), 'the message is octet for octet what it was');
      assert.match(forward?.text ?? '', /Received: by localhost \(Pli\) with Sieve/);
      assert.ok(forward?.text.includes(`Delivered-To: ${alice.email}\r\n`));
      assert.ok(!forward?.text.includes('Return-Path'));
      const traces = await listTrace(academy.store, academy.tenantId, { accountId: alice.accountId });
      assert.deepEqual(
        traces
          .slice(0, 2)
          .map(({ verb }) => verb)
          .toSorted(),
        ['filterAway', 'forward'],
      );
    });

    test('a message from nobody is forwarded from nobody', async () => {
      await through('redirect "ailleurs@elsewhere.example";', messageTo(alice.email), '');
      assert.equal((await sent())[0]?.from, '');
    });

    test('a colleague gets it within the house', async () => {
      const known = (await emailsOf(academy, academy.bruno)).length;
      await through(`require "copy"; redirect :copy "${academy.bruno.email}";`);
      await academy.runDue();
      assert.equal((await emailsOf(academy, academy.bruno)).length, known + 1);
    });

    test('two colleagues who forward to each other do not send it round for ever', async () => {
      await useScript(academy, academy.bruno, `redirect "${alice.email}";`);
      const [kept] = await through(`redirect "${academy.bruno.email}";`);
      assert.equal(kept, undefined);
      await academy.runDue();
      const email = (await emailsOf(academy, alice)).findLast(({ stops }) =>
        stops.some(({ result }) => result === 'loop'),
      );
      assert.deepEqual(email?.mailboxes, ['Inbox']);
      await activateScript(academy.store, academy.bruno.actor, academy.bruno.accountId, null);
    });

    test('nor when each takes the traces out of it, or encloses it', async () => {
      const { bruno } = academy;
      const require = 'require ["editheader","enclose"];';
      const way = 'deleteheader "Delivered-To"; deleteheader "Received"; enclose "Voici.";';
      await useScript(academy, bruno, `${require} ${way} redirect "${alice.email}";`);
      const emails = await through(`${require} ${way} redirect "${bruno.email}";`);
      assert.deepEqual(emails, []);
      await academy.runDue();
      const [email, ...more] = (await emailsOf(academy, alice))
        .filter(({ stops }) => stops.some(({ result }) => result === 'loop'))
        .slice(-1);
      assert.deepEqual(more, []);
      assert.match(email?.text ?? '', /^Delivered-To: bruno/m);
      await activateScript(academy.store, bruno.actor, bruno.accountId, null);
    });

    test('the institution can forbid it to the outside, and the message is kept', async () => {
      await changePolicy(academy.store, operator, academy.tenantId, 'access', { forwardOutside: 'forbid' });
      const [email] = await through('redirect "ailleurs@elsewhere.example";');
      assert.deepEqual(email?.mailboxes, ['Inbox']);
      assert.equal(email?.stops[0]?.['result'], 'forbidden');
      assert.deepEqual(await sent(), []);
      await changePolicy(academy.store, operator, academy.tenantId, 'access', { forwardOutside: undefined });
    });

    test('so many a day and no more: the rest is kept', async () => {
      setFilterPolicy(academy.store, { sentPerDay: 2 });
      const kept: number[] = [];
      for (let index = 0; index < 4; index += 1)
        kept.push((await through('redirect "ailleurs@elsewhere.example";')).length);
      // The third is kept and told of; the fourth is kept.
      assert.deepEqual(kept, [0, 0, 2, 1]);
      assert.equal((await sent()).length, 2);
      setFilterPolicy(academy.store, { sentPerDay: 500 });
    });
  });

  describe('answering', () => {
    const vacation = 'require "vacation"; vacation :days 7 :subject "Absente" "Je reviens lundi.";';

    test('an absence answer goes to the sender once in its days', async () => {
      const message = messageTo(alice.email);
      await through(vacation, message);
      await through(vacation);
      const [answer, ...more] = await sent();
      assert.deepEqual(more, []);
      assert.deepEqual([answer?.from, answer?.to], ['', ['zoe@elsewhere.example']]);
      const text = answer?.text ?? '';
      assert.match(text, /^Subject: Absente\r$/m);
      assert.match(text, /^Auto-Submitted: auto-replied\r$/m);
      assert.ok(text.includes(`In-Reply-To: ${/Message-ID: (.*)\r/.exec(message)?.[1]}`));
      assert.ok(text.includes(`From: Alice Martin <${alice.email}>`));
      assert.match(text, /Je reviens lundi\./);
      academy.turnClock(8 * 86_400_000);
      await through(vacation);
      assert.equal((await sent()).length, 2);
    });

    test('nothing is answered to lists, programs, or what was not addressed to its owner', async () => {
      await through(vacation, messageTo(alice.email, { 'List-Id': '<liste.elsewhere.example>' }));
      await through(vacation, messageTo(alice.email, { 'Auto-Submitted': 'auto-replied' }));
      await through(vacation, messageTo('tous@elsewhere.example'));
      const [email] = await through(vacation, messageTo(alice.email, { Precedence: 'bulk' }));
      assert.deepEqual(await sent(), []);
      assert.equal(email?.stops.find(({ action }) => action === 'vacation')?.['because'], 'bulk');
    });

    test('nobody answers under a name that is not theirs', async () => {
      await through('require "vacation"; vacation :from "direction@elsewhere.example" "Absente.";');
      assert.ok((await sent())[0]?.text.includes(`From: Alice Martin <${alice.email}>`));
    });

    test('the answer of the settings has the same manners, its days, and its own words', async () => {
      const { store } = academy;
      const settings = {
        isEnabled: true,
        fromAt: academy.now() - 1000,
        untilAt: academy.now() + 86_400_000,
        subject: 'Congés "d’hiver"',
        textBody: 'De retour lundi.\r\n.\r\n"Bien" à vous \\ merci',
        htmlBody: '<p>De retour <b>lundi</b>.</p>',
      };
      await changeVacation(store, alice.actor, alice.accountId, settings);
      await receive(academy, messageTo(alice.email), alice.email);
      await receive(
        academy,
        messageTo(alice.email, { 'List-Id': '<l.example>' }),
        alice.email,
        'autre@elsewhere.example',
      );
      const [answer, ...more] = await sent();
      assert.deepEqual(more, []);
      assert.match(answer?.text ?? '', /multipart\/alternative/);
      assert.match(answer?.text ?? '', /"Bien" =C3=A0 vous \\ merci/);
      assert.match(answer?.text ?? '', /<b>lundi<\/b>/);
      academy.turnClock(2 * 86_400_000);
      await receive(academy, messageTo(alice.email), alice.email, 'encore@elsewhere.example');
      assert.equal((await sent()).length, 1);
    });

    test('beside a script it answers after it, unless the script answered', async () => {
      const { store } = academy;
      await changeVacation(store, alice.actor, alice.accountId, {
        isEnabled: true,
        fromAt: null,
        untilAt: null,
        subject: 'Réglage',
        textBody: 'x',
        htmlBody: null,
      });
      const [email] = await through('require "imap4flags"; addflag "vu";');
      assert.deepEqual(email?.keywords, ['vu']);
      assert.equal(parseMessage(Buffer.from((await sent())[0]?.text ?? '')).envelope.subject, 'Réglage');
      await through(vacation, messageTo(alice.email), 'autre@elsewhere.example');
      assert.deepEqual(
        (await sent()).map(({ text }) => /^Subject: Absente\r$/m.test(text)),
        [false, true],
      );
      await through('discard;', messageTo(alice.email), 'tiers@elsewhere.example');
      assert.equal((await sent()).length, 2);
    });
  });

  describe('telling', () => {
    test('a notification goes by mail and is not notified of itself', async () => {
      const script = 'require "enotify"; notify :message "Du courrier" "mailto:alerte@elsewhere.example";';
      await through(script);
      const [notice] = await sent();
      assert.deepEqual(notice?.to, ['alerte@elsewhere.example']);
      assert.match(notice?.text ?? '', /^Subject: Du courrier\r$/m);
      assert.match(notice?.text ?? '', /^Auto-Submitted: auto-notified/m);
      await through(script, messageTo(alice.email, { 'Auto-Submitted': 'auto-notified' }));
      assert.equal((await sent()).length, 1);
    });
  });

  test('an account that never had a filter is looked at by no further statement', async () => {
    const found = await read(academy.store, (tx) =>
      rows(tx, tx.q.selectFrom('account').select('states').where('id', '=', academy.school.accountId)),
    );
    assert.ok(!found[0]?.states.includes('Sieve'));
    const outcomes = await receive(academy, messageTo(academy.school.email), academy.school.email);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['delivered'],
    );
  });
});
