/** For the tests of this folder: a house whose mail is asked for over HTTP, as any client would. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isArray, isObject, type Json, type JsonObject } from '#formats/jmap/json.ts';
import { type Search, startSearch } from '#server/search/start.ts';
import { openStore, type StoreOptions } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { openTestHouse, type TestHouse, type TestPerson } from '#tools/testing/house.ts';

import {
  mailCapability,
  pliMailCapability,
  submissionCapability,
  coreCapability,
} from '#server/protocols/jmap/capabilities.ts';
import { jmapHead } from '#server/protocols/jmap/head.ts';
import { capabilities, registry } from '#server/protocols/jmap/methods.ts';

export type Arguments = Readonly<Record<string, Json>>;

export interface MailHouse extends TestHouse {
  readonly store: Store;
  readonly url: string;
  close(): Promise<void>;
}

/** A house with alice and bruno; words are indexed. */
export async function openMailHouse(databaseUrl: string): Promise<MailHouse> {
  const folder = mkdtempSync(join(tmpdir(), 'pli-mail-'));
  const options: StoreOptions = { databaseUrl, blobsUrl: `file:${folder}` };
  const store = await openStore(options);
  const search: Search = startSearch(store, options, { isIndexing: true });
  const test = await openTestHouse(store);
  const hasSubmission = capabilities.some(({ urn }) => urn === submissionCapability);
  const known = hasSubmission ? capabilities : [...capabilities, { urn: submissionCapability, session: () => ({}) }];
  const server = await test.start([jmapHead({ registry, capabilities: known })]);
  return {
    ...test,
    store,
    url: server.url,
    async close() {
      await server.close();
      await search.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface Client {
  readonly person: TestPerson;
  /** Calls one method on the person's own account unless `args` says otherwise. @throws {Error} where it is refused. */
  call(name: string, args: Arguments): Promise<JsonObject>;
  /** The type of the error one method is refused with. */
  refused(name: string, args: Arguments): Promise<string>;
  /** Several in one request. @returns name and arguments of each answer. */
  request(calls: readonly (readonly [string, Arguments])[], using?: readonly string[]): Promise<readonly Answer[]>;
  /** @returns the blobId. */
  upload(octets: string | Uint8Array<ArrayBuffer>): Promise<string>;
  fetch(path: string): Promise<Response>;
}

export type Answer = readonly [string, JsonObject];

const allUsing = [coreCapability, mailCapability, submissionCapability, pliMailCapability];

export function clientOf({ url }: MailHouse, person: TestPerson): Client {
  const headers = { authorization: person.basic };
  const request: Client['request'] = async (calls, using = allUsing) => {
    const methodCalls = calls.map(([name, args], index) => [
      name,
      { accountId: person.jmapAccountId, ...args },
      `c${index}`,
    ]);
    const answer = await fetch(`${url}/jmap/api`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ using, methodCalls }),
    });
    const body = asObject(JSON.parse(await answer.text()));
    if (answer.status !== 200) throw new Error(JSON.stringify(body));
    return list(body['methodResponses']).map((response) => {
      const [name, args] = list(response);
      return [text(name), asObject(args)] as const;
    });
  };
  const one = async (name: string, args: Arguments): Promise<Answer> => {
    const [answer] = await request([[name, args]]);
    if (!answer) throw new Error('no answer');
    return answer;
  };
  return {
    person,
    request,
    async call(name, args) {
      const [answered, result] = await one(name, args);
      if (answered !== name) throw new Error(`${name}: ${JSON.stringify(result)}`);
      return result;
    },
    async refused(name, args) {
      const [answered, result] = await one(name, args);
      if (answered !== 'error') throw new Error(`${name} was answered: ${JSON.stringify(result)}`);
      return text(result['type']);
    },
    async upload(octets) {
      const answer = await fetch(`${url}/jmap/upload/${person.jmapAccountId}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'message/rfc822' },
        body: octets,
      });
      return text(asObject(JSON.parse(await answer.text()))['blobId']);
    },
    fetch: (path) => fetch(`${url}${path}`, { headers }),
  };
}

export function list(value: Json | undefined): readonly Json[] {
  if (!isArray(value)) throw new TypeError(`not a list: ${JSON.stringify(value)}`);
  return value;
}

export function asObject(value: Json | undefined): JsonObject {
  if (!isObject(value)) throw new TypeError(`not an object: ${JSON.stringify(value)}`);
  return value;
}

export function text(value: Json | undefined): string {
  if (typeof value !== 'string') throw new TypeError(`not a string: ${JSON.stringify(value)}`);
  return value;
}

/** The first record of a /get. */
export function first(answer: JsonObject): JsonObject {
  return asObject(list(answer['list'])[0]);
}

/** What a /set answered for the creation id `a`. */
export function created(answer: JsonObject, creationId = 'a'): JsonObject {
  return asObject(asObject(answer['created'])[creationId]);
}

/** What stands at a path of an answer; undefined where nothing does. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let found = value;
  for (const name of path) found = isObject(found) ? found[name] : undefined;
  return found;
}

/** The account's mailboxes by role. */
export async function mailboxesByRole(client: Client): Promise<Readonly<Record<string, string>>> {
  const { list: found } = await client.call('Mailbox/get', { ids: null });
  return Object.fromEntries(
    list(found)
      .map(asObject)
      .flatMap(({ id, role }): [string, string][] => (typeof role === 'string' ? [[role, text(id)]] : [])),
  );
}

/** Lines of a message, with CRLF. */
export function lines(...parts: readonly string[]): string {
  return parts.map((part) => `${part}\r\n`).join('');
}

/** Files a message as an import. @returns its email id. */
export async function importOne(
  client: Client,
  message: string | Uint8Array<ArrayBuffer>,
  place: { readonly mailboxIds: JsonObject; readonly keywords?: JsonObject; readonly receivedAt?: string },
): Promise<string> {
  const blobId = await client.upload(message);
  const answer = await client.call('Email/import', { emails: { a: { blobId, ...place } } });
  return text(created(answer)['id']);
}
