/** A menu on a button, with type-ahead, arrows and Escape. Items may be drawn under headings by `section`. */
import type { LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';
import {
  Header,
  Menu as AriaMenu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
  Separator,
  Text,
} from 'react-aria-components';
import css from './menu.module.css';

interface MenuChoice {
  readonly id: string;
  readonly label: string;
  readonly detail?: string;
  readonly icon?: LucideIcon;
  readonly keyHint?: string;
  readonly isDisabled?: boolean;
  readonly isDanger?: boolean;
  readonly isChosen?: boolean;
  readonly run: () => void;
}

interface MenuGroup {
  readonly heading?: string;
  readonly choices: readonly MenuChoice[];
}

export interface MenuProps {
  /** The button: Button or IconButton. */
  readonly trigger: ReactElement;
  readonly label: string;
  readonly groups: readonly MenuGroup[];
  /** Given where something else opens it too, such as the right mouse button. */
  readonly isOpen?: boolean;
  readonly onOpenChange?: (isOpen: boolean) => void;
}

export function Menu({ trigger, label, groups, ...opening }: MenuProps) {
  const shown = groups.filter((group) => group.choices.length > 0);
  return (
    <MenuTrigger {...opening}>
      {trigger}
      <Popover className={css['popover'] ?? ''} offset={4}>
        <AriaMenu aria-label={label} className={css['menu'] ?? ''}>
          {shown.map((group, index) => (
            <MenuSection key={group.heading ?? group.choices[0]?.id ?? index} aria-label={group.heading ?? label}>
              {index > 0 && <Separator className={css['line'] ?? ''} />}
              {group.heading && <Header className={css['heading']}>{group.heading}</Header>}
              {group.choices.map((choice) => (
                <Choice key={choice.id} choice={choice} />
              ))}
            </MenuSection>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

function Choice({ choice }: { readonly choice: MenuChoice }) {
  const { icon: Icon } = choice;
  return (
    <MenuItem
      id={choice.id}
      textValue={choice.label}
      isDisabled={choice.isDisabled ?? false}
      onAction={choice.run}
      className={css['item'] ?? ''}
      data-danger={choice.isDanger || undefined}
      data-chosen={choice.isChosen || undefined}
    >
      <span className={css['picture']}>{Icon && <Icon aria-hidden size={17} />}</span>
      <span className={css['words']}>
        <Text slot="label">{choice.label}</Text>
        {choice.detail && (
          <Text slot="description" className={css['detail'] ?? ''}>
            {choice.detail}
          </Text>
        )}
      </span>
      {choice.keyHint && (
        <kbd aria-hidden className={css['key']}>
          {choice.keyHint}
        </kbd>
      )}
    </MenuItem>
  );
}
