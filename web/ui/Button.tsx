/** Buttons. `IconButton` has a name for screen readers that everybody else sees as a tooltip, with its key if it has one. */
import type { LucideIcon } from 'lucide-react';
import { Button as AriaButton, Tooltip, TooltipTrigger } from 'react-aria-components';
import type { ButtonProps as AriaButtonProps } from 'react-aria-components';
import { classes } from './classes.ts';
import css from './button.module.css';

type ButtonTone = 'primary' | 'plain' | 'quiet' | 'danger';

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'style'> {
  readonly tone?: ButtonTone;
  readonly icon?: LucideIcon;
  readonly className?: string | undefined;
}

export function Button({ tone = 'plain', icon: Icon, className, children, ...rest }: ButtonProps) {
  return (
    <AriaButton {...rest} className={classes(css['button'], css[tone], className)}>
      {(state) => (
        <>
          {Icon && <Icon aria-hidden size={18} />}
          {typeof children === 'function' ? children({ ...state, defaultChildren: null }) : children}
        </>
      )}
    </AriaButton>
  );
}

export interface IconButtonProps extends Omit<AriaButtonProps, 'className' | 'style' | 'children' | 'aria-label'> {
  readonly icon: LucideIcon;
  readonly label: string;
  /** The key that does the same, shown in the tooltip. */
  readonly keyHint?: string | undefined;
  readonly isFilled?: boolean;
  readonly className?: string | undefined;
}

export function IconButton({ icon: Icon, label, keyHint, isFilled, className, ...rest }: IconButtonProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={80}>
      <AriaButton {...rest} aria-label={label} className={classes(css['icon'], className)}>
        <Icon aria-hidden size={19} fill={isFilled ? 'currentColor' : 'none'} />
      </AriaButton>
      <Tooltip className={css['tooltip'] ?? ''} offset={6}>
        {label}
        {keyHint && <kbd className={css['key']}>{keyHint}</kbd>}
      </Tooltip>
    </TooltipTrigger>
  );
}
