/** Every head that hangs on HTTP, in the order in which they add their routes: one list, for the server and for tests. */
import { demoPortal } from '#server/protocols/http/demo-portal.ts';
import { imageProxy } from '#server/protocols/http/image-proxy.ts';
import { mtaStsPolicy } from '#server/protocols/http/mta-sts.ts';
import { helpRoutes } from '#server/protocols/http/pages/help.ts';
import { statusRoutes } from '#server/protocols/http/pages/status.ts';
import { setupHead, type SetupOptions } from '#server/protocols/http/setup/head.ts';
import { jmapHead, type JmapOptions } from '#server/protocols/jmap/head.ts';
import { openidHead, type OpenidOptions } from '#server/protocols/openid/head.ts';
import { scimHead } from '#server/protocols/scim/head.ts';
import type { HttpHead } from '#server/protocols/web.ts';

export interface HeadOptions {
  readonly jmap: JmapOptions;
  /** Where mail programs find their ports. */
  readonly programs: SetupOptions;
  readonly openid: OpenidOptions;
  /** Of the dates on pages. */
  readonly timeZone: string;
}

export function allHeads({ jmap, programs, openid, timeZone }: HeadOptions): readonly HttpHead[] {
  return [
    jmapHead(jmap),
    imageProxy,
    mtaStsPolicy,
    setupHead(programs),
    openidHead(openid),
    scimHead,
    demoPortal,
    (web) => statusRoutes(web, timeZone),
    helpRoutes,
  ];
}
