/** A pipelining LMTP client (RFC 2033, RFC 2920) that does no more than a load needs. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export class LmtpClient {
  readonly #socket: Socket;
  #pending = '';
  readonly #replies: string[] = [];
  #wake: () => void = () => {};
  #failure: Error | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk.toString('latin1')));
    socket.on('close', () => this.#fail(new Error('LMTP closed')));
    socket.on('error', (error) => this.#fail(error));
  }

  static async open(port: number): Promise<LmtpClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const client = new LmtpClient(socket);
    await client.#expect('220');
    socket.write('LHLO bench.example\r\n');
    await client.#expect('250');
    return client;
  }

  /**
   * Delivers one message: MAIL, RCPT and DATA in one write, then the octets.
   *
   * @throws {Error} unless every recipient is acknowledged.
   */
  async deliver(from: string, recipients: readonly string[], message: Buffer): Promise<void> {
    const commands = [`MAIL FROM:<${from}>`, ...recipients.map((recipient) => `RCPT TO:<${recipient}>`), 'DATA', ''];
    this.#socket.write(commands.join('\r\n'));
    for (let at = 0; at <= recipients.length; at++) await this.#expect('250');
    await this.#expect('354');
    this.#socket.cork();
    this.#socket.write(message);
    this.#socket.write('.\r\n');
    this.#socket.uncork();
    for (let at = 0; at < recipients.length; at++) await this.#expect('250');
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(text: string): void {
    const lines = (this.#pending + text).split('\r\n');
    this.#pending = lines.pop() ?? '';
    for (const line of lines) if (line[3] !== '-') this.#replies.push(line);
    this.#wake();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }

  async #expect(code: string): Promise<void> {
    while (this.#replies.length === 0) {
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const reply = this.#replies.shift() ?? '';
    if (!reply.startsWith(code)) throw new Error(`LMTP answered ${reply} where ${code} was due`);
  }
}
