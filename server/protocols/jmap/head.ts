/** The JMAP head: hangs its resources on the HTTP head. */
import type { HttpHead } from '#server/protocols/web.ts';

import { type Limits, limits as usualLimits } from './capabilities.ts';
import { auditRoutes } from './console/audit-route.ts';
import { bulkRoutes } from './console/bulk-route.ts';
import type { Registry } from './engine/method.ts';
import type { Engine } from './engine/run.ts';
import { apiRoutes } from './http/api.ts';
import type { Capability } from './http/capability.ts';
import { downloadRoutes } from './http/download.ts';
import { eventSourceRoutes } from './http/event-source.ts';
import { sessionState } from './http/session.ts';
import { uploadRoutes } from './http/upload.ts';
import { webSocketRoutes } from './http/web-socket.ts';
import { exportRoutes } from './imports/export-route.ts';
import { zipRoutes } from './mail/zip-route.ts';
import { capabilities as allCapabilities, registry as allMethods } from './methods.ts';

export interface JmapOptions {
  readonly limits?: Partial<Limits>;
  /** Tests give methods of their own. */
  readonly registry?: Registry;
  readonly capabilities?: readonly Capability[];
}

export function jmapHead({
  limits: given,
  registry = allMethods,
  capabilities = allCapabilities,
}: JmapOptions = {}): HttpHead {
  return (web) => {
    const limits: Limits = { ...usualLimits, ...given };
    const urns = new Set(capabilities.map(({ urn }) => urn));
    const engine: Engine = { house: web.house, registry, capabilities: urns, limits, sessionState };
    const gate = apiRoutes(web, engine, capabilities);
    downloadRoutes(web);
    zipRoutes(web);
    exportRoutes(web);
    auditRoutes(web);
    bulkRoutes(web);
    uploadRoutes(web, limits);
    eventSourceRoutes(web);
    webSocketRoutes(web, engine, gate);
  };
}
