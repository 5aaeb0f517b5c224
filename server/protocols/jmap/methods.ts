/** All methods this server knows, and what its session says of them: the one place where types are put together. */
import { coreCapability, limits, webSocketCapability } from './capabilities.ts';
import { echo } from './engine/echo.ts';
import { type Registry, registryOf } from './engine/method.ts';
import { collations } from './engine/query-parts.ts';
import type { Capability } from './http/capability.ts';

export const registry: Registry = registryOf([echo]);

export const capabilities: readonly Capability[] = [
  { urn: coreCapability, session: () => ({ ...limits, collationAlgorithms: collations }) },
  {
    urn: webSocketCapability,
    session: (baseUrl) => ({ url: `${baseUrl.replace(/^http/, 'ws')}/jmap/ws`, supportsPush: true }),
  },
];
