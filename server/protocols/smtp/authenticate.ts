/** AUTH (RFC 4954 §4) on submission: the exchange of one mechanism, then one question to the handler. */
import { MAX_AUTH_LINE_OCTETS } from '#formats/smtp/command.ts';
import { printReply } from '#formats/smtp/reply.ts';
import { Refusal } from '#server/access/refusal.ts';
import { type Dialogue, answer, replyToThrown } from './dialogue.ts';
import { mayAuthenticate } from './hello.ts';
import { type Broken, exchange, mechanisms, readResponse } from '#server/protocols/sasl.ts';
import { challenge, own } from './say.ts';

export async function authenticate<S, R>(
  dialogue: Dialogue<S, R>,
  name: string,
  initialResponse: string | undefined,
): Promise<void> {
  const { session, options, handlers } = dialogue;
  if (session.kind !== 'submission') return answer(dialogue, own.notHere);
  if (!session.hello) return answer(dialogue, own.helloFirst);
  if (session.actor) return answer(dialogue, own.authAlready);
  if (dialogue.transaction) return answer(dialogue, own.authInMessage);
  const offered = options.mechanisms.find((mechanism) => mechanism === name);
  if (!offered) return answer(dialogue, own.noSuchMechanism);
  if (!mayAuthenticate(dialogue)) return answer(dialogue, own.authNeedsTls);
  const mechanism = mechanisms[offered];
  const credentials = await exchange(mechanism, initialResponse, (asked) => respond(dialogue, asked));
  if (credentials === 'gone') return undefined;
  if (credentials === 'cancelled') return answer(dialogue, own.authCancelled);
  if (credentials === 'badResponse') return answer(dialogue, own.badBase64);
  try {
    session.actor = await handlers.authenticate(session, credentials);
    handlers.entered?.(session, () => dialogue.connection.stopSoon('ended'));
    return answer(dialogue, own.authenticated);
  } catch (error) {
    if (error instanceof Refusal) dialogue.authFailures += 1;
    if (mechanism.isToken) {
      // the client answers with nothing of interest (RFC 7628 §3.2.3)
      const failure = (await handlers.tokenFailure?.(error)) ?? '{"status":"invalid_token"}';
      if ((await respond(dialogue, failure)) === 'gone') return undefined;
    }
    return answer(dialogue, replyToThrown(dialogue, error, own.authFault));
  }
}

async function respond<S, R>({ connection, limits }: Dialogue<S, R>, asked: string): Promise<Uint8Array | Broken> {
  connection.say(printReply(challenge(Buffer.from(asked).toString('base64'))));
  const line = await connection.nextLine(MAX_AUTH_LINE_OCTETS, limits.commandTimeoutMs);
  if (!line) return 'gone';
  return line.kind === 'text' ? readResponse(line.text) : 'badResponse';
}
