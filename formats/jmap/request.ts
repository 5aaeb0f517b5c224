/** The request and response objects (RFC 8620 §3.3, §3.4) and their limits. */
import { RequestError } from './errors.ts';
import { isArray, isObject, type Json, type JsonObject } from './json.ts';
import { isId } from './id.ts';

/** One method call or its answer (RFC 8620 §3.2). */
export interface Invocation {
  readonly name: string;
  readonly args: JsonObject;
  readonly callId: string;
}

export interface Request {
  readonly using: readonly string[];
  readonly methodCalls: readonly Invocation[];
  /** Ids the client brings from earlier requests, by creation id. */
  readonly createdIds: Readonly<Record<string, string>> | undefined;
}

export interface Response {
  readonly methodResponses: readonly Invocation[];
  readonly createdIds: Readonly<Record<string, string>> | undefined;
  readonly sessionState: string;
}

/** A call id comes back in each answer: this bounds what it can cost. */
const maxCallIdLength = 256;

/** @throws {RequestError} `notRequest`, or `limit` with maxCallsInRequest. */
export function readRequest(value: Json, maxCallsInRequest: number): Request {
  if (!isObject(value)) throw new RequestError('notRequest', 'the request must be an object');
  const { using, methodCalls, createdIds } = value;
  if (!isArray(using) || !using.every((urn) => typeof urn === 'string')) {
    throw new RequestError('notRequest', 'using must be an array of strings');
  }
  if (!isArray(methodCalls)) throw new RequestError('notRequest', 'methodCalls must be an array');
  if (methodCalls.length > maxCallsInRequest) {
    throw new RequestError('limit', `more than ${maxCallsInRequest} method calls`, 'maxCallsInRequest');
  }
  return { using, methodCalls: methodCalls.map(readInvocation), createdIds: readCreatedIds(createdIds) };
}

function readInvocation(value: Json, index: number): Invocation {
  const fault = `methodCalls[${index}] must be [name, arguments, call id]`;
  if (!isArray(value) || value.length !== 3) throw new RequestError('notRequest', fault);
  const [name, args, callId] = value;
  if (typeof name !== 'string' || !isObject(args) || typeof callId !== 'string' || callId.length > maxCallIdLength) {
    throw new RequestError('notRequest', fault);
  }
  return { name, args, callId };
}

function readCreatedIds(value: Json | undefined): Readonly<Record<string, string>> | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw new RequestError('notRequest', 'createdIds must be an object');
  const ids: [string, string][] = Object.entries(value).map(([creationId, id]) => {
    if (!isId(creationId) || typeof id !== 'string' || !isId(id)) {
      throw new RequestError('notRequest', 'createdIds must map ids to ids');
    }
    return [creationId, id];
  });
  return Object.fromEntries(ids);
}

export function printResponse({ methodResponses, createdIds, sessionState }: Response): JsonObject {
  return {
    methodResponses: methodResponses.map(({ name, args, callId }) => [name, args, callId]),
    ...(createdIds && { createdIds }),
    sessionState,
  };
}
