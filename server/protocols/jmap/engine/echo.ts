/** Core/echo (RFC 8620 §4): what comes in goes out. */
import { coreCapability } from '#server/protocols/jmap/capabilities.ts';
import type { Method } from './method.ts';

export const echo: Method = { name: 'Core/echo', capability: coreCapability, run: async (_, args) => args };
