/**
 * An IMAP client (RFC 9051) that does no more than a load needs: it sends a line, counts what comes back and resolves
 * at the tagged answer. It skips literals by their length, as every client must, and keeps nothing it is not asked for.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Answered {
  /** The tagged line, without its end. */
  readonly line: string;
  /** Octets of the whole answer. */
  readonly octets: number;
  /** Untagged lines, only where they were asked for. */
  readonly untagged: readonly string[];
}

interface Waiting {
  readonly tag: string;
  readonly keeps: boolean;
  readonly untagged: string[];
  octets: number;
  readonly resolve: (answered: Answered) => void;
  readonly reject: (error: Error) => void;
}

export class ImapClient {
  readonly #socket: Socket;
  #tagCount = 0;
  readonly #waiting: Waiting[] = [];
  #partial: Buffer | undefined;
  #literalLeft = 0;
  #failure: Error | undefined;
  #onContinue: (() => void) | undefined;
  #onUntagged: ((line: string) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('close', () => this.#fail(new Error('IMAP closed')));
    socket.on('error', (error) => this.#fail(error));
  }

  static async open(port: number): Promise<ImapClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const client = new ImapClient(socket);
    await new Promise<void>((resolve) => client.listen(() => resolve()));
    client.listen(undefined);
    return client;
  }

  static async login(port: number, userName: string, password: string): Promise<ImapClient> {
    const client = await ImapClient.open(port);
    await client.run(`LOGIN ${userName} ${password}`);
    return client;
  }

  /** @throws {Error} unless the answer is OK. */
  async run(command: string, keeps = false): Promise<Answered> {
    const waiting = this.#send(command, keeps);
    this.#socket.write(`${waiting.tag} ${command}\r\n`);
    return await checked(command, waiting.answered);
  }

  /** APPEND with a synchronising literal (RFC 9051 §6.3.12): the message goes when the server says so. */
  async append(mailbox: string, message: Buffer, keeps = false): Promise<Answered> {
    const command = `APPEND ${mailbox} {${message.length}}`;
    const waiting = this.#send(command, keeps);
    const goOn = new Promise<void>((resolve) => (this.#onContinue = resolve));
    this.#socket.write(`${waiting.tag} ${command}\r\n`);
    await Promise.race([goOn, waiting.answered]);
    this.#socket.cork();
    this.#socket.write(message);
    this.#socket.write('\r\n');
    this.#socket.uncork();
    return await checked(command, waiting.answered);
  }

  /** IDLE (RFC 9051 §6.3.13), begun when it resolves; `done` ends it. */
  async idle(): Promise<{ readonly done: () => Promise<Answered> }> {
    const waiting = this.#send('IDLE', false);
    const begun = new Promise<void>((resolve) => (this.#onContinue = resolve));
    this.#socket.write(`${waiting.tag} IDLE\r\n`);
    await begun;
    return {
      done: () => {
        this.#socket.write('DONE\r\n');
        return waiting.answered;
      },
    };
  }

  /** Hears every untagged line from now on. */
  listen(heard: ((line: string) => void) | undefined): void {
    this.#onUntagged = heard;
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(command: string, keeps: boolean) {
    const tag = `b${(this.#tagCount += 1)}`;
    const answered = new Promise<Answered>((resolve, reject) => {
      if (this.#failure) reject(this.#failure);
      this.#waiting.push({ tag, keeps, untagged: [], octets: command.length, resolve, reject });
    });
    // Whoever waits for `go on` first must not make this an unhandled one.
    answered.catch(() => {});
    return { tag, answered };
  }

  #receive(chunk: Buffer): void {
    const first = this.#waiting[0];
    if (first) first.octets += chunk.length;
    let data = chunk;
    if (this.#partial) {
      data = Buffer.concat([this.#partial, chunk]);
      this.#partial = undefined;
    }
    let at = 0;
    while (at < data.length) {
      if (this.#literalLeft > 0) {
        const taken = Math.min(this.#literalLeft, data.length - at);
        this.#literalLeft -= taken;
        at += taken;
        continue;
      }
      const end = data.indexOf(10, at);
      if (end === -1) {
        this.#partial = data.subarray(at);
        return;
      }
      // `{123}` before the line's end announces a literal; the answer goes on after it.
      if (data[end - 2] === 0x7d) this.#literalLeft = literalOctets(data, end - 2);
      this.#line(data, at, end - 1);
      at = end + 1;
    }
  }

  #line(data: Buffer, from: number, to: number): void {
    const first = this.#waiting[0];
    if (data[from] === 0x62 && first) {
      const line = data.toString('latin1', from, to);
      if (line.startsWith(`${first.tag} `)) {
        this.#waiting.shift();
        first.resolve({ line: line.slice(first.tag.length + 1), octets: first.octets, untagged: first.untagged });
        return;
      }
    }
    if (data[from] === 0x2b && this.#onContinue) {
      const goOn = this.#onContinue;
      this.#onContinue = undefined;
      goOn();
      return;
    }
    if (first?.keeps) first.untagged.push(data.toString('latin1', from, to));
    this.#onUntagged?.(data.toString('latin1', from, to));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}

async function checked(command: string, answered: Promise<Answered>): Promise<Answered> {
  const answer = await answered;
  if (!answer.line.startsWith('OK')) throw new Error(`${command.slice(0, 80)} was answered ${answer.line}`);
  return answer;
}

/** @param brace where `}` stands. @returns 0 when what stands before it is no number in braces. */
function literalOctets(data: Buffer, brace: number): number {
  let value = 0;
  let unit = 1;
  let at = brace - 1;
  for (; at >= 0; at -= 1) {
    const digit = (data[at] ?? 0) - 48;
    if (digit < 0 || digit > 9) break;
    value += digit * unit;
    unit *= 10;
  }
  return data[at] === 0x7b && unit > 1 ? value : 0;
}
