/**
 * Outlook's autodiscover: the XML form by POST, and the JSON form ("v2"), which only says where the other is. Outlook
 * writes these paths in several cases.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Web } from '#server/protocols/web.ts';
import {
  autodiscoverOctets,
  type AutodiscoverFault,
  printAutodiscover,
  printAutodiscoverFault,
  readAutodiscoverRequest,
  readsOutlook,
} from '#server/setup/autodiscover.ts';
import { findServedAddress } from '#server/setup/domain.ts';

import { parameter, type ReachOf } from './request.ts';

const folders = ['/autodiscover', '/Autodiscover', '/AutoDiscover'];
const files = ['autodiscover', 'Autodiscover', 'AutoDiscover'];
const paths = folders.flatMap((folder) => files.map((file) => `${folder}/${file}`));

export function autodiscoverRoutes({ app, house }: Web, reachOf: ReachOf): void {
  const { store } = house;
  const sendXml = (reply: FastifyReply, text: string): FastifyReply =>
    reply.type('text/xml; charset=utf-8').header('cache-control', 'no-store').send(text);
  const sendFault = (reply: FastifyReply, code: AutodiscoverFault): FastifyReply =>
    sendXml(reply, printAutodiscoverFault(code, store.now()));

  const post = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const asked = Buffer.isBuffer(request.body) ? readAutodiscoverRequest(request.body) : undefined;
    if (!asked) return sendFault(reply, 600);
    if (!readsOutlook(asked)) return sendFault(reply, 601);
    const served = await findServedAddress(store, asked.emailAddress);
    return served ? sendXml(reply, printAutodiscover(served.address, reachOf(request))) : sendFault(reply, 500);
  };

  /** Outlook's last try is a GET in clear text, for which it wants to be sent elsewhere ([MS-OXDISCO] §3.1.5.4). */
  const get = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { webUrl } = reachOf(request);
    if (request.protocol === 'https' || !webUrl.startsWith('https:')) return sendFault(reply, 600);
    return reply.redirect(`${webUrl}/autodiscover/autodiscover.xml`, 302);
  };

  const json = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    void reply.type('application/json').header('cache-control', 'no-store');
    const protocol = parameter(request, 'protocol')?.toLowerCase();
    if (protocol !== 'autodiscoverv1') {
      return reply.code(400).send(printJsonFault('InvalidProtocol', 'The protocol served here is AutodiscoverV1'));
    }
    const served = await findServedAddress(store, emailOf(request) ?? '');
    if (!served) return reply.code(404).send(printJsonFault('UserNotFound', 'The domain is not served here'));
    const url = `${reachOf(request).webUrl}/autodiscover/autodiscover.xml`;
    return reply.send(JSON.stringify({ Protocol: 'AutodiscoverV1', Url: url }));
  };

  for (const path of paths) {
    app.post(`${path}.xml`, { bodyLimit: autodiscoverOctets }, post);
    app.get(`${path}.xml`, get);
    app.get(`${path}.json`, json);
    app.get(`${path}.json/v1.0/:email`, json);
  }
}

function emailOf(request: FastifyRequest): string | undefined {
  const { params } = request;
  const isNamed = typeof params === 'object' && params !== null && 'email' in params;
  return isNamed && typeof params.email === 'string' ? params.email : parameter(request, 'email', 'emailaddress');
}

function printJsonFault(code: string, message: string): string {
  return JSON.stringify({ ErrorCode: code, ErrorMessage: message });
}
