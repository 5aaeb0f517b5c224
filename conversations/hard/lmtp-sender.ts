/**
 * A sender by LMTP (RFC 2033) that keeps account as a mail server's queue does: what was acknowledged, what was put off,
 * and what it cannot know because the connection broke between its last octet and the answer.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What became of one recipient: `unknown` is the window in which both loss and keeping are possible. */
export type Fate =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'refused'; readonly code: number; readonly line: string }
  | { readonly kind: 'unsent' }
  | { readonly kind: 'unknown' };

export class LmtpSender {
  readonly #socket: Socket;
  #pending = '';
  readonly #replies: string[] = [];
  #wake: () => void = () => {};
  #isGone = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      const lines = (this.#pending + chunk.toString('latin1')).split('\r\n');
      this.#pending = lines.pop() ?? '';
      for (const line of lines) if (line[3] !== '-') this.#replies.push(line);
      this.#wake();
    });
    const gone = (): void => {
      this.#isGone = true;
      this.#wake();
    };
    socket.on('close', gone);
    socket.on('error', gone);
  }

  /** @throws {Error} when nobody answers, or not with 220 and 250. */
  static async open(port: number): Promise<LmtpSender> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const sender = new LmtpSender(socket);
    for (const said of [undefined, 'LHLO sender.example\r\n']) {
      if (said !== undefined) socket.write(said);
      const reply = await sender.#reply();
      if (reply === undefined || !reply.startsWith('2')) throw new Error(`LMTP began with ${reply ?? 'nothing'}`);
    }
    return sender;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /**
   * Delivers `message`, whose lines are made transparent here (RFC 5321 §4.5.2); pipelined.
   * @returns a fate for each recipient, in their order. Never throws: a broken connection is a fate too.
   */
  async deliver(from: string, recipients: readonly string[], message: Uint8Array): Promise<readonly Fate[]> {
    const all = (fate: Fate): readonly Fate[] => recipients.map(() => fate);
    this.#socket.write(
      [`MAIL FROM:<${from}>`, ...recipients.map((recipient) => `RCPT TO:<${recipient}>`), 'DATA', ''].join('\r\n'),
    );
    const mail = await this.#reply();
    if (mail === undefined) return all({ kind: 'unsent' });
    const answers: string[] = [];
    for (let at = 0; at < recipients.length; at++) {
      const answer = await this.#reply();
      if (answer === undefined) return all({ kind: 'unsent' });
      answers.push(answer);
    }
    const go = await this.#reply();
    if (go === undefined) return all({ kind: 'unsent' });
    if (!go.startsWith('354')) {
      // Nobody was accepted: the first refusal of the three says why.
      this.#socket.write('RSET\r\n');
      await this.#reply();
      return answers.map((answer) => refusal([mail, answer, go].find((line) => !line.startsWith('2')) ?? go));
    }
    this.#socket.cork();
    this.#socket.write(transparent(message));
    this.#socket.write('.\r\n');
    this.#socket.uncork();
    const fates: Fate[] = [];
    for (const answer of answers) {
      if (!answer.startsWith('2')) {
        fates.push(refusal(answer));
        continue;
      }
      const done = await this.#reply();
      if (done === undefined) fates.push({ kind: 'unknown' });
      else fates.push(done.startsWith('2') ? { kind: 'delivered' } : refusal(done));
    }
    return fates;
  }

  close(): void {
    this.#socket.destroy();
  }

  /** The next reply's last line; undefined once the connection is gone. */
  async #reply(): Promise<string | undefined> {
    while (this.#replies.length === 0 && !this.#isGone) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#replies.shift();
  }
}

function refusal(line: string): Fate {
  return { kind: 'refused', code: Number(line.slice(0, 3)), line };
}

const dot = 46;
const cr = 13;
const lf = 10;

/** Doubles a full stop that begins a line, and ends the last line where it does not. */
export function transparent(message: Uint8Array): Buffer {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (let at = message.indexOf(dot); at >= 0; at = message.indexOf(dot, at + 1)) {
    if (at > 0 && !(message[at - 1] === lf && message[at - 2] === cr)) continue;
    pieces.push(message.subarray(from, at), Buffer.from('.'));
    from = at;
  }
  pieces.push(message.subarray(from));
  const isEnded = message.length === 0 || (message.at(-1) === lf && message.at(-2) === cr);
  return Buffer.concat(isEnded ? pieces : [...pieces, Buffer.from('\r\n')]);
}
