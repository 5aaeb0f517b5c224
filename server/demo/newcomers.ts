/**
 * Two people of the demonstration who have not come in yet, so that a visitor may: one with a NUMEN, one with a
 * provisional password. Both are fictitious, and so are the terms of use and the support that the pages then show.
 */
import { operator } from '#server/access/actor.ts';
import { findHolder } from '#server/access/verify.ts';
import { addPerson } from '#server/directory/person.ts';
import { changeTenantSettings } from '#server/directory/settings.ts';
import type { TenantId, UnitId } from '#server/store/ids.ts';
import { type Store, write } from '#server/store/store.ts';

import type { DemoAccount } from './state.ts';

export interface Newcomer extends DemoAccount {
  /** What `password` is. */
  readonly newcomer: 'numen' | 'provisional';
}

const NUMEN = '96E2601234VAL';
const PROVISIONAL = 'ravo-dimu-kesa-47';

const people = [
  { givenName: 'Inès', familyName: 'Belkacem', birthDate: '1994-05-17', newcomer: 'numen' },
  { givenName: 'Hugo', familyName: 'Tanguy', birthDate: '1988-11-02', newcomer: 'provisional' },
] as const;

const TERMS = {
  version: '2026-09',
  isAskedOfAll: false,
  text: [
    'Cette messagerie est mise à votre disposition par l’académie de Valmont, une académie imaginaire, pour votre activité professionnelle. Un usage personnel raisonnable est admis.',
    'Votre mot de passe est à vous seul. Ne le donnez à personne, pas même à l’assistance, et prévenez-la dès que vous avez un doute.',
    'Vos messages sont confidentiels. Les administrateurs voient l’état de votre compte et les traces de connexion, jamais le contenu de vos messages.',
    'Les traces de connexion sont conservées un an. Vous pouvez demander à consulter et à rectifier les données qui vous concernent auprès du délégué à la protection des données.',
  ].join('\n\n'),
};

const CONTACT = {
  name: 'Assistance de l’académie de Valmont (fictive)',
  phone: '01 99 00 42 42',
  email: 'assistance@ac-valmont.example',
  hours: 'du lundi au vendredi, de 8 h à 18 h',
};

/** Who is there already is left as they are. @param unitId of the cast's school. */
export async function addNewcomers(
  store: Store,
  tenantId: TenantId,
  unitId: UnitId | null,
): Promise<readonly Newcomer[]> {
  await write(store, (tx) => changeTenantSettings(tx, tenantId, { terms: TERMS, contact: CONTACT }));
  const found: Newcomer[] = [];
  for (const { newcomer, ...names } of people) {
    const userName = `${names.givenName.charAt(0)}${names.familyName}`.toLowerCase();
    const byNumen = newcomer === 'numen';
    const holder = await findHolder(store, { userName, tenantId });
    const given = byNumen
      ? { numen: NUMEN, password: null }
      : { password: PROVISIONAL, mustChangePassword: true as const };
    const common = { tenantId, unitId, userName, population: 'teacher', functionName: 'professeur stagiaire' };
    const added = holder ? undefined : await addPerson(store, operator, { ...names, ...common, ...given });
    found.push({
      userName,
      email: added?.email ?? '',
      password: byNumen ? NUMEN : PROVISIONAL,
      displayName: `${names.givenName} ${names.familyName} (${byNumen ? 'NUMEN' : 'mot de passe provisoire'})`,
      newcomer,
    });
  }
  return found;
}

/** Those of them who have not come in yet. */
export async function waitingNewcomers(
  store: Store,
  tenantId: TenantId,
  newcomers: readonly Newcomer[],
): Promise<readonly Newcomer[]> {
  const holders = await Promise.all(newcomers.map(({ userName }) => findHolder(store, { userName, tenantId })));
  return newcomers.filter((_, index) => holders[index]?.activatedAt === null);
}
