/** GET /setup/programs: what the page "use another program" shows to the person who is logged in. */
import { offeredScopes } from '#server/access/credential.ts';
import type { Web } from '#server/protocols/web.ts';
import { listServices } from '#server/setup/services.ts';

import { applePath } from './apple.ts';
import { ownAddress, type ReachOf } from './request.ts';

/** Answers `{email, services: [{kind, host, port, security}], webUrl, profileUrl, scopes}`, the best service of a kind first. */
export function programsRoute(web: Web, reachOf: ReachOf): void {
  web.app.get('/setup/programs', async (request, reply) => {
    const email = await ownAddress(web, request);
    const reach = reachOf(request);
    const profileUrl = `${reach.webUrl}${applePath}?email=${encodeURIComponent(email)}`;
    void reply.header('cache-control', 'no-store');
    return { email, services: listServices(reach), webUrl: reach.webUrl, profileUrl, scopes: offeredScopes };
  });
}
