/**
 * Thunderbird asks `https://autoconfig.DOMAIN/mail/config-v1.1.xml?emailaddress=…`, then
 * `https://DOMAIN/.well-known/autoconfig/mail/config-v1.1.xml`. Both are answered under every name that leads here.
 */
import { sendProblem, type Web } from '#server/protocols/web.ts';
import { printAutoconfig } from '#server/setup/autoconfig.ts';
import { findDomainOfHost, findServedAddress } from '#server/setup/domain.ts';

import { parameter, type ReachOf } from './request.ts';

const paths = ['/.well-known/autoconfig/mail/config-v1.1.xml', '/mail/config-v1.1.xml'];

export function autoconfigRoutes({ app, house }: Web, reachOf: ReachOf): void {
  for (const path of paths) {
    app.get(path, async (request, reply) => {
      const address = parameter(request, 'emailaddress');
      const domain =
        address === undefined
          ? await findDomainOfHost(house.store, request.hostname)
          : (await findServedAddress(house.store, address))?.domain;
      if (!domain) return sendProblem(reply.header('cache-control', 'no-store'), 404);
      return reply
        .type('text/xml; charset=utf-8')
        .header('cache-control', 'no-store')
        .send(printAutoconfig(domain, reachOf(request)));
    });
  }
}
