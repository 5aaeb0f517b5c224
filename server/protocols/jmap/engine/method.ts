/** Methods by name. A method reads its arguments, calls verbs, and answers; the engine does all around it. */
import type { JsonObject } from '#formats/jmap/json.ts';

import type { CallContext } from './context.ts';

export interface Method {
  /** `Email/import`. */
  readonly name: string;
  /** The URN a request must be `using` (RFC 8620 §3.3). */
  readonly capability: string;
  /** @throws {MethodError} and {Refusal}, which the engine says; anything else is a fault of ours. */
  run(call: CallContext, args: JsonObject): Promise<JsonObject>;
}

export type Registry = ReadonlyMap<string, Method>;

/** @throws {TypeError} where two methods have one name. */
export function registryOf(...groups: readonly (readonly Method[])[]): Registry {
  const methods = new Map<string, Method>();
  for (const method of groups.flat()) {
    if (methods.has(method.name)) throw new TypeError(`two methods named ${method.name}`);
    methods.set(method.name, method);
  }
  return methods;
}
