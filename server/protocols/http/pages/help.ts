/**
 * Help without login: whom to call by department, a guide for each way of not getting in, and a check of the browser
 * whose findings can be left for the support under a short code. The pages need no script but for that check.
 */
import { isObject, readJson } from '#formats/jmap/json.ts';
import { operator } from '#server/access/actor.ts';
import { leaveDiagnosis } from '#server/diagnosis/report.ts';
import { type ContactEntry, publicContacts, type SupportContact } from '#server/directory/contact.ts';
import { listTenants } from '#server/directory/tenant.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import type { Web } from '#server/protocols/web.ts';

import { requireForm } from '#server/protocols/http/auth-routes.ts';
import { looksFor } from '#server/protocols/http/looks.ts';

import { helpWords } from './help-words.ts';
import { type Html, html, languageOf, type PageLanguage, sendPage } from './html.ts';

const reportOctets = 8_192;
/** More than a page can be read for. */
const contactsAtMost = 400;

export function helpRoutes({ app, house }: Web): void {
  const { store } = house;

  app.get('/aide', async (request, reply) => {
    const language = languageOf(request);
    const words = helpWords[language];
    const looks = looksFor(store, request);
    const links = [
      { href: '/login', words: words.toLogin },
      { href: '/status', words: words.toStatus },
    ];
    return sendPage(reply, 200, {
      language,
      title: words.title,
      looks,
      body: helpBody(await contactsOf(store, looks.tenantId), language),
      links,
    });
  });

  app.get('/aide/diagnostic', (request, reply) => {
    const language = languageOf(request);
    const words = helpWords[language];
    return sendPage(reply, 200, {
      language,
      title: words.checkTitle,
      looks: looksFor(store, request),
      body: html`<section class="card">
          <p>${words.checkSays}</p>
          <noscript><p class="danger">${words.checkNoScript}</p></noscript>
        </section>
        <section class="card" id="found" aria-live="polite"><p>${words.checking}</p></section>`,
      links: [
        { href: '/aide', words: words.toHelp },
        { href: '/login', words: words.toLogin },
      ],
      script: '/diagnose.js',
    });
  });

  app.post('/aide/diagnostic', { bodyLimit: reportOctets }, async (request, reply) => {
    requireForm(request.headers.origin, request.host);
    const body = Buffer.isBuffer(request.body) ? readJson(request.body) : null;
    void reply.header('cache-control', 'no-store');
    return { code: await leaveDiagnosis(store, isObject(body) ? body : {}, request.ip) };
  });
}

interface Told {
  readonly tenantName: string;
  readonly entry: ContactEntry;
}

/** @param tenantId undefined: of all who share this host. */
async function contactsOf(store: Store, tenantId: TenantId | undefined): Promise<readonly Told[]> {
  const told: Told[] = [];
  const tenants = (await listTenants(store, operator)).filter(({ id }) => tenantId === undefined || id === tenantId);
  for (const { id, name } of tenants)
    for (const entry of await publicContacts(store, id)) told.push({ tenantName: name, entry });
  return told.slice(0, contactsAtMost);
}

function helpBody(contacts: readonly Told[], language: PageLanguage): Html {
  const words = helpWords[language];
  const departments = [...new Set(contacts.map(({ entry }) => entry.department ?? ''))].toSorted();
  const listed = departments.map((department) => {
    const those = contacts.filter(({ entry }) => (entry.department ?? '') === department);
    const heading = department === '' ? words.whole : words.department.replace('{department}', department);
    return html`<h3>${heading}</h3>
      ${those.map((one) => contactCard(one, language))}`;
  });
  return html`<section class="card warn">
      <h2>${words.never}</h2>
      <p>${words.neverText}</p>
    </section>
    <h2 id="contacts">${words.contacts}</h2>
    ${contacts.length === 0 ? html`<p>${words.noContacts}</p>` : listed}
    <h2 id="guides">${words.guides}</h2>
    ${words.list.map(
      ({ id, title, steps }) =>
        html`<details id="${id}">
          <summary>${title}</summary>
          <ol>
            ${steps.map((step) => html`<li>${step}</li>`)}
          </ol>
        </details>`,
    )}
    <h2 id="diagnostic">${words.check}</h2>
    <section class="card">
      <p>${words.checkText}</p>
      <p><a href="/aide/diagnostic">${words.checkOpen}</a></p>
    </section>`;
}

function contactCard({ tenantName, entry: { own, unitName } }: Told, language: PageLanguage): Html {
  if (!own) return html``;
  const words = helpWords[language];
  const { name, phone, email, hours, web }: SupportContact = own;
  return html`<section class="card">
    <h4>${name || unitName || tenantName}</h4>
    <dl>
      ${
        unitName === '' || unitName === name
          ? ''
          : html`<dt>${words.unit}</dt>
              <dd>${unitName}</dd>`
      }
      ${
        phone === ''
          ? ''
          : html`<dt>${words.phone}</dt>
              <dd><a href="tel:${phone.replaceAll(/[^+\d]/g, '')}">${phone}</a></dd>`
      }
      ${
        email === ''
          ? ''
          : html`<dt>${words.email}</dt>
              <dd><a href="mailto:${email}">${email}</a></dd>`
      }
      ${
        hours === ''
          ? ''
          : html`<dt>${words.hours}</dt>
              <dd>${hours}</dd>`
      }
      ${
        web === ''
          ? ''
          : html`<dt>${words.web}</dt>
              <dd><a href="${web}" rel="noreferrer">${web}</a></dd>`
      }
    </dl>
  </section>`;
}
