/**
 * The screens of the console in their groups, and who is offered which. What is not offered is refused by the server
 * all the same: leaving it out spares people doors that do not open.
 */
import type { ConsoleAccess } from './access.ts';

/** `whole`: for administrators of all of the institution. */
type Need = 'look' | 'help' | 'administer' | 'audit' | 'grant' | 'whole';

export const menu = [
  {
    name: 'group.people',
    screens: [
      { path: '/console', name: 'people', need: 'look' },
      { path: '/console/groups', name: 'groups', need: 'look' },
      { path: '/console/bulk', name: 'bulk', need: 'help' },
      { path: '/console/approvals', name: 'approvals', need: 'help' },
      { path: '/console/requests', name: 'requests', need: 'administer' },
      { path: '/console/diagnosis', name: 'diagnosis', need: 'help' },
    ],
  },
  {
    name: 'group.organisation',
    screens: [
      { path: '/console/units', name: 'units', need: 'look' },
      { path: '/console/domains', name: 'domains', need: 'whole' },
      { path: '/console/brand', name: 'brand', need: 'whole' },
    ],
  },
  {
    name: 'group.security',
    screens: [
      { path: '/console/roles', name: 'roles', need: 'grant' },
      { path: '/console/rules', name: 'rules', need: 'whole' },
      { path: '/console/audit', name: 'audit', need: 'audit' },
      { path: '/console/providers', name: 'providers', need: 'whole' },
      { path: '/console/clients', name: 'clients', need: 'whole' },
      { path: '/console/directories', name: 'directories', need: 'grant' },
    ],
  },
  {
    name: 'group.service',
    screens: [
      { path: '/console/announcements', name: 'announcements', need: 'administer' },
      { path: '/console/contacts', name: 'contacts', need: 'administer' },
      { path: '/console/maintenance', name: 'maintenance', need: 'whole' },
    ],
  },
] as const satisfies readonly MenuGroup[];

interface MenuGroup {
  readonly name: string;
  readonly screens: readonly MenuScreen[];
}

interface MenuScreen {
  readonly path: string;
  readonly name: string;
  readonly need: Need;
}

type Group = (typeof menu)[number];
export type ConsoleScreen = Group['screens'][number];

export interface OfferedGroup {
  readonly name: Group['name'];
  readonly screens: readonly ConsoleScreen[];
}

/** Groups in which nothing is left are left out. */
export function offeredTo(access: ConsoleAccess): readonly OfferedGroup[] {
  const groups = menu.map(({ name, screens }): OfferedGroup => {
    const all: readonly ConsoleScreen[] = screens;
    return { name, screens: all.filter(({ need }) => mayUse(access, need)) };
  });
  return groups.filter(({ screens }) => screens.length > 0);
}

function mayUse({ powers, isWhole }: ConsoleAccess, need: Need): boolean {
  return need === 'whole' ? isWhole : powers.includes(need);
}

/** The screen a path is of; the list of people stands for what no other screen begins. */
export function screenAt(path: string): ConsoleScreen | undefined {
  const all: readonly ConsoleScreen[] = menu.flatMap<ConsoleScreen>(({ screens }) => screens);
  const found = all.filter((screen) => path === screen.path || path.startsWith(`${screen.path}/`));
  return found.toSorted((a, b) => b.path.length - a.path.length)[0];
}
