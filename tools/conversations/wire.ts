/**
 * One person's connection in a conversation: octets out, lines in. A line ends with LF and is given without its line
 * break, read as UTF-8, with octets that are no UTF-8 kept visible as U+FFFD.
 */
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';

const lineTimeoutMs = 45_000;
const silenceMs = 300;

export class Wire {
  #socket: Socket;
  #buffer = Buffer.alloc(0);
  #isEnded = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen();
  }

  /** @param isTls whether TLS begins with the first octet. */
  static async open(port: number, isTls: boolean): Promise<Wire> {
    const socket = connectTcp(port, '127.0.0.1');
    await once(socket, 'connect');
    const wire = new Wire(socket);
    if (isTls) await wire.startTls();
    return wire;
  }

  /** The certificate is the server's own, made at its first start: nobody vouches for it. */
  async startTls(): Promise<void> {
    this.#socket.removeAllListeners('data');
    this.#socket.removeAllListeners('end');
    const secured = connectTls({ socket: this.#socket, rejectUnauthorized: false });
    await once(secured, 'secureConnect');
    this.#socket = secured;
    this.#listen();
  }

  write(octets: Uint8Array): void {
    this.#socket.write(octets);
  }

  /** @returns the next line, or undefined when the server has closed. @throws {Error} when neither comes in time. */
  async readLine(): Promise<string | undefined> {
    const deadline = Date.now() + lineTimeoutMs;
    for (;;) {
      const end = this.#buffer.indexOf(10);
      if (end >= 0) {
        const line = this.#buffer.subarray(0, end).toString('utf8').replace(/\r$/, '');
        this.#buffer = this.#buffer.subarray(end + 1);
        return line;
      }
      if (this.#isEnded) return undefined;
      if (Date.now() >= deadline) throw new Error(`nothing came within ${lineTimeoutMs / 1000} s`);
      await this.#change(deadline - Date.now());
    }
  }

  /** @returns what came although nothing should have, or undefined after a moment of silence. */
  async readNoise(): Promise<string | undefined> {
    await sleep(silenceMs);
    return this.#buffer.length > 0 ? this.#buffer.toString('utf8') : undefined;
  }

  close(): void {
    this.#socket.destroy();
  }

  #listen(): void {
    this.#socket.on('data', (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      this.#wake();
    });
    const ended = (): void => {
      this.#isEnded = true;
      this.#wake();
    };
    this.#socket.on('end', ended);
    this.#socket.on('close', ended);
    this.#socket.on('error', ended); // a reset is an end like any other to who listens
  }

  #change(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
