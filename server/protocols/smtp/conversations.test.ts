/** The conversations of SMTP and LMTP, played against the engine alone with a directory of a few lines behind it. */
import { type TestContext, test } from 'node:test';
import { listConversations, playConversation } from '#tools/conversations.ts';
import type { Lab, LabAccount, Ready } from '#tools/lab.ts';
import { printMailbox } from '#formats/smtp/path.ts';
import { fixtures } from '#conversations/given.ts';
import { operator } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { SmtpHandlers } from './handlers.ts';
import { startPort } from './port.testing.ts';

const domain = 'academie.example';

for (const { path, conversation } of listConversations()) {
  if (!/^conversations\/(?:smtp|lmtp)\//.test(path)) continue;
  test(conversation.title, async (t) => {
    const accounts = new Map<string, LabAccount>();
    await playConversation(path, conversation, labOf(accounts), await startPorts(t, accounts), fixtures);
  });
}

async function startPorts(t: TestContext, accounts: Map<string, LabAccount>): Promise<Ready> {
  const handlers = handlersOf(accounts);
  const ports: Record<string, number> = {};
  for (const [head, kind] of [
    ['smtp', 'mx'],
    ['lmtp', 'lmtp'],
    ['submission', 'submission'],
  ] as const) {
    const port = await startPort(kind, {}, handlers);
    t.after(port.close);
    ports[head] = port.server.port;
  }
  return { url: 'http://localhost', ports, accounts: [] };
}

function handlersOf(accounts: Map<string, LabAccount>): Partial<SmtpHandlers<string, string>> {
  let loggedIn = '';
  return {
    authenticate(_, credentials) {
      const account = credentials.kind === 'password' ? accounts.get(`${credentials.userName}@${domain}`) : undefined;
      if (!account || credentials.kind !== 'password' || credentials.password !== account.password) {
        throw new Refusal('badCredentials');
      }
      loggedIn = account.email;
      return operator;
    },
    mailFrom(session, path) {
      const address = printMailbox(path);
      if (session.kind === 'submission' && address !== loggedIn) throw new Refusal('forbiddenMailFrom');
      return address;
    },
    rcptTo(_, path) {
      const address = printMailbox(path);
      if (!address.endsWith(`@${domain}`)) throw new Refusal('noSuchDomain');
      if (!accounts.has(address)) throw new Refusal('noSuchRecipient');
      return address;
    },
    message: () => ({ kind: 'accepted', reference: undefined }),
  };
}

function labOf(accounts: Map<string, LabAccount>): Lab {
  const notHere = () => Promise.reject(new Error('there is no whole server here'));
  return {
    start: notHere,
    stop: notHere,
    kill: notHere,
    pli: notHere,
    addAccount(userName) {
      const account = { userName, email: `${userName}@${domain}`, password: `p-${userName}` };
      accounts.set(account.email, account);
      return Promise.resolve(account);
    },
    pid: () => undefined,
  };
}
