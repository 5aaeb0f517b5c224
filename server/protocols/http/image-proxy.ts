/** GET /images?url=…: a remote image of a message, fetched by us (server/images), for people who are logged in. */
import { Refusal } from '#server/access/refusal.ts';
import { fetchImage } from '#server/images/fetch.ts';

import type { HttpHead } from '#server/protocols/web.ts';

/** Read once, kept by the browser as long as a message is likely to be open again. */
const cacheSeconds = 7 * 86_400;
/** Of one person: a newsletter has fifty pictures, a scanner of our network has thousands. */
const atOncePerPerson = 8;

export const imageProxy: HttpHead = ({ app, house, authenticate }) => {
  const atWork = new Map<number, number>();
  app.get('/images', async (request, reply) => {
    const { personId } = await authenticate(request);
    const url = isQuery(request.query) ? request.query.url : '';
    const running = atWork.get(personId) ?? 0;
    if (running >= atOncePerPerson) throw new Refusal('rateLimited', { retryAfterSeconds: 1 });
    atWork.set(personId, running + 1);
    try {
      const image = await fetchImage(url, { mayReachInside: house.isLab });
      if (!image) return await reply.code(404).header('cache-control', 'private, max-age=300').send();
      return await reply
        .type(image.type)
        .header('cache-control', `private, max-age=${cacheSeconds}, immutable`)
        .header('content-disposition', 'inline')
        .send(image.octets);
    } finally {
      const left = (atWork.get(personId) ?? 1) - 1;
      if (left > 0) atWork.set(personId, left);
      else atWork.delete(personId);
    }
  });
};

function isQuery(query: unknown): query is { readonly url: string } {
  return typeof query === 'object' && query !== null && 'url' in query && typeof query.url === 'string';
}
