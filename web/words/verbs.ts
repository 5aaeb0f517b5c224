/** The verbs of the audit log about units, rules, room, domains and approvals; console.ts has the others. */
import { catalogue } from './catalogue.ts';

export const t = catalogue(
  {
    createUnit: 'Unité ajoutée',
    changeUnit: 'Unité modifiée',
    moveUnit: 'Unité déplacée',
    closeUnit: 'Unité fermée',
    reopenUnit: 'Unité rouverte',
    askForQuota: 'Espace demandé',
    withdrawQuotaRequest: 'Demande d’espace retirée',
    grantQuota: 'Demande d’espace acceptée',
    refuseQuota: 'Demande d’espace refusée',
    changePolicy: 'Règle changée',
    changePopulation: 'Règle d’une population changée',
  },
  {
    createUnit: 'Unit added',
    changeUnit: 'Unit changed',
    moveUnit: 'Unit moved',
    closeUnit: 'Unit closed',
    reopenUnit: 'Unit opened again',
    askForQuota: 'Room asked for',
    withdrawQuotaRequest: 'Request for room withdrawn',
    grantQuota: 'Request for room granted',
    refuseQuota: 'Request for room refused',
    changePolicy: 'Rule changed',
    changePopulation: 'Rule of a population changed',
  },
);
