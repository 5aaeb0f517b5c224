/** All keys on one sheet. */
import { Dialog } from '#web/ui/Dialog.tsx';
import { t } from '#web/words/words.ts';
import css from './help.module.css';

export function HelpSheet({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title={t('help.title')} isWide onClose={onClose}>
      <p>{t('help.intro')}</p>
      <div className={css['groups']}>
        {groups().map(({ heading, keys }) => (
          <section key={heading}>
            <h3>{heading}</h3>
            <dl>
              {keys.map(([key, text]) => (
                <div key={key} className={css['row']}>
                  <dt>
                    {key.split(' / ').map((one, at) => (
                      <span key={one}>
                        {at > 0 && ' / '}
                        <kbd>{one}</kbd>
                      </span>
                    ))}
                  </dt>
                  <dd>{text}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function groups(): readonly { readonly heading: string; readonly keys: readonly (readonly [string, string])[] }[] {
  return [
    {
      heading: t('help.list'),
      keys: [
        ['j / ↓', t('help.next')],
        ['k / ↑', t('help.previous')],
        [t('help.enter'), t('help.open')],
        [t('help.escape'), t('help.close')],
        ['x / ' + t('help.space'), t('help.pick')],
        [t('help.shiftArrows'), t('help.extend')],
        ['Ctrl+A', t('list.pickAll')],
      ],
    },
    {
      heading: t('help.actions'),
      keys: [
        ['e', t('verb.archive')],
        ['# / ' + t('help.deleteKey'), t('verb.trash')],
        ['!', t('verb.junk')],
        ['v', t('verb.move')],
        ['s', t('verb.star')],
        ['u', t('verb.toggleRead')],
        [t('help.shift') + '+u', t('verb.unread')],
        ['z', t('action.undo')],
      ],
    },
    {
      heading: t('help.writing'),
      keys: [
        ['c', t('verb.compose')],
        ['r', t('verb.reply')],
        ['a', t('verb.replyAll')],
        ['f', t('verb.forward')],
      ],
    },
    {
      heading: t('help.going'),
      keys: [
        ['/', t('search.label')],
        ['g i', t('role.inbox')],
        ['g d', t('role.drafts')],
        ['g s', t('role.sent')],
        ['g a', t('role.archive')],
        ['g j', t('role.junk')],
        ['g t', t('role.trash')],
        ['?', t('help.title')],
      ],
    },
  ];
}
