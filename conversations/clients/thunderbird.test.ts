/**
 * Thunderbird, as a secretary uses it: an address and a password are enough to set it up; it reads, marks, labels, moves,
 * answers and deletes, and the web client's side of the house (JMAP) shows the same.
 */
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { portOf, until } from '#conversations/hard/house.ts';
import { listOf, openJmap, recordOf, textOf, type Jmap, type Values } from '#conversations/hard/jmap.ts';
import { writeLetter } from '#conversations/hard/letters.ts';
import { LmtpSender } from '#conversations/hard/lmtp-sender.ts';
import { planLab, type LabAccount, type Ready } from '#tools/lab.ts';
import { needMailClient } from '#tools/needs/mail-clients.ts';
import { temporaryFolder } from '#tools/testing/folder.ts';
import { startThunderbird, type Thunderbird } from './marionette.ts';

const lab = planLab({ folder: temporaryFolder(), env: { PLI_PUBLIC_HOST: 'localhost' } });
let ready: Ready;
let account: LabAccount;
let jmap: Jmap;
let program: Thunderbird;
let closeProxy: () => void;

before(async () => {
  ready = await lab.start();
  account = await lab.addAccount('secretaire');
  jmap = await openJmap(ready.url, account);
  const proxy = await startProxy(new URL(ready.url));
  closeProxy = proxy.close;
  program = await startThunderbird(needMailClient('thunderbird'), temporaryFolder(), [
    // Names of our domain lead to the test's server; it has no certificate for them, so the questions go in clear.
    ['network.proxy.type', 1],
    ['network.proxy.http', '127.0.0.1'],
    ['network.proxy.http_port', proxy.port],
    ['mailnews.auto_config.fetchFromISP.sslOnly', false],
    ['mailnews.start_page.enabled', false],
    ['mail.biff.show_alert', false],
    ['mailnews.database.global.indexer.enabled', false],
    ['datareporting.policy.dataSubmissionPolicyBypassNotification', true],
  ]);
});
after(async () => {
  await program.close();
  closeProxy();
  await lab.kill();
});

async function deliver(number: number): Promise<void> {
  const sender = await LmtpSender.open(portOf(ready, 'lmtp'));
  const [fate] = await sender.deliver(
    'chef@ailleurs.example',
    [account.email],
    writeLetter(number, 400, [account.email]).octets,
  );
  assert.equal(fate?.kind, 'delivered');
  sender.close();
}

/** Emails as JMAP sees them, by subject. */
async function emails(): Promise<ReadonlyMap<string, Values>> {
  const { ids } = await jmap.must('Email/query');
  const { list } = await jmap.must('Email/get', { ids, properties: ['subject', 'keywords', 'mailboxIds'] });
  return new Map(listOf(list).map((email) => [textOf(recordOf(email)['subject']), recordOf(email)]));
}

async function mailboxId(role: string): Promise<string> {
  const { ids } = await jmap.must('Mailbox/query', { filter: { role } });
  return textOf(listOf(ids)[0]);
}

const isIn = (email: Values | undefined, id: string): boolean => recordOf(email?.['mailboxIds'])[id] === true;
const hasKeyword = (email: Values | undefined, keyword: string): boolean =>
  recordOf(email?.['keywords'])[keyword] === true;

/** What every script below begins with. */
const prologue = `
  const { MailServices } = ChromeUtils.importESModule('resource:///modules/MailServices.sys.mjs');
  const { setTimeout } = ChromeUtils.importESModule('resource://gre/modules/Timer.sys.mjs');
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const until = async (what, isTrue) => { for (let tries = 0; tries < 900; tries += 1) { if (await isTrue()) return; await pause(100); } throw new Error('never: ' + what); };
  const server = () => MailServices.accounts.accounts.find((account) => account.incomingServer.type === 'imap').incomingServer;
  const mailWindow = () => Services.wm.getMostRecentWindow('mail:3pane').msgWindow;
  const inbox = () => server().rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Inbox);
  const letter = (number) => [...inbox().messages].find((header) => header.mime2DecodedSubject === 'lettre ' + number);
`;
const act = (body: string, values: readonly unknown[] = []) => program.run(prologue + body, values);

test('an address and a password are enough to set it up', async () => {
  await deliver(1);
  await deliver(2);
  const found = await act(
    `Components.classes['@mozilla.org/security/certoverride;1'].getService(Ci.nsICertOverrideService)
       .setDisableAllSecurityChecksAndLetAttackersInterceptMyData(true);
     const { FetchConfig } = ChromeUtils.importESModule('resource:///modules/accountcreation/FetchConfig.sys.mjs');
     const { AccountConfig } = ChromeUtils.importESModule('resource:///modules/accountcreation/AccountConfig.sys.mjs');
     const { CreateInBackend } = ChromeUtils.importESModule('resource:///modules/accountcreation/CreateInBackend.sys.mjs');
     const [email, password] = values;
     const config = await FetchConfig.fromISP(email.split('@')[1], email, new AbortController().signal);
     AccountConfig.replaceVariables(config, 'Anne Secrétaire', email, password);
     config.incoming.password = password;
     config.outgoing.password = password;
     config.rememberPassword = true;
     Services.prefs.setIntPref('network.proxy.type', 0);
     await CreateInBackend.createAccountInBackend(config);
     const { incoming, outgoing } = config;
     return { incoming: [incoming.type, incoming.port, incoming.socketType, incoming.username], outgoing: [outgoing.port, outgoing.socketType] };`,
    [account.email, account.password],
  );
  // socketType 3 is TLS from the first octet.
  assert.deepEqual(found, {
    incoming: ['imap', portOf(ready, 'imaps'), 3, account.email],
    outgoing: [portOf(ready, 'submissions'), 3],
  });
});

test('it finds the mailboxes and their parts, and what lies in the inbox', async () => {
  const seen = await act(`
    await until('its window', () => Services.wm.getMostRecentWindow('mail:3pane')?.msgWindow);
    // The inbox, since that is what fetches the password; the other mailboxes come with it.
    server().rootFolder.subFolders[0].updateFolder(mailWindow());
    await until('folders', () => server().rootFolder.subFolders.length > 3);
    await until('two letters', () => [...inbox().messages].length === 2);
    const special = (flag) => server().rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags[flag])?.URI.split('/').pop();
    return { sent: special('SentMail'), drafts: special('Drafts'), trash: special('Trash'), junk: special('Junk'), archive: special('Archive'),
      subjects: [...inbox().messages].map((header) => header.mime2DecodedSubject).sort() };`);
  const { subjects, ...special } = recordOf(seen);
  assert.deepEqual(subjects, ['lettre 1', 'lettre 2']);
  assert.ok(
    Object.values(special).every((name) => typeof name === 'string' && name !== ''),
    JSON.stringify(special),
  );
});

test('what arrives is announced by IDLE, without asking', async () => {
  await deliver(3);
  await act(`await until('the third letter', () => letter(3) !== undefined);`);
});

test('reading, starring, tagging and moving there is seen here', async () => {
  const body = await act(`
    const { MsgHdrToMimeMessage } = ChromeUtils.importESModule('resource:///modules/gloda/MimeMessage.sys.mjs');
    return await new Promise((resolve) => MsgHdrToMimeMessage(letter(1), null, (header, message) => resolve(message.coerceBodyToPlaintext(inbox())), true));`);
  assert.match(textOf(body), /Ceci est la lettre 1\./);
  await act(`
    inbox().markMessagesRead([letter(1)], true);
    inbox().markMessagesFlagged([letter(1)], true);
    inbox().addKeywordsToMessages([letter(1)], '$label1');
    MailServices.copy.copyMessages(inbox(), [letter(2)], server().rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Archive), true, null, mailWindow(), false);`);
  const archive = await mailboxId('archive');
  await until(async () => {
    const all = await emails();
    const first = all.get('lettre 1');
    return (
      ['$seen', '$flagged', '$label1'].every((keyword) => hasKeyword(first, keyword)) &&
      isIn(all.get('lettre 2'), archive)
    );
  });
});

test('what is done here is seen there', async () => {
  const { ids } = await jmap.must('Email/query', { filter: { subject: 'lettre 3' } });
  const id = textOf(listOf(ids)[0]);
  await jmap.must('Email/set', { update: { [id]: { 'keywords/$flagged': true, 'keywords/$seen': true } } });
  await act(`await until('the star', () => letter(3).isFlagged && letter(3).isRead);`);
});

test('an answer goes out, and stands in the sent mailbox', async () => {
  const sent = await mailboxId('sent');
  await act(
    `
    const uri = inbox().getUriForMsg(letter(1));
    MailServices.compose.OpenComposeWindow(null, letter(1), uri, Ci.nsIMsgCompType.ReplyToSender, Ci.nsIMsgCompFormat.PlainText,
      MailServices.accounts.defaultAccount.defaultIdentity, null, null);
    let window;
    await until('a compose window', () => (window = Services.wm.getMostRecentWindow('msgcompose')) && window.gMsgCompose && window.ComposeFieldsReady);
    await pause(1000);
    window.document.getElementById('toAddrInput').value = values[0];
    window.recipientAddPills(window.document.getElementById('toAddrInput'));
    await window.GenericSendMessage(Ci.nsIMsgCompDeliverMode.Now);
    await until('the window closed', () => window.closed);`,
    [account.email],
  );
  const answered = { inMailbox: sent, subject: 'Re: lettre 1' };
  await until(async () => listOf((await jmap.must('Email/query', { filter: answered }))['ids']).length === 1);
  await act(
    `await until('it comes in', () => [...inbox().messages].some((header) => header.mime2DecodedSubject.includes('lettre 1') && header !== letter(1) && header.flags & Ci.nsMsgMessageFlags.HasRe));`,
  );
  await until(async () => hasKeyword((await emails()).get('lettre 1'), '$answered'));
});

test('what is deleted there lies in the trash here', async () => {
  const trash = await mailboxId('trash');
  await act(`inbox().deleteMessages([letter(3)], mailWindow(), false, false, null, false);`);
  await until(async () => isIn((await emails()).get('lettre 3'), trash));
});

/** A proxy for every name: the server of the test answers, and hears the name that was asked for. */
async function startProxy(target: URL): Promise<{ readonly port: number; readonly close: () => void }> {
  const proxy = createServer((asked, answer) => {
    const url = new URL(asked.url ?? '/', target);
    const options = { host: target.hostname, port: target.port, path: url.pathname + url.search, method: asked.method };
    const forwarded = request({ ...options, headers: { ...asked.headers, host: url.host } }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    forwarded.on('error', () => answer.writeHead(502).end());
    asked.pipe(forwarded);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    close: () => {
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}
