/**
 * The policy others read before they send here (RFC 8461 §3.2): `https://mta-sts.DOMAIN/.well-known/mta-sts.txt`, for
 * every domain of the house. It begins as `testing`: enforcing it with a certificate nobody believes would stop mail.
 */
import { findDomain } from '#server/directory/domain.ts';
import { type HttpHead, sendProblem } from '#server/protocols/web.ts';
import { read } from '#server/store/store.ts';

const prefix = 'mta-sts.';
const maxAgeSeconds = 7 * 86_400;

export const mtaStsPolicy: HttpHead = ({ app, house }) => {
  app.get('/.well-known/mta-sts.txt', async (request, reply) => {
    const host = request.hostname.toLowerCase();
    const domain = host.startsWith(prefix) ? host.slice(prefix.length) : undefined;
    const known = domain === undefined ? undefined : await read(house.store, (tx) => findDomain(tx, domain));
    if (!known) return sendProblem(reply, 404);
    const lines = ['version: STSv1', 'mode: testing', `mx: ${house.hostName}`, `max_age: ${maxAgeSeconds}`, ''];
    return reply.type('text/plain; charset=utf-8').send(lines.join('\r\n'));
  });
};
