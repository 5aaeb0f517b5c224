/**
 * How the house is: a page for people, and the same for programs that watch. No login, no script; what it says of
 * maintenance is in memory, so that it answers where the database does not.
 */
import type { FastifyReply } from 'fastify';

import { operator } from '#server/access/actor.ts';
import { listTenants } from '#server/directory/tenant.ts';
import type { Looks } from '#server/brand/watch.ts';
import { type HouseStatus, houseStatus, type Maintenance } from '#server/maintenance/status.ts';
import type { Store } from '#server/store/store.ts';
import type { Web } from '#server/protocols/web.ts';
import { looksFor } from '#server/protocols/http/looks.ts';

import { type Html, html, languageOf, type PageLanguage, sendPage } from './html.ts';
import { statusWords } from './status-words.ts';

interface Seen {
  readonly status: HouseStatus;
  readonly isDown: boolean;
  /** Of several tenants, those that are under maintenance by themselves. */
  readonly others: readonly { readonly name: string; readonly status: HouseStatus }[];
}

/** A database that is slow to say whether it is there is not there. */
const patienceMs = 3_000;

export function statusRoutes({ app, house }: Web, timeZone: string): void {
  const { store } = house;

  app.get('/status', async (request, reply) => {
    const looks = looksFor(store, request);
    const seen = await look(store, looks);
    const language = languageOf(request);
    const words = statusWords[language];
    const links = [
      { href: '/login', words: words.toLogin },
      { href: '/aide', words: words.toHelp },
    ];
    const title = words.title;
    return sendPage(reply, 200, { language, title, looks, body: body(seen, language, timeZone), links });
  });

  app.get('/status.json', async (request, reply): Promise<FastifyReply> => {
    const { status, isDown, others } = await look(store, looksFor(store, request));
    void reply.header('cache-control', 'no-store').type('application/json');
    return reply.send(
      JSON.stringify({
        state: isDown ? 'down' : status.state,
        maintenance: status.maintenance ? printMaintenance(status.maintenance) : null,
        tenants: others.map(({ name, status: theirs }) => ({
          name,
          state: theirs.state,
          maintenance: theirs.maintenance ? printMaintenance(theirs.maintenance) : null,
        })),
      }),
    );
  });
}

/** As the status page and the login page say it to programs. */
export function printMaintenance({ mode, startsAt, endsAt, textFr, textEn }: Maintenance): object {
  const date = (at: number) => new Date(at).toISOString();
  return { mode, startsAt: date(startsAt), endsAt: endsAt === null ? null : date(endsAt), textFr, textEn };
}

async function look(store: Store, { tenantId }: Looks): Promise<Seen> {
  const status = houseStatus(store, tenantId);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('too late')), patienceMs);
  });
  try {
    const tenants = await Promise.race([listTenants(store, operator), late]);
    // One institution is the whole house.
    if (tenantId !== undefined) return { status, isDown: false, others: [] };
    const others = tenants.flatMap(({ id, name }) => {
      const theirs = houseStatus(store, id);
      return theirs.maintenance?.tenantId === undefined ? [] : [{ name, status: theirs }];
    });
    return { status, isDown: false, others };
  } catch {
    return { status, isDown: true, others: [] };
  } finally {
    clearTimeout(timer);
  }
}

function body({ status, isDown, others }: Seen, language: PageLanguage, timeZone: string): Html {
  const words = statusWords[language];
  // A house that is closed is not disturbed besides.
  const state = isDown && status.state === 'open' ? 'down' : status.state;
  const tone = { open: 'good', readOnly: 'warn', closed: 'warn', down: 'danger' }[state];
  const { maintenance } = status;
  const about = maintenance && maintenanceText(maintenance, language, timeZone);
  return html`<section class="card ${tone}" aria-live="polite">
      <h2>${words.state[state]}</h2>
      <p>${words.detail[state]}</p>
      ${state === 'open' || !about ? '' : about}
    </section>
    ${
      state === 'open' && about
        ? html`<section class="card warn">
            <h2>${words.planned}</h2>
            ${about}
          </section>`
        : ''
    }
    ${
      others.length === 0
        ? ''
        : html`<h2>${words.others}</h2>
            ${others.map(
              ({ name, status: theirs }) =>
                html`<section class="card">
                  <h3>${name} : ${words.state[theirs.state]}</h3>
                  ${theirs.maintenance ? maintenanceText(theirs.maintenance, language, timeZone) : ''}
                </section>`,
            )}`
    }`;
}

/** When it begins and ends, and what was said beside. */
export function maintenanceText(of: Maintenance, language: PageLanguage, timeZone: string): Html {
  const words = statusWords[language];
  const date = new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {
    dateStyle: 'full',
    timeStyle: 'short',
    timeZone,
  });
  const own = language === 'en' && of.textEn !== '' ? of.textEn : of.textFr;
  return html`<dl>
      <dt>${words.from}</dt>
      <dd>${date.format(of.startsAt)}</dd>
      ${
        of.endsAt === null
          ? ''
          : html`<dt>${words.until}</dt>
              <dd>${date.format(of.endsAt)}</dd>`
      }
      <dt>${words.kind}</dt>
      <dd>${words.kinds[of.mode]}</dd>
    </dl>
    ${own === '' ? '' : html`<p>${own}</p>`}`;
}
