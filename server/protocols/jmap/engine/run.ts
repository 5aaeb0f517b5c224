/** One request: its calls in order, each with its own transaction, its references taken from the answers before it. */
import { MethodError, printMethodError, RequestError } from '#formats/jmap/errors.ts';
import { holdsNul, type JsonObject } from '#formats/jmap/json.ts';
import { type ReferenceBudget, resolveReferences } from '#formats/jmap/reference.ts';
import type { Invocation, Request, Response } from '#formats/jmap/request.ts';
import { accountsOf, type ReachableAccount } from '#server/access/accounts.ts';
import type { PersonActor } from '#server/access/actor.ts';
import type { House } from '#server/protocols/house.ts';

import { requireOpen, requireWritable } from '#server/maintenance/require.ts';
import { consoleCapability, isOpenTo, type Limits } from '#server/protocols/jmap/capabilities.ts';
import { type CallContext, createdIds } from './context.ts';
import { fault } from './fault.ts';
import type { Registry } from './method.ts';

export interface Engine {
  readonly house: House;
  readonly registry: Registry;
  readonly capabilities: ReadonlySet<string>;
  readonly limits: Limits;
  /** The state of the session object (RFC 8620 §3.4). */
  sessionState(actor: PersonActor, accounts: readonly ReachableAccount[]): string;
}

/** Implicit calls may make further ones; none of ours goes deeper than this. */
const maxImplicitCalls = 8;

/** Verbs that change nothing: any other may write, one of tomorrow too. */
const readingVerbs = new Set([
  'get',
  'query',
  'changes',
  'queryChanges',
  'parse',
  'lookup',
  'echo',
  'complete',
  'validate',
  'list',
  'count',
  'read',
  'addresses',
  'check',
  'outcome',
]);

function isReading(method: string): boolean {
  return readingVerbs.has(method.slice(method.indexOf('/') + 1));
}

/** @throws {RequestError} `unknownCapability`. @throws {Refusal} `underMaintenance`. */
export async function runRequest(engine: Engine, actor: PersonActor, request: Request): Promise<Response> {
  const unknown = request.using.find((urn) => !engine.capabilities.has(urn));
  if (unknown !== undefined) throw new RequestError('unknownCapability', `${unknown} is not supported here`);
  // A WebSocket that was opened before asks on.
  await requireOpen(engine.house.store, actor);
  const created = createdIds(request.createdIds);
  let accounts: Promise<readonly ReachableAccount[]> | undefined;
  const base: Omit<CallContext, 'callNext'> = {
    house: engine.house,
    store: engine.house.store,
    actor,
    limits: engine.limits,
    using: new Set(request.using),
    created,
    accounts: () => (accounts ??= accountsOf(engine.house.store, actor)),
  };
  const answers: Invocation[] = [];
  const budget: ReferenceBudget = { leftOctets: engine.limits.maxSizeRequest };
  for (const { name, args, callId } of request.methodCalls) {
    const next: { readonly name: string; readonly args: JsonObject }[] = [];
    const call: CallContext = { ...base, callNext: (name, args) => void next.push({ name, args }) };
    const answer = (name: string, args: JsonObject) => answers.push({ name, args, callId });
    await runCall(engine, call, { name, args, callId }, (given) => resolveReferences(given, answers, budget), answer);
    for (let done = 0; done < next.length && done < maxImplicitCalls; done += 1) {
      const implicit = next[done];
      if (implicit) await runCall(engine, call, { ...implicit, callId }, (given) => given, answer);
    }
  }
  return {
    methodResponses: answers,
    createdIds: request.createdIds && created.print(),
    sessionState: engine.sessionState(actor, await base.accounts()),
  };
}

async function runCall(
  engine: Engine,
  call: CallContext,
  { name, args }: Invocation,
  resolve: (args: JsonObject) => JsonObject,
  answer: (name: string, args: JsonObject) => void,
): Promise<void> {
  const startedAt = performance.now();
  const method = engine.registry.get(name);
  let outcome = 'ok';
  try {
    // A method of a capability that is not in `using` does not exist for this request (RFC 8620 §3.3).
    if (!method || !call.using.has(method.capability)) throw new MethodError('unknownMethod');
    if (!isOpenTo(method.capability, call.actor.scopes)) throw new MethodError('forbidden');
    if (!isReading(name))
      await requireWritable(call.store, call.actor, method.capability === consoleCapability ? 'console' : 'work');
    const given = resolve(args);
    if (holdsNul(given)) throw new MethodError('invalidArguments', 'a string holds U+0000');
    answer(name, await method.run(call, given));
  } catch (error) {
    const said = fault(engine.house.log, error);
    outcome = said.type;
    answer('error', printMethodError(said));
  }
  const seconds = (performance.now() - startedAt) / 1000;
  engine.house.metrics
    .histogram('pli_jmap_method_seconds', 'Time one JMAP method took, by how it ended.')
    .observe(seconds, { method: method?.name ?? 'unknown', outcome });
}
