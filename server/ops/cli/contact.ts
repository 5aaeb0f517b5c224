/** `pli unit contact` and `pli tenant contact`: whom people call who cannot log in. */
import type { Command } from 'commander';

import { changeContact, listContacts } from '#server/directory/contact.ts';
import type { UnitId } from '#server/store/ids.ts';

import { addCommonOptions, BadUsage, findTenant, print, printTable, withStore } from './context.ts';

interface ContactOptions {
  readonly tenant?: string;
  readonly name?: string;
  readonly phone?: string;
  readonly email?: string;
  readonly hours?: string;
  readonly web?: string;
  readonly none?: boolean;
  readonly lacking?: boolean;
}

/** @param of `unit`: its code is the argument. */
export function registerContact(group: Command, of: 'unit' | 'tenant'): void {
  const command = addCommonOptions(group.command('contact')).description(
    'whom people call: changed by its options; without any, what each unit shows',
  );
  if (of === 'unit') command.argument('[code]');
  command
    .option('--name <name>')
    .option('--phone <number>')
    .option('--email <address>')
    .option('--hours <text>')
    .option('--web <address>')
    .option('--none', 'none of its own: the one above serves')
    .option('--lacking', 'lists only those without a phone or an address')
    .option('--tenant <slug>')
    .action(async (...given: readonly unknown[]) => {
      const code = of === 'unit' && typeof given[0] === 'string' ? given[0] : undefined;
      await run(command, code, of);
    });
}

function run(command: Command, code: string | undefined, of: 'unit' | 'tenant'): Promise<void> {
  const options = command.opts<ContactOptions>();
  const { name = '', phone = '', email = '', hours = '', web = '' } = options;
  const isChange = options.none === true || phone !== '' || email !== '';
  return withStore(command, async (session) => {
    const { store, actor } = session;
    const tenant = await findTenant(session, { slug: options.tenant });
    if (!isChange) {
      const all = await listContacts(store, actor, tenant.id);
      const shown = options.lacking === true ? all.filter(({ lacks }) => lacks.length > 0) : all;
      print(command, shown, () =>
        printTable(
          shown.map((one) => [
            one.unitName || tenant.name,
            one.own ? 'own' : 'inherited',
            one.shown?.phone || '-',
            one.shown?.email || '-',
          ]),
        ),
      );
      return;
    }
    let unitId: UnitId | null = null;
    if (of === 'unit') {
      if (code === undefined) throw new BadUsage('which unit? give its code');
      const { listUnits } = await import('#server/directory/unit.ts');
      const found = (await listUnits(store, actor, tenant.id)).find((unit) => unit.code === code.toLowerCase());
      if (!found) throw new BadUsage(`no unit ${code}`);
      unitId = found.id;
    }
    const contact = options.none === true ? null : { name, phone, email, hours, web };
    await changeContact(store, actor, tenant.id, unitId, contact);
    print(command, { unitId, contact }, () => ['noted']);
  });
}
