/** The JMAP head: hangs its resources on the HTTP head. */
import type { HttpHead } from '#server/protocols/web.ts';

import type { Registry } from './engine/method.ts';
import type { Engine } from './engine/run.ts';
import { apiRoutes } from './http/api.ts';
import type { Capability } from './http/capability.ts';
import { downloadRoutes } from './http/download.ts';
import { eventSourceRoutes } from './http/event-source.ts';
import { sessionState } from './http/session.ts';
import { uploadRoutes } from './http/upload.ts';
import { webSocketRoutes } from './http/web-socket.ts';
import { zipRoutes } from './mail/zip-route.ts';
import { capabilities as allCapabilities, registry as allMethods } from './methods.ts';

/** Tests give methods of their own. */
export function jmapHead(
  registry: Registry = allMethods,
  capabilities: readonly Capability[] = allCapabilities,
): HttpHead {
  return (web) => {
    const engine: Engine = {
      house: web.house,
      registry,
      capabilities: new Set(capabilities.map(({ urn }) => urn)),
      sessionState,
    };
    const gate = apiRoutes(web, engine, capabilities);
    downloadRoutes(web);
    zipRoutes(web);
    uploadRoutes(web);
    eventSourceRoutes(web);
    webSocketRoutes(web, engine, gate);
  };
}
