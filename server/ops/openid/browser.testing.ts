/** A browser without a screen, for tests: cookies by path, redirects one at a time, and the page's two questions. */
import assert from 'node:assert/strict';

interface Cookie {
  readonly value: string;
  readonly path: string;
}

export class Browser {
  readonly #base: string;
  readonly #cookies = new Map<string, Cookie>();

  constructor(base: string) {
    this.#base = base;
  }

  async fetch(address: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(address, this.#base);
    const cookie = [...this.#cookies]
      .filter(
        ([, { path }]) => url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`),
      )
      .map(([name, { value }]) => `${name.split(' ')[0]}=${value}`)
      .join('; ');
    const headers = { ...Object.fromEntries(new Headers(init.headers)), ...(cookie !== '' && { cookie }) };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return response;
  }

  post(address: string, body: object): Promise<Response> {
    const headers = { 'content-type': 'application/json', 'x-pli-client': 'web' };
    return this.fetch(address, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  async logIn({ email, password }: { readonly email: string; readonly password: string }): Promise<void> {
    const answer = await this.post('/auth/login', { userName: email, password });
    assert.equal(answer.status, 200);
  }

  /** Follows redirects of ours. @returns where it ends: a page of the web client, or another site. */
  async go(address: string): Promise<string> {
    for (let next = address; ;) {
      const url = new URL(next, this.#base);
      if (url.origin !== this.#base || /^\/openid\/(?:interaction|error|logout|logged-out)/.test(url.pathname))
        return next;
      const response = await this.fetch(next);
      const location = response.headers.get('location');
      assert.ok(location !== null, `${next} leads nowhere: ${response.status} ${await response.text()}`);
      next = location;
    }
  }

  async state(page: string): Promise<Record<string, unknown>> {
    return parse(await this.fetch(`${new URL(page, this.#base).pathname}/state`));
  }

  /** Says yes or no. @returns where one goes on to. */
  async answer(page: string, word: 'yes' | 'no' | ''): Promise<string> {
    const response = await this.post(`${new URL(page, this.#base).pathname}/answer`, { answer: word });
    const answer = await parse(response);
    assert.equal(answer['kind'], 'done', JSON.stringify(answer));
    return String(answer['location']);
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(/; */);
    const at = pair.indexOf('=');
    const path = attributes.find((one) => /^path=/i.test(one))?.slice(5) ?? '/';
    const name = `${pair.slice(0, at)} ${path}`;
    const value = pair.slice(at + 1);
    const hasEnded = attributes.some((one) => /^expires=Thu, 01 Jan 1970/i.test(one));
    if (value === '' || hasEnded) this.#cookies.delete(name);
    else this.#cookies.set(name, { value, path });
  }
}

async function parse(response: Response): Promise<Record<string, unknown>> {
  const value: unknown = await response.json();
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
