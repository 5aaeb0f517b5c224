/** What the mailboxes hold: messages unlike each other, a third of them in conversations, a few with a rare word. */
import { makeMessage } from '#bench/messages.ts';

const sender = 'claire.martin@bench.example';

/** Stands in one message of a thousand, in its body. */
export const rareNeedle = 'zygomatique';
/** Stands in most messages. */
export const commonNeedle = 'réunion';

export function* letters(to: string, count: number, sizeOctets: number): Generator<Buffer> {
  let root = '';
  for (let number = 0; number < count; number += 1) {
    const isReply = number % 3 === 2;
    const head = isReply ? `In-Reply-To: <${root}>\r\nReferences: <${root}>\r\n` : '';
    const tail = number % 1000 === 500 ? `${rareNeedle}\r\n` : '';
    const message = makeMessage(sender, to, sizeOctets - head.length - tail.length);
    if (!isReply) root = /^Message-ID: <(.*)>/m.exec(message.toString('latin1', 0, 1000))?.[1] ?? '';
    yield Buffer.concat([Buffer.from(head), message, Buffer.from(tail)]);
  }
}
